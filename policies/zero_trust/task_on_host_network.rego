# METADATA
# title: Task in the network of its machine
# description: |
#   Its containers listen on the machine's own addresses, reach what the machine reaches, its metadata and other
#   tasks included, and no security group of their own holds them.
#   ## Remedy
#   Use the network mode awsvpc, which gives each task an interface and security groups of its own.
# custom:
#   severity: medium
#   selects: [container_service]
#   reads: [host_network]
#   message: "{node} shares the network of its machine"
#   controls:
#     reference-model: [application/encapsulation]
#     nist-800-53: [AC-4, SC-7]
#     nist-800-207: [tenet-3]
package layerproof.zero_trust.task_on_host_network

import rego.v1

deny contains {"node": container_service.id, "at": "host_network"} if {
	some container_service in input.kinds.container_service
	container_service.host_network == true
}
