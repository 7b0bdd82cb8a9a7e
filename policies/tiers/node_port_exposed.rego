# METADATA
# title: Service on a port of every machine
# description: |
#   Whoever reaches any machine reaches the service, past the load balancer, its TLS and its filters.
#   ## Remedy
#   Use ClusterIP behind an ingress or gateway, or a load balancer with source ranges.
# custom:
#   severity: low
#   selects: [service]
#   reads: [exposure]
#   message: "{node} opens a port on every machine of the cluster"
#   controls:
#     reference-model: [cluster-network/structure, application-network/load-balancers]
#     nist-800-53: [SC-7]
#     nist-800-207: [tenet-3]
#     catalogue: [TIER-006]
#     kube-linter: [exposed-services]
#     kube-score: [service-type]
package layerproof.tiers.node_port_exposed

import rego.v1

deny contains {"node": service.id, "at": "exposure"} if {
	some service in input.kinds.service
	service.exposure == "NodePort"
}
