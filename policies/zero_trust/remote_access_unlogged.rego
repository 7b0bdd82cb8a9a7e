# METADATA
# title: Remote access that nobody records
# description: |
#   People enter the network here. Without a record nobody can tell who came in, from where and when.
#   ## Remedy
#   Switch connection logs on and send them to a log group with a retention.
# custom:
#   severity: medium
#   selects: [gateway]
#   reads: [logged]
#   message: "{node} does not record who connects"
#   controls:
#     reference-model: [security/logging, permissions/centralize]
#     nist-800-53: [AU-2, AC-17(1)]
#     nist-800-207: [tenet-7]
#     catalogue: [ZT7-001]
#     prowler: [ec2_client_vpn_endpoint_connection_logging_enabled]
package layerproof.zero_trust.remote_access_unlogged

import rego.v1

deny contains {"node": node.id, "at": "logged"} if {
	some node in input.kinds.gateway
	node.logged == false
}
