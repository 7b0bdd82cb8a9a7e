# METADATA
# title: Network or subnet without flow logs
# description: |
#   Without flow logs there is no answer to which machine talked to whom, neither after an incident nor when rules
#   are to be tightened.
#   ## Remedy
#   Attach a flow log to the network, or to each subnet where the provider logs these; rejected connections alone are a cheap start.
# custom:
#   severity: low
#   selects: [network, subnet]
#   reads: [flow_logged]
#   message: "{node} does not log its connections"
#   controls:
#     reference-model: [security/logging, monitoring/logs]
#     nist-800-53: [AU-12, SI-4]
#     nist-800-207: [tenet-7]
#     catalogue: [ZT7-003]
#     checkov: [CKV2_AWS_11, CKV_GCP_26]
#     trivy: [AWS-0178, GCP-0029]
#     prowler: [vpc_flow_logs_enabled]
package layerproof.zero_trust.flow_logs_missing

import rego.v1

deny contains {"node": network.id, "at": "flow_logged"} if {
	some network in input.kinds.network
	network.flow_logged == false
}

# Where subnets are logged one by one, each says so itself; elsewhere theirs is null.
deny contains {"node": subnet.id, "at": "flow_logged"} if {
	some subnet in input.kinds.subnet
	subnet.flow_logged == false
}
