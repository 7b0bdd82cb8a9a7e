# METADATA
# title: Database backups kept for less than a week
# description: |
#   Damage is often noticed after a weekend or a holiday; by then a backup of a few days holds only damaged data.
#   ## Remedy
#   Raise the retention to seven days or more.
# custom:
#   severity: low
#   selects: [database]
#   reads: [backup_days]
#   message: "{node} keeps its backups for less than seven days"
#   controls:
#     reference-model: [storage/backup]
#     nist-800-53: [CP-9]
#     nist-800-207: [tenet-5]
#     catalogue: [STO-009]
#     checkov: [CKV_AWS_360, CKV_AWS_361]
#     trivy: [AWS-0077]
package layerproof.backup.database_retention_short

import rego.v1

deny contains {"node": database.id, "at": "backup_days"} if {
	some database in input.kinds.database
	is_number(database.backup_days)
	database.backup_days > 0
	database.backup_days < 7
}
