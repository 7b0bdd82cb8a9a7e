# METADATA
# title: Directory that asks for a password only
# description: |
#   A password that was stolen, guessed or used elsewhere is enough to become its owner.
#   ## Remedy
#   Ask for a second factor, better for a passkey; where users cannot be made to, offer it at least.
# custom:
#   severity: medium
#   selects: [identity_provider]
#   reads: [second_factor]
#   message: "{node} lets its users in by a password alone"
#   controls:
#     reference-model: [permissions/centralize, security/context]
#     nist-800-53: [IA-2(2), IA-2(1)]
#     nist-800-207: [tenet-4, tenet-6]
#     catalogue: [ZT4-003]
#     prowler: [cognito_user_pool_mfa_enabled]
package layerproof.zero_trust.directory_without_second_factor

import rego.v1

deny contains {"node": node.id, "at": "second_factor"} if {
	some node in input.kinds.identity_provider
	node.second_factor == false
}
