# METADATA
# title: Backup vault whose copies can be deleted
# description: |
#   Whoever takes over an administrator deletes the backups before the data; only a lock stops that.
#   ## Remedy
#   Lock the vault with a minimum retention.
# custom:
#   severity: low
#   selects: [backup_vault]
#   reads: [locked]
#   message: "{node} does not lock the copies it keeps"
#   controls:
#     reference-model: [storage/3-2-1]
#     nist-800-53: [CP-9(8), AU-9]
#     nist-800-207: [tenet-1]
#     catalogue: [STO-013]
package layerproof.backup.backup_vault_unlocked

import rego.v1

deny contains {"node": vault.id, "at": "locked"} if {
	some vault in input.kinds.backup_vault
	not vault.locked
}
