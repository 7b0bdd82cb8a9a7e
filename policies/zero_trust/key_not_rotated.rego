# METADATA
# title: Encryption key that is never renewed
# description: |
#   The longer one key is in use, the more data a single leak opens. Rotation by the provider keeps old data
#   readable and costs nothing in operation.
#   ## Remedy
#   Enable automatic rotation of the key.
# custom:
#   severity: medium
#   selects: [key]
#   reads: [rotated]
#   message: "{node} is not rotated"
#   controls:
#     reference-model: [permissions/centralize]
#     nist-800-53: [SC-12]
#     nist-800-207: [tenet-4]
#     catalogue: [STO-005]
#     checkov: [CKV_AWS_7]
#     trivy: [AWS-0065]
package layerproof.zero_trust.key_not_rotated

import rego.v1

deny contains {"node": key.id, "at": "rotated"} if {
	some key in input.kinds.key
	not key.rotated
}
