# METADATA
# title: Machine that acts as the default identity
# description: |
#   Every machine without an identity of its own shares the one that came with the project, which in many projects
#   may edit all of it: who gets into one machine has what all of them need together, and more.
#   ## Remedy
#   Give the machine or pool a service account of its own with the few roles that it needs.
# custom:
#   severity: medium
#   selects: [instance, node_group]
#   reads: [default_identity]
#   message: "{node} acts as the identity that came with the account"
#   controls:
#     reference-model: [permissions/least-privilege]
#     nist-800-53: [AC-6, IA-9]
#     nist-800-207: [tenet-3, tenet-6]
#     catalogue: [PRM-001]
#     checkov: [CKV_GCP_30]
#     trivy: [GCP-0044, GCP-0050]
package layerproof.least_privilege.machine_default_identity

import rego.v1

kinds := ["instance", "node_group"]

deny contains {"node": node.id, "at": "default_identity"} if {
	some kind in kinds
	some node in input.kinds[kind]
	node.default_identity == true
}
