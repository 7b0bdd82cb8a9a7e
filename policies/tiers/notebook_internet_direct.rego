# METADATA
# title: Notebook with a way out of its own
# description: |
#   What it reads with its role can leave on a way that no filter, firewall or flow log of the network sees.
#   ## Remedy
#   Put it into a subnet and switch direct internet access off.
# custom:
#   severity: medium
#   selects: [instance]
#   reads: [direct_internet]
#   message: "{node} reaches the internet past its network"
#   controls:
#     reference-model: [cluster-network/structure]
#     nist-800-53: [SC-7, SC-7(5), AC-4]
#     nist-800-207: [tenet-2, tenet-3]
#     catalogue: [NET-004]
#     checkov: [CKV_AWS_122]
#     prowler: [sagemaker_notebook_instance_without_direct_internet_access_configured]
package layerproof.tiers.notebook_internet_direct

import rego.v1

deny contains {"node": node.id, "at": "direct_internet"} if {
	some node in input.kinds.instance
	node.direct_internet == true
}
