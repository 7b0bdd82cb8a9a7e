# METADATA
# title: Object store with two sorts of permissions
# description: |
#   Beside the policy of the store every object has an access list of its own, which whoever writes it can open. No
#   policy shows who may read what.
#   ## Remedy
#   Switch the lists off (uniform bucket-level access, BucketOwnerEnforced) and grant by policy only.
# custom:
#   severity: low
#   selects: [object_store]
#   reads: [lists_in_force]
#   message: "{node} has access lists of single objects beside its policy"
#   controls:
#     reference-model: [permissions/centralize]
#     nist-800-53: [AC-3, AC-6]
#     nist-800-207: [tenet-3, tenet-6]
#     catalogue: [PRM-001]
#     checkov: [CKV_GCP_29, CKV2_AWS_65]
#     trivy: [GCP-0002]
package layerproof.least_privilege.access_lists_in_force

import rego.v1

deny contains {"node": node.id, "at": "lists_in_force"} if {
	some node in input.kinds.object_store
	node.lists_in_force == true
}
