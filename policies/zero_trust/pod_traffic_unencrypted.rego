# METADATA
# title: Network plugin that sends packets in clear text
# description: |
#   Whatever has no TLS of its own can be read by every machine and device on the way between two nodes.
#   ## Remedy
#   Switch WireGuard or IPsec on in the plugin, unless the provider encrypts between machines and nothing leaves its
#   network.
# custom:
#   severity: low
#   selects: [network_plugin]
#   reads: [encrypted]
#   message: "{node} sends packets between machines in clear text"
#   controls:
#     reference-model: [cluster-network/tunnels, security/communication]
#     nist-800-53: [SC-8, SC-8(1)]
#     nist-800-207: [tenet-2]
#     catalogue: [NET-003, ZT2-001]
package layerproof.zero_trust.pod_traffic_unencrypted

import rego.v1

deny contains {"node": node.id, "at": "encrypted"} if {
	some node in input.kinds.network_plugin
	node.encrypted == false
}
