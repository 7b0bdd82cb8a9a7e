# METADATA
# title: Load balancer that passes malformed headers
# description: |
#   Balancer and application may read a malformed header differently, which is what request smuggling needs.
#   ## Remedy
#   Let the balancer drop invalid header fields.
# custom:
#   severity: low
#   selects: [load_balancer]
#   reads: [drops_invalid_headers]
#   message: "{node} passes malformed headers on"
#   controls:
#     reference-model: [application-network/load-balancers]
#     nist-800-53: [SI-10, SC-8]
#     nist-800-207: [tenet-6]
#     catalogue: [APN-003]
#     checkov: [CKV_AWS_131]
#     trivy: [AWS-0052]
package layerproof.hygiene.headers_unchecked

import rego.v1

deny contains {"node": balancer.id, "at": "drops_invalid_headers"} if {
	some balancer in input.kinds.load_balancer
	not balancer.drops_invalid_headers
}
