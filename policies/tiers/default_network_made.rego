# METADATA
# title: Project that is made with a default network
# description: |
#   The default network has a subnet in every region and rules that let everyone on the Internet sign in by SSH and
#   RDP. Whatever is started without naming a network stands in it.
#   ## Remedy
#   Set auto_create_network to false, or forbid default networks for the organization
#   (constraints/compute.skipDefaultNetworkCreation), and make networks of your own.
# custom:
#   severity: medium
#   selects: [account]
#   reads: [default_network]
#   message: "{node} is made with a network whose rules let everyone in"
#   controls:
#     reference-model: [cluster-network/structure]
#     nist-800-53: [CM-7, SC-7]
#     nist-800-207: [tenet-2, tenet-3]
#     catalogue: [TIER-004]
#     checkov: [CKV_GCP_27]
#     trivy: [GCP-0010]
package layerproof.tiers.default_network_made

import rego.v1

deny contains {"node": node.id, "at": "default_network"} if {
	some node in input.kinds.account
	node.default_network == true
}
