# METADATA
# title: File system without automatic backups
# description: |
#   Deleted or overwritten files cannot be brought back.
#   ## Remedy
#   Switch automatic backups on, or select the file system in a backup plan.
# custom:
#   severity: low
#   selects: [file_system]
#   reads: [backed_up]
#   message: "{node} makes no automatic backups"
#   controls:
#     reference-model: [storage/backup]
#     nist-800-53: [CP-9]
#     nist-800-207: [tenet-5]
#     catalogue: [STO-002]
package layerproof.backup.file_system_backup_off

import rego.v1

deny contains {"node": file_system.id, "at": "backed_up"} if {
	some file_system in input.kinds.file_system
	not file_system.backed_up
}
