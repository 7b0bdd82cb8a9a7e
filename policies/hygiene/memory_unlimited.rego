# METADATA
# title: Container without a memory limit
# description: |
#   One leak takes the memory of the whole machine and the other workloads on it with it. Memory is usually what
#   runs out first.
#   ## Remedy
#   Set resources.limits.memory, equal to the request where the workload matters.
# custom:
#   severity: low
#   selects: [container]
#   reads: [init, memory_limited]
#   message: "{node} has no memory limit"
#   controls:
#     reference-model: [compute/resources]
#     nist-800-53: [SC-5, SC-6]
#     nist-800-207: [tenet-5]
#     catalogue: [CMP-005]
#     checkov: [CKV_K8S_13]
#     trivy: [KSV-0018]
#     kubescape: [C-0271]
package layerproof.hygiene.memory_unlimited

import rego.v1

deny contains {"node": container.id, "at": ["memory_limited", "init"]} if {
	some container in input.kinds.container
	not container.init
	not container.memory_limited
}
