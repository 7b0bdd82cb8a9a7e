# METADATA
# title: Balancer that passes ambiguous requests on
# description: |
#   A request whose end the balancer and the server behind it see at different places smuggles a second one past
#   every filter in front.
#   ## Remedy
#   Set the mode for request smuggling to defensive, or to strictest where clients keep to the standard.
# custom:
#   severity: medium
#   selects: [load_balancer]
#   reads: [desync_guarded]
#   message: "{node} passes ambiguous requests on as they came"
#   controls:
#     reference-model: [application-network/load-balancers]
#     nist-800-53: [SC-7, SI-10]
#     nist-800-207: [tenet-2]
#     checkov: [CKV_AWS_328]
#     prowler: [elbv2_desync_mitigation_mode]
package layerproof.zero_trust.desync_unmitigated

import rego.v1

deny contains {"node": node.id, "at": "desync_guarded"} if {
	some node in input.kinds.load_balancer
	node.desync_guarded == false
}
