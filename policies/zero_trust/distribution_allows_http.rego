# METADATA
# title: Content delivery over plain HTTP
# description: |
#   What is served in the clear can be read and replaced on the way, scripts included.
#   ## Remedy
#   Redirect viewers to HTTPS, or allow HTTPS only, in the default and in every further cache behaviour.
# custom:
#   severity: medium
#   selects: [distribution]
#   reads: [https_only]
#   message: "{node} serves viewers over plain HTTP"
#   controls:
#     reference-model: [security/communication, application-network/load-balancers]
#     nist-800-53: [SC-8]
#     nist-800-207: [tenet-2]
#     catalogue: [APN-003]
#     checkov: [CKV_AWS_34]
#     trivy: [AWS-0012]
package layerproof.zero_trust.distribution_allows_http

import rego.v1

deny contains {"node": distribution.id, "at": "https_only"} if {
	some distribution in input.kinds.distribution
	not distribution.https_only
}
