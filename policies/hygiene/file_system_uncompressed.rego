# METADATA
# title: File system that does not compress
# description: |
#   The reference model asks for stores that compress at the block level: less to pay, less to copy for a backup,
#   less to send.
#   ## Remedy
#   Choose ZSTD or LZ4 compression for the root volume.
# custom:
#   severity: info
#   selects: [file_system]
#   reads: [compressed]
#   message: "{node} stores its data as it comes, though it could compress it"
#   controls:
#     reference-model: [storage/persistence]
#     nist-800-53: [SA-8]
#     nist-800-207: [tenet-1]
#     catalogue: [STO-008]
package layerproof.hygiene.file_system_uncompressed

import rego.v1

deny contains {"node": node.id, "at": "compressed"} if {
	some node in input.kinds.file_system
	node.compressed == false
}
