# METADATA
# title: Tunnel that agrees on broken ciphers
# description: |
#   The other side chooses from the list: what stands in it can be what is used, and what is recorded today can be
#   read later.
#   ## Remedy
#   Offer IKEv2, groups from 14 on, and SHA-2 only.
# custom:
#   severity: medium
#   selects: [gateway]
#   reads: [weak_proposals]
#   message: "{node} may agree on proposals that can be broken"
#   controls:
#     reference-model: [cluster-network/tunnels]
#     nist-800-53: [SC-8(1), SC-13]
#     nist-800-207: [tenet-2]
#     catalogue: [NET-002]
package layerproof.zero_trust.tunnel_weak

import rego.v1

deny contains {"node": node.id, "at": "weak_proposals"} if {
	some node in input.kinds.gateway
	count(node.weak_proposals) > 0
}
