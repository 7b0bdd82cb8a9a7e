# METADATA
# title: Cluster that cannot keep pods apart
# description: |
#   Without something that carries out network policies every pod reaches every other, whatever the manifests say:
#   who gets into one has a way to all.
#   ## Remedy
#   Choose a dataplane with network policies (GKE Dataplane V2; Azure or Cilium on AKS) and deny by default in each
#   namespace.
# custom:
#   severity: medium
#   selects: [cluster]
#   reads: [network_policy, provider]
#   message: "{node} carries out no network policies"
#   controls:
#     reference-model: [cluster-network/structure]
#     nist-800-53: [AC-4, SC-7]
#     nist-800-207: [tenet-2, tenet-3]
#     catalogue: [ZT2-003]
#     checkov: [CKV_GCP_12, CKV_AZURE_7]
#     trivy: [GCP-0056, AZU-0043]
package layerproof.tiers.cluster_without_network_policy

import rego.v1

# What Amazon's clusters carry out is seldom said where they are declared (an add-on, a chart); where manifests hold
# policies, tiers/policies-not-enforced tells of them.
managed := {"azure", "google"}

deny contains {"node": node.id, "at": "network_policy"} if {
	some node in input.kinds.cluster
	node.provider in managed
	node.network_policy == false
}
