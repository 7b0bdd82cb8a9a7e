# METADATA
# title: Key that is gone within two weeks
# description: |
#   With the key everything encrypted with it is gone, backups included. A week is too short to notice who still
#   needs it.
#   ## Remedy
#   Leave thirty days between the order and the loss.
# custom:
#   severity: low
#   selects: [key]
#   reads: [deletion_days]
#   message: "{node} can be lost in less than two weeks"
#   controls:
#     reference-model: [storage/persistence]
#     nist-800-53: [CP-9, SC-12]
#     nist-800-207: [tenet-5]
#     catalogue: [STO-001]
package layerproof.backup.key_lost_soon

import rego.v1

deny contains {"node": key.id, "at": "deletion_days"} if {
	some key in input.kinds.key
	key.deletion_days < 14
}
