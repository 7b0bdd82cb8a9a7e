# METADATA
# title: Privileged container
# description: |
#   A privileged container is root on the machine: one fault in the application gives every other workload and
#   credential there.
#   ## Remedy
#   Drop privileged; add the single capability that is needed, or use a device plugin or CSI driver. A build whose
#   machine is its own and goes with it has nobody beside it, and images are built so: low.
# custom:
#   severity: high
#   selects: [container, container_service]
#   reads: [disposable, privileged]
#   message: "{node} runs with the powers of its machine"
#   controls:
#     reference-model: [application/encapsulation]
#     nist-800-53: [AC-6, CM-7, SC-39]
#     nist-800-207: [tenet-3]
#     pod-security-standards: [baseline/privileged]
#     catalogue: [K8S-PSS]
#     checkov: [CKV_K8S_16, CKV_AWS_334, CKV_AWS_210]
#     trivy: [KSV-0017]
#     kubescape: [C-0057]
package layerproof.zero_trust.privileged_container

import rego.v1

deny contains {"node": node.id, "at": "privileged"} if {
	some node in input.kinds.container
	node.privileged == true
}

deny contains {"node": node.id, "at": "privileged"} if {
	some node in input.kinds.container_service
	node.privileged == true
	node.disposable != true
}

deny contains {"node": node.id, "at": "privileged", "severity": "low"} if {
	some node in input.kinds.container_service
	node.privileged == true
	node.disposable == true
}
