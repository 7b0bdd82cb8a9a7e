# METADATA
# title: Table without point-in-time recovery
# description: |
#   A faulty deployment that writes wrong items cannot be undone.
#   ## Remedy
#   Enable point-in-time recovery.
# custom:
#   severity: medium
#   selects: [table]
#   reads: [recoverable]
#   message: "{node} cannot be restored to an earlier moment"
#   controls:
#     reference-model: [storage/backup]
#     nist-800-53: [CP-9, CP-10]
#     nist-800-207: [tenet-5]
#     catalogue: [STO-009]
#     checkov: [CKV_AWS_28, CKV_AWS_165]
#     trivy: [AWS-0024]
package layerproof.backup.table_not_recoverable

import rego.v1

deny contains {"node": table.id, "at": "recoverable"} if {
	some table in input.kinds.table
	not table.recoverable
}
