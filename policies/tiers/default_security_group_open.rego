# METADATA
# title: Default security group that lets traffic through
# description: |
#   Whatever is created without naming a group gets this one, so its rules apply to things that nobody thought of.
#   ## Remedy
#   Keep the default group without rules and give every resource a group of its own.
# custom:
#   severity: low
#   selects: [security_group]
#   reads: [default, rules]
#   message: "{node} is a network's default group and lets traffic through"
#   controls:
#     reference-model: [cluster-network/structure]
#     nist-800-53: [SC-7, SC-7(5)]
#     nist-800-207: [tenet-3]
#     catalogue: [TIER-004]
#     checkov: [CKV2_AWS_12]
package layerproof.tiers.default_security_group_open

import rego.v1

deny contains {"node": group.id, "at": ["rules", "default"]} if {
	some group in input.kinds.security_group
	group["default"] == true
	count(group.rules) > 0
}
