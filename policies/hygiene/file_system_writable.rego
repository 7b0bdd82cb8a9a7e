# METADATA
# title: Container that can change its own files
# description: |
#   What runs is no longer what was built: an intruder can leave tools behind and change programs, and nobody sees
#   it in the image.
#   ## Remedy
#   Make the root file system read-only and mount an emptyDir where the program has to write.
# custom:
#   severity: info
#   selects: [container, container_service]
#   reads: [read_only]
#   message: "{node} can write to its root file system"
#   controls:
#     reference-model: [source-of-truth/consistent]
#     nist-800-53: [CM-5, SI-7]
#     nist-800-207: [tenet-5]
#     checkov: [CKV_AWS_336, CKV_K8S_22]
#     trivy: [KSV-0014]
#     kubescape: [C-0017]
#     kube-linter: [no-read-only-root-fs]
#     polaris: [notReadOnlyRootFilesystem]
package layerproof.hygiene.file_system_writable

import rego.v1

kinds := ["container", "container_service"]

deny contains {"node": node.id, "at": "read_only"} if {
	some kind in kinds
	some node in input.kinds[kind]
	node.read_only == false
}
