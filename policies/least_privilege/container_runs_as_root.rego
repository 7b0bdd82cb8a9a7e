# METADATA
# title: Container that runs as root
# description: |
#   Root in the container is root to the kernel: a fault in the runtime or a mounted directory makes it root on the
#   machine.
#   ## Remedy
#   Set runAsNonRoot to true, and runAsUser where the image does not name a user by number.
# custom:
#   severity: medium
#   selects: [container]
#   reads: [runs_as_root]
#   message: "{node} runs as root, or nothing keeps it from doing so"
#   controls:
#     reference-model: [application/encapsulation]
#     nist-800-53: [AC-6, CM-7]
#     nist-800-207: [tenet-3]
#     pod-security-standards: [restricted/runAsNonRoot, restricted/runAsUser]
#     catalogue: [K8S-PSS]
#     checkov: [CKV_K8S_23]
#     trivy: [KSV-0012]
#     kubescape: [C-0013]
package layerproof.least_privilege.container_runs_as_root

import rego.v1

deny contains {"node": container.id, "at": "runs_as_root"} if {
	some container in input.kinds.container
	container.runs_as_root == true
}
