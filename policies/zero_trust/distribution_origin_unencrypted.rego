# METADATA
# title: Content delivery that asks its origin in the clear
# description: |
#   The viewer sees a padlock, yet the second half of the way, from the edge to the origin, crosses the internet in
#   the clear.
#   ## Remedy
#   Set the origin's protocol policy to HTTPS only.
# custom:
#   severity: medium
#   selects: [distribution]
#   reads: [origin_encrypted]
#   message: "{node} may ask an origin over plain HTTP"
#   controls:
#     reference-model: [security/communication, application-network/load-balancers]
#     nist-800-53: [SC-8]
#     nist-800-207: [tenet-2]
#     catalogue: [ZT2-001]
#     checkov: [CKV2_AWS_72]
package layerproof.zero_trust.distribution_origin_unencrypted

import rego.v1

deny contains {"node": distribution.id, "at": "origin_encrypted"} if {
	some distribution in input.kinds.distribution
	not distribution.origin_encrypted
}
