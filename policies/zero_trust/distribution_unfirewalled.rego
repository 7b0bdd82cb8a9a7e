# METADATA
# title: Content delivery without a web filter
# description: |
#   Requests that are known to be attacks reach the application, and a flood of them is only stopped by hand.
#   ## Remedy
#   Associate a web ACL with the distribution.
# custom:
#   severity: low
#   selects: [distribution]
#   reads: [firewalled]
#   message: "{node} has no web filter before it"
#   controls:
#     reference-model: [application-network/proxies]
#     nist-800-53: [SC-5, SC-7, SI-3]
#     nist-800-207: [tenet-2]
#     catalogue: [APN-005]
#     checkov: [CKV_AWS_68]
package layerproof.zero_trust.distribution_unfirewalled

import rego.v1

deny contains {"node": distribution.id, "at": "firewalled"} if {
	some distribution in input.kinds.distribution
	distribution.firewalled == false
}
