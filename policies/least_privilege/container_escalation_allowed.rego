# METADATA
# title: Container that may gain privileges
# description: |
#   A setuid program in the image turns an ordinary process into root.
#   ## Remedy
#   Set allowPrivilegeEscalation to false.
# custom:
#   severity: low
#   selects: [container]
#   reads: [escalation_allowed, privileged]
#   message: "{node} may gain more privileges than it started with"
#   controls:
#     reference-model: [application/encapsulation]
#     nist-800-53: [AC-6, CM-7]
#     nist-800-207: [tenet-3]
#     pod-security-standards: [restricted/allowPrivilegeEscalation]
#     catalogue: [K8S-PSS]
#     checkov: [CKV_K8S_20]
#     trivy: [KSV-0001]
#     kubescape: [C-0016]
package layerproof.least_privilege.container_escalation_allowed

import rego.v1

# A privileged container may gain nothing: it has everything already, and has a finding of its own.
deny contains {"node": container.id, "at": ["escalation_allowed", "privileged"]} if {
	some container in input.kinds.container
	container.escalation_allowed == true
	not container.privileged
}
