# METADATA
# title: Namespace without an enforced Pod Security level
# description: |
#   Without the label the namespace takes whatever the cluster's default is, and that default is privileged: any pod
#   may take over its node.
#   ## Remedy
#   Label the namespace pod-security.kubernetes.io/enforce with baseline or restricted; try it with warn and audit
#   first.
# custom:
#   severity: medium
#   selects: [namespace]
#   reads: [name, pod_security]
#   message: "{node} enforces no Pod Security level above privileged"
#   controls:
#     reference-model: [application/encapsulation, security/fail-closed]
#     nist-800-53: [CM-6, CM-7, AC-6]
#     nist-800-207: [tenet-6]
#     catalogue: [ZT5-006]
package layerproof.zero_trust.pod_security_unset

import rego.v1

# They hold the cluster's own components, which need the node's powers.
systems := {"kube-node-lease", "kube-public", "kube-system"}

deny contains {"node": namespace.id, "at": ["pod_security", "name"]} if {
	some namespace in input.kinds.namespace
	not namespace.name in systems
	namespace.pod_security in [null, "privileged"]
}
