# METADATA
# title: Secret that is gone the moment it is deleted
# description: |
#   A secret deleted by mistake, or replaced by a change, cannot be restored, and what it opened may be lost with
#   it.
#   ## Remedy
#   Remove the recovery window of zero days; seven to thirty days are usual.
# custom:
#   severity: low
#   selects: [secret]
#   reads: [recovery_days]
#   message: "{node} cannot be brought back after deletion"
#   controls:
#     reference-model: [storage/backup]
#     nist-800-53: [CP-9]
#     nist-800-207: [tenet-1]
#     catalogue: [STO-001]
package layerproof.backup.secret_lost_at_once

import rego.v1

deny contains {"node": secret.id, "at": "recovery_days"} if {
	some secret in input.kinds.secret
	secret.recovery_days == 0
}
