# METADATA
# title: Web filter without a rule
# description: |
#   It looks like protection in every list and stops nothing.
#   ## Remedy
#   Add the rule groups that fit what stands behind it, first the ones for common attacks.
# custom:
#   severity: medium
#   selects: [waf]
#   reads: [default_action, rules]
#   message: "{node} lets every request through: it holds no rule"
#   controls:
#     reference-model: [application-network/proxies, security/fail-closed]
#     nist-800-53: [SC-7, SI-4]
#     nist-800-207: [tenet-5, tenet-6]
#     catalogue: [APN-005]
#     checkov: [CKV_AWS_175]
#     prowler: [wafv2_webacl_with_rules]
package layerproof.zero_trust.waf_without_rules

import rego.v1

deny contains {"node": node.id, "at": ["rules", "default_action"]} if {
	some node in input.kinds.waf
	node.rules == 0
	node.default_action == "allow"
}
