# METADATA
# title: Data store not encrypted at rest
# description: |
#   Without encryption, a lost disk, a copied snapshot or a storage service that is read past its front door gives
#   the data away. Most stores cannot be encrypted later without copying them.
#   ## Remedy
#   Switch encryption at rest on, with a key of your own where the data is classified. Existing stores usually have
#   to be copied into an encrypted one. What passes through a stream or a cache is there for less long: medium.
# custom:
#   severity: high
#   selects: [cache, database, file_system, snapshot, stream, table, volume]
#   reads: [encrypted]
#   message: "{node} keeps its data unencrypted at rest"
#   controls:
#     reference-model: [storage/persistence]
#     nist-800-53: [SC-28, SC-28(1)]
#     nist-800-207: [tenet-2]
#     catalogue: [STO-005]
#     checkov: [CKV_AWS_3, CKV_AWS_5, CKV_AWS_16, CKV_AWS_29, CKV_AWS_42, CKV_AWS_43, CKV_AWS_44, CKV_AWS_47, CKV_AWS_64, CKV_AWS_74, CKV_AWS_96, CKV_AWS_140, CKV_AWS_146, CKV_AWS_279, CKV_AWS_292, CKV_AWS_235]
#     trivy: [AWS-0026, AWS-0080]
package layerproof.zero_trust.store_unencrypted

import rego.v1

lasting := ["database", "file_system", "snapshot", "table", "volume"]

# what passes through, or can be filled again, is there for hours or days
passing := ["cache", "stream"]

deny contains {"node": node.id, "at": "encrypted"} if {
	some kind in lasting
	some node in input.kinds[kind]
	not node.encrypted
}

deny contains {"node": node.id, "at": "encrypted", "severity": "medium"} if {
	some kind in passing
	some node in input.kinds[kind]
	not node.encrypted
}
