# METADATA
# title: Database that can be deleted in one step
# description: |
#   One wrong command, or a change that forces replacement, deletes the data together with its automatic backups.
#   ## Remedy
#   Switch deletion protection on; where the provider has no such switch, put a lock against deletion on the store.
# custom:
#   severity: low
#   selects: [database, table]
#   reads: [deletion_protected]
#   message: "{node} can be deleted in one step"
#   controls:
#     reference-model: [storage/persistence]
#     nist-800-53: [CP-9, SI-12]
#     nist-800-207: [tenet-1]
#     catalogue: [STO-001]
#     checkov: [CKV_AWS_139, CKV_AWS_293, CKV2_AWS_58, CKV_AWS_172]
#     trivy: [AWS-0177]
package layerproof.backup.deletion_unprotected

import rego.v1

kinds := ["database", "table"]

deny contains {"node": node.id, "at": "deletion_protected"} if {
	some kind in kinds
	some node in input.kinds[kind]
	not node.deletion_protected
}
