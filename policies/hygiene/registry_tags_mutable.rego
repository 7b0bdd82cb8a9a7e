# METADATA
# title: Registry whose tags can be moved
# description: |
#   What was tested under a tag need not be what runs under it, and the image to go back to may be gone.
#   ## Remedy
#   Make tags immutable and deploy by digest or by a new tag per build.
# custom:
#   severity: low
#   selects: [registry]
#   reads: [immutable]
#   message: "{node} lets an image be replaced under the same tag"
#   controls:
#     reference-model: [lifecycle/roll-back, source-of-truth/consistent]
#     nist-800-53: [CM-2, SI-7]
#     nist-800-207: [tenet-5]
#     catalogue: [LIF-006]
#     checkov: [CKV_AWS_51]
#     trivy: [AWS-0031]
#     prowler: [ecr_repositories_tag_immutability]
package layerproof.hygiene.registry_tags_mutable

import rego.v1

deny contains {"node": registry.id, "at": "immutable"} if {
	some registry in input.kinds.registry
	not registry.immutable
}
