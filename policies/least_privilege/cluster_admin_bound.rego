# METADATA
# title: Cluster administrator bound
# description: |
#   The subjects can read every secret and change every object, including the rules that should hold them back. A
#   workload bound like this hands the cluster to whoever breaks into it.
#   ## Remedy
#   Bind a role that lists what the subjects do; keep cluster-admin for a break-glass group.
# custom:
#   severity: high
#   selects: [binding]
#   reads: [cluster_wide, name, role_kind, role_name]
#   message: "{node} makes its subjects administrators of the whole cluster"
#   controls:
#     reference-model: [privilege/least-privilege]
#     nist-800-53: [AC-6, AC-6(1)]
#     nist-800-207: [tenet-3]
#     catalogue: [PRM-005, PRV-005]
#     trivy: [KSV-0111]
#     kubescape: [C-0035, C-0185]
#     kube-linter: [cluster-admin-role-binding]
package layerproof.least_privilege.cluster_admin_bound

import rego.v1

deny contains {"node": binding.id, "at": ["role_name", "role_kind", "cluster_wide", "name"]} if {
	some binding in input.kinds.binding
	binding.role_name == "cluster-admin"
	binding.role_kind == "ClusterRole"
	binding.cluster_wide == true
	binding.name != "cluster-admin" # comes with the cluster
}
