# METADATA
# title: Transit gateway that takes every network
# description: |
#   Whoever it is shared with joins a network to it, and by default is routed to all others, before anyone has
#   looked.
#   ## Remedy
#   Switch automatic acceptance off and accept attachments one by one, in code.
# custom:
#   severity: medium
#   selects: [gateway]
#   reads: [accepts_anyone]
#   message: "{node} takes networks of other accounts without being asked"
#   controls:
#     reference-model: [cluster-network/structure]
#     nist-800-53: [AC-4, SC-7]
#     nist-800-207: [tenet-3]
#     catalogue: [TIER-002]
#     checkov: [CKV_AWS_331]
#     prowler: [ec2_transitgateway_auto_accept_vpc_attachments]
package layerproof.tiers.transit_accepts_anyone

import rego.v1

deny contains {"node": node.id, "at": "accepts_anyone"} if {
	some node in input.kinds.gateway
	node.accepts_anyone == true
}
