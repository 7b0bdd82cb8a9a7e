# METADATA
# title: Entry point without access logs
# description: |
#   Requests enter the network here. Without a log nobody can tell who asked for what.
#   ## Remedy
#   Switch access logs on and send them to a store with a retention.
# custom:
#   severity: low
#   selects: [api, distribution, load_balancer]
#   reads: [access_logged]
#   message: "{node} does not log the requests it serves"
#   controls:
#     reference-model: [security/logging, application-network/load-balancers]
#     nist-800-53: [AU-2, AU-12]
#     nist-800-207: [tenet-7]
#     catalogue: [APN-003]
#     checkov: [CKV_AWS_76, CKV_AWS_86, CKV_AWS_91, CKV_AWS_92]
#     trivy: [AWS-0010]
package layerproof.zero_trust.access_logs_missing

import rego.v1

kinds := ["api", "distribution", "load_balancer"]

deny contains {"node": node.id, "at": "access_logged"} if {
	some kind in kinds
	some node in input.kinds[kind]
	not node.access_logged
}
