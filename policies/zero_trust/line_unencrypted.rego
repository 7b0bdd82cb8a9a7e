# METADATA
# title: Line of its own without encryption
# description: |
#   A line that is rented passes through rooms and equipment of others; whoever taps it reads what has no encryption
#   of its own.
#   ## Remedy
#   Order the connection with MACsec, or run a VPN over it and say so in an ignore.
# custom:
#   severity: low
#   selects: [gateway]
#   reads: [line_encrypted]
#   message: "{node} carries traffic in clear text unless something above it encrypts"
#   controls:
#     reference-model: [cluster-network/tunnels]
#     nist-800-53: [SC-8, SC-8(1)]
#     nist-800-207: [tenet-2]
#     catalogue: [NET-002]
package layerproof.zero_trust.line_unencrypted

import rego.v1

deny contains {"node": node.id, "at": "line_encrypted"} if {
	some node in input.kinds.gateway
	node.line_encrypted == false
}
