# METADATA
# title: Pods that can act as their machine
# description: |
#   A pod that asks the metadata service of its machine gets a token of the machine's own account, and with it the
#   permissions of every other workload there.
#   ## Remedy
#   Use workload identity and have the pool meet the metadata server of GKE (GKE_METADATA).
# custom:
#   severity: medium
#   selects: [node_group]
#   reads: [identity_hidden]
#   message: "{node} lets every pod act as the machine"
#   controls:
#     reference-model: [permissions/least-privilege]
#     nist-800-53: [AC-6, IA-9]
#     nist-800-207: [tenet-3, tenet-6]
#     catalogue: [PRM-001]
#     checkov: [CKV_GCP_69]
#     trivy: [GCP-0048, GCP-0057]
package layerproof.least_privilege.node_identity_exposed

import rego.v1

deny contains {"node": node.id, "at": "identity_hidden"} if {
	some node in input.kinds.node_group
	node.identity_hidden == false
}
