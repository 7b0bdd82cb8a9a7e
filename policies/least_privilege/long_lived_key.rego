# METADATA
# title: Long-lived access key
# description: |
#   A key that does not expire is copied into files, images and chats, and works for whoever finds it until someone
#   revokes it. Its secret also stands in the state.
#   ## Remedy
#   Let automation assume a role through OIDC or its platform's identity, and people sign in through single sign-on;
#   then delete the key.
# custom:
#   severity: medium
#   selects: [access_key]
#   reads: [active]
#   message: "{node} is a credential that never expires by itself"
#   controls:
#     reference-model: [permissions/operational, security/per-session]
#     nist-800-53: [IA-2, IA-5]
#     nist-800-207: [tenet-3]
#     catalogue: [PRM-002, PRV-009]
#     checkov: [CKV_AWS_348]
package layerproof.least_privilege.long_lived_key

import rego.v1

deny contains {"node": key.id, "at": "active"} if {
	some key in input.kinds.access_key
	key.active == true
}
