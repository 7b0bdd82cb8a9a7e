# METADATA
# title: Secret without a rotation schedule
# description: |
#   A secret that never changes works for everyone who ever saw it.
#   ## Remedy
#   Attach a rotation schedule, or replace the secret by short-lived credentials of a role.
# custom:
#   severity: low
#   selects: [secret]
#   reads: [rotated]
#   message: "{node} has no rotation schedule"
#   controls:
#     reference-model: [security/per-session]
#     nist-800-53: [IA-5(1)]
#     nist-800-207: [tenet-3]
#     catalogue: [ZT3-001]
#     checkov: [CKV2_AWS_57]
package layerproof.zero_trust.secret_not_rotated

import rego.v1

deny contains {"node": secret.id, "at": "rotated"} if {
	some secret in input.kinds.secret
	not secret.rotated
}
