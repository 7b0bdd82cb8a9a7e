# METADATA
# title: Cluster that keeps nothing of what its workloads say
# description: |
#   What programs printed is gone with the pod: nobody can tell afterwards what an intruder did in one.
#   ## Remedy
#   Leave the logs of the system and the workloads on, or send them on by an agent of your own.
# custom:
#   severity: low
#   selects: [cluster]
#   reads: [workloads_logged]
#   message: "{node} does not keep the logs of its workloads"
#   controls:
#     reference-model: [security/logging]
#     nist-800-53: [AU-2, AU-12]
#     nist-800-207: [tenet-7]
#     catalogue: [ZT7-001]
#     checkov: [CKV_GCP_1, CKV_AZURE_4]
#     trivy: [GCP-0060, AZU-0040]
package layerproof.zero_trust.cluster_workloads_unlogged

import rego.v1

deny contains {"node": node.id, "at": "workloads_logged"} if {
	some node in input.kinds.cluster
	node.workloads_logged == false
}
