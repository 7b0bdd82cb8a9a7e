# METADATA
# title: Database without automatic backups
# description: |
#   The first wrong statement or failed disk loses everything since the last copy that someone made by hand.
#   ## Remedy
#   Keep automatic backups for at least seven days. A database in a cluster may be saved by dumps or with its volumes
#   all the same: medium.
# custom:
#   severity: high
#   selects: [database]
#   reads: [backup_days, placement]
#   message: "{node} makes no automatic backups"
#   controls:
#     reference-model: [storage/3-2-1, storage/backup]
#     nist-800-53: [CP-9, CP-10]
#     nist-800-207: [tenet-5]
#     catalogue: [STO-009]
#     checkov: [CKV_AWS_133, CKV_AWS_343]
#     trivy: [AWS-0077]
#     prowler: [rds_instance_backup_enabled]
package layerproof.backup.database_backup_disabled

import rego.v1

deny contains {"node": database.id, "at": "backup_days"} if {
	some database in input.kinds.database
	database.backup_days == 0
	database.placement != "self-managed"
}

deny contains {"node": database.id, "at": "backup_days", "severity": "medium"} if {
	some database in input.kinds.database
	database.backup_days == 0
	database.placement == "self-managed"
}
