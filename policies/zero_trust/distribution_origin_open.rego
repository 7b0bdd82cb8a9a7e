# METADATA
# title: Distribution that needs a public bucket
# description: |
#   The bucket has to be open to everyone for the pages to appear, and then everyone goes round the distribution
#   with its filter, logs and limits.
#   ## Remedy
#   Give the origin an origin access control and let the bucket policy admit that distribution alone.
# custom:
#   severity: medium
#   selects: [distribution]
#   reads: [open_origins]
#   message: "{node} reads a bucket as a stranger, which works only while everyone can"
#   controls:
#     reference-model: [application-network/proxies, security/per-resource]
#     nist-800-53: [AC-3, SC-7]
#     nist-800-207: [tenet-3]
#     catalogue: [STO-006]
#     checkov: [CKV2_AWS_46]
#     prowler: [cloudfront_distributions_s3_origin_access_control]
package layerproof.zero_trust.distribution_origin_open

import rego.v1

deny contains {"node": node.id, "at": "open_origins"} if {
	some node in input.kinds.distribution
	count(node.open_origins) > 0
}
