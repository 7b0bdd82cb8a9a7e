# METADATA
# title: Module without a fixed version
# description: |
#   The same code gives other infrastructure tomorrow, and whoever controls the module's source controls this
#   account.
#   ## Remedy
#   Fix a version, or a range with an end such as ~> 5.8 (registry); a tag, better a commit (git).
# custom:
#   severity: medium
#   selects: [module]
#   reads: [pinned]
#   message: "{node} takes whatever version its source has today"
#   controls:
#     reference-model: [source-of-truth/consistent]
#     nist-800-53: [CM-2, SR-3, SR-4]
#     nist-800-207: [tenet-5]
#     catalogue: [SOT-003]
#     checkov: [CKV_TF_2]
package layerproof.hygiene.module_unpinned

import rego.v1

deny contains {"node": module.id, "at": "pinned"} if {
	some module in input.kinds.module
	not module.pinned
}
