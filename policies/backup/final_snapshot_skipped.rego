# METADATA
# title: Database deleted without a last snapshot
# description: |
#   With the database go its automatic backups, so that a deletion by mistake, or a replacement that nobody noticed
#   in a plan, leaves no copy.
#   ## Remedy
#   Take a final snapshot: leave skip_final_snapshot out and give the snapshot a name.
# custom:
#   severity: low
#   selects: [database]
#   reads: [final_snapshot]
#   message: "{node} leaves no snapshot behind when it is deleted"
#   controls:
#     reference-model: [storage/backup, storage/persistence]
#     nist-800-53: [CP-9, SI-12]
#     nist-800-207: [tenet-1]
#     catalogue: [STO-001]
package layerproof.backup.final_snapshot_skipped

import rego.v1

deny contains {"node": database.id, "at": "final_snapshot"} if {
	some database in input.kinds.database
	database.final_snapshot == false
}
