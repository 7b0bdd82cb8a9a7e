# METADATA
# title: Public zone whose questions are not logged
# description: |
#   Names that are asked for show scans, tunnels and records that point nowhere any more; without a log nobody sees
#   them.
#   ## Remedy
#   Send the zone's queries to a log group with a retention.
# custom:
#   severity: info
#   selects: [dns_zone]
#   reads: [private, query_logged]
#   message: "{node} does not log the questions that it answers"
#   controls:
#     reference-model: [security/logging, application-network/dns]
#     nist-800-53: [AU-2, AU-12]
#     nist-800-207: [tenet-7]
#     catalogue: [APN-002]
#     checkov: [CKV2_AWS_39]
#     prowler: [route53_public_hosted_zones_cloudwatch_logging_enabled]
package layerproof.zero_trust.dns_queries_unlogged

import rego.v1

deny contains {"node": node.id, "at": "private"} if {
	some node in input.kinds.dns_zone
	node.private == false
	node.query_logged == false
}
