# METADATA
# title: Container without a request for processor time
# description: |
#   The scheduler takes it for free and puts it beside others that need the machine; under load it gets what is
#   left. Containers without a memory limit have a finding of their own.
#   ## Remedy
#   Set resources.requests for cpu and memory to what the container usually needs.
# custom:
#   severity: low
#   selects: [container]
#   reads: [init, memory_limited, processor_requested]
#   message: "{node} does not say how much processor and memory it needs"
#   controls:
#     reference-model: [compute/resources]
#     nist-800-53: [SC-5, SC-6]
#     nist-800-207: [tenet-5]
#     catalogue: [CMP-005]
#     checkov: [CKV_K8S_10, CKV_K8S_11]
#     trivy: [KSV-0015, KSV-0016]
#     kubescape: [C-0268]
package layerproof.hygiene.processor_unrequested

import rego.v1

deny contains {"node": container.id, "at": "processor_requested"} if {
	some container in input.kinds.container
	not container.init
	container.memory_limited == true
	container.processor_requested == false
}
