# METADATA
# title: Data directory on storage that dies with the pod
# description: |
#   An emptyDir is deleted when the pod leaves its node: the next update or node failure empties the database.
#   ## Remedy
#   Mount a persistent volume claim at the data directory.
# custom:
#   severity: medium
#   selects: [workload]
#   reads: [data_ephemeral]
#   message: "{node} keeps a store's data on storage that is lost with its pod"
#   controls:
#     reference-model: [storage/persistence]
#     nist-800-53: [CP-9, SI-12]
#     nist-800-207: [tenet-1]
#     catalogue: [STO-001]
package layerproof.backup.data_on_ephemeral_storage

import rego.v1

deny contains {"node": workload.id, "at": "data_ephemeral"} if {
	some workload in input.kinds.workload
	workload.data_ephemeral == true
}
