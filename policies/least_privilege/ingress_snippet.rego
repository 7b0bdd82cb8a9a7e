# METADATA
# title: Ingress that writes into its controller
# description: |
#   Where the controller takes them, who may write one ingress runs code in it and reads the secrets of every
#   namespace (CVE-2021-25742);
#   the controller's own documentation advises to refuse such annotations.
#   ## Remedy
#   Use the annotations made for the purpose, and switch snippets off in the controller.
# custom:
#   severity: medium
#   selects: [ingress]
#   reads: [snippets]
#   message: "{node} puts configuration of its own into the controller"
#   controls:
#     reference-model: [application-network/ingress, privilege/least-privilege]
#     nist-800-53: [AC-6, CM-7, SI-10]
#     nist-800-207: [tenet-3]
#     catalogue: [APN-004]
#     checkov: [CKV_K8S_152, CKV_K8S_153, CKV_K8S_154]
#     kubescape: [C-0059]
#     trivy: [KCV-0093]
package layerproof.least_privilege.ingress_snippet

import rego.v1

deny contains {"node": node.id, "at": "snippets"} if {
	some node in input.kinds.ingress
	count(node.snippets) > 0
}
