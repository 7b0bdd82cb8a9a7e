# METADATA
# title: Network without flow logs
# description: |
#   Without flow logs there is no answer to which machine talked to whom, neither after an incident nor when rules
#   are to be tightened.
#   ## Remedy
#   Attach a flow log to the network; rejected connections alone are a cheap start.
# custom:
#   severity: low
#   selects: [network]
#   reads: [flow_logged]
#   message: "{node} does not log its connections"
#   controls:
#     reference-model: [security/logging, monitoring/logs]
#     nist-800-53: [AU-12, SI-4]
#     nist-800-207: [tenet-7]
#     catalogue: [ZT7-003]
#     checkov: [CKV2_AWS_11]
#     trivy: [AWS-0178]
#     prowler: [vpc_flow_logs_enabled]
package layerproof.zero_trust.flow_logs_missing

import rego.v1

deny contains {"node": network.id, "at": "flow_logged"} if {
	some network in input.kinds.network
	not network.flow_logged
}
