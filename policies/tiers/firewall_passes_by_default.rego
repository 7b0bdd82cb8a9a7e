# METADATA
# title: Firewall that lets through what no rule decides
# description: |
#   Whatever its authors did not think of goes through without being looked at by the stateful rules.
#   ## Remedy
#   Send such packets to the stateful rules, or drop them.
# custom:
#   severity: medium
#   selects: [firewall]
#   reads: [passes_by_default]
#   message: "{node} lets packets through that no rule of it decides"
#   controls:
#     reference-model: [cluster-network/structure, security/fail-closed]
#     nist-800-53: [SC-7(5), SC-7]
#     nist-800-207: [tenet-3, tenet-6]
#     catalogue: [ZT5-004, NET-004]
#     prowler: [networkfirewall_policy_default_action_full_packets, networkfirewall_policy_default_action_fragmented_packets]
package layerproof.tiers.firewall_passes_by_default

import rego.v1

deny contains {"node": node.id, "at": "passes_by_default"} if {
	some node in input.kinds.firewall
	node.passes_by_default == true
}
