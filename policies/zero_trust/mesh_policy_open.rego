# METADATA
# title: Mesh policy that allows every caller
# description: |
#   A rule without a source adds nothing that having no policy would not also allow, but it looks like a protection.
#   ## Remedy
#   Start from a policy that denies all and allow named principals or namespaces per workload.
# custom:
#   severity: medium
#   selects: [mesh_policy]
#   reads: [open]
#   message: "{node} allows every caller"
#   controls:
#     reference-model: [security/per-session, integration/mesh]
#     nist-800-53: [AC-3, AC-4]
#     nist-800-207: [tenet-3]
#     catalogue: [INT-003]
package layerproof.zero_trust.mesh_policy_open

import rego.v1

deny contains {"node": policy.id, "at": "open"} if {
	some policy in input.kinds.mesh_policy
	policy.open == true
}
