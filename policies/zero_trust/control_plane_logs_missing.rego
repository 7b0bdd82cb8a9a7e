# METADATA
# title: Control plane keeps no audit trail
# description: |
#   Without these logs nobody can say afterwards who signed in to the cluster and what was changed or read.
#   ## Remedy
#   Enable the log types audit and authenticator of the control plane.
# custom:
#   severity: medium
#   selects: [cluster]
#   reads: [flavour, logs]
#   message: "{node} does not keep both its audit and its authenticator log"
#   controls:
#     reference-model: [security/logging]
#     nist-800-53: [AU-2, AU-3, AU-12]
#     nist-800-207: [tenet-7]
#     catalogue: [ZT7-001, CMP-003]
#     checkov: [CKV_AWS_37]
#     trivy: [AWS-0038]
#     prowler: [eks_control_plane_logging_all_types_enabled]
package layerproof.zero_trust.control_plane_logs_missing

import rego.v1

deny contains {"node": cluster.id, "at": ["logs", "flavour"]} if {
	some cluster in input.kinds.cluster
	cluster.flavour == "kubernetes"
	is_array(cluster.logs)
	some log in ["audit", "authenticator"]
	not log in cluster.logs
}
