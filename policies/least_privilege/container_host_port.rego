# METADATA
# title: Container on a port of its machine
# description: |
#   The port is reachable at the machine's address, past services, ingress and often past network policies.
#   ## Remedy
#   Remove hostPort and expose the pod through a service.
# custom:
#   severity: low
#   selects: [container]
#   reads: [host_ports]
#   message: "{node} opens a port of its machine"
#   controls:
#     reference-model: [application/encapsulation, cluster-network/structure]
#     nist-800-53: [SC-7, CM-7]
#     nist-800-207: [tenet-3]
#     catalogue: [K8S-PSS]
#     checkov: [CKV_K8S_26]
#     trivy: [KSV-0024]
#     kubescape: [C-0044]
package layerproof.least_privilege.container_host_port

import rego.v1

deny contains {"node": container.id, "at": "host_ports"} if {
	some container in input.kinds.container
	count(container.host_ports) > 0
}
