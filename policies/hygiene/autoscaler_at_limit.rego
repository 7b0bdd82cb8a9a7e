# METADATA
# title: Autoscaler at its maximum
# description: |
#   The load asked for more copies than the autoscaler may make when the cluster was read: what comes on top of it
#   meets copies that are full already. Only a cluster that was read live, or a manifest with its status, tells.
#   ## Remedy
#   Raise the maximum, with room in the quota and on the machines; or give each copy more.
# custom:
#   severity: low
#   selects: [autoscaler]
#   reads: [at_limit]
#   message: "{node} wanted more copies than it may make"
#   controls:
#     reference-model: [compute/utilization, lifecycle/scale]
#     nist-800-53: [SC-5(2), CP-2(2)]
#     nist-800-207: [tenet-1]
#     catalogue: [CMP-006]
package layerproof.hygiene.autoscaler_at_limit

import rego.v1

deny contains {"node": node.id, "at": "at_limit"} if {
	some node in input.kinds.autoscaler
	node.at_limit == true
}
