# METADATA
# title: Public function without a bound
# description: |
#   One stranger can use up the concurrency of every other function of the account, and run up the bill while doing
#   it.
#   ## Remedy
#   Reserve a share of the concurrency for it, or put an entry point that limits rates in front.
# custom:
#   severity: low
#   selects: [function]
#   reads: [bounded, public_access]
#   message: "{node} can be called by anyone, as often as the account allows"
#   controls:
#     reference-model: [compute/utilization, billing/monitoring]
#     nist-800-53: [SC-5, SC-6]
#     nist-800-207: [tenet-3]
#     catalogue: [CMP-004]
#     checkov: [CKV_AWS_115]
package layerproof.hygiene.public_function_unbounded

import rego.v1

deny contains {"node": node.id, "at": ["bounded", "public_access"]} if {
	some node in input.kinds.function
	node.public_access == true
	node.bounded == false
}
