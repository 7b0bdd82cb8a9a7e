# METADATA
# title: Ingress that answers for any name
# description: |
#   A request needs only the address of the controller to reach the service: scanners find it, names of others can
#   be pointed at it, and it takes what no other ingress of the cluster claims.
#   ## Remedy
#   Name the hosts that the service is meant for.
# custom:
#   severity: low
#   selects: [ingress]
#   reads: [backends, encrypted, hosts]
#   message: "{node} answers requests for any host name"
#   controls:
#     reference-model: [application-network/ingress]
#     nist-800-53: [SC-7(5), CM-7]
#     nist-800-207: [tenet-3]
#     catalogue: [APN-001]
package layerproof.tiers.ingress_any_host

import rego.v1

deny contains {"node": node.id, "at": ["hosts", "encrypted", "backends"]} if {
	some node in input.kinds.ingress
	is_boolean(node.encrypted) # routes take the hosts of their gateway
	count(node.backends) > 0
	every host in node.hosts {
		host in {"", "*"}
	}
}
