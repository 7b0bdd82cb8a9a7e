# METADATA
# title: Registry that keeps every image for ever
# description: |
#   Old images are paid for, fill every scan with holes that nobody runs, and can be started again by mistake.
#   ## Remedy
#   Add a lifecycle policy that removes what is untagged, and what is older than a rollback needs.
# custom:
#   severity: info
#   selects: [registry]
#   reads: [expires]
#   message: "{node} keeps every image for ever"
#   controls:
#     reference-model: [storage/persistence, lifecycle/out-of-date]
#     nist-800-53: [SI-12, CM-7]
#     nist-800-207: [tenet-1]
#     catalogue: [STO-007]
#     prowler: [ecr_repositories_lifecycle_policy_enabled]
package layerproof.hygiene.images_kept_forever

import rego.v1

deny contains {"node": node.id, "at": "expires"} if {
	some node in input.kinds.registry
	node.expires == false
}
