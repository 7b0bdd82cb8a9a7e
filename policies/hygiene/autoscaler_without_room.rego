# METADATA
# title: Autoscaler that cannot scale
# description: |
#   A spike meets as many copies as a quiet night, though the code says that their number follows the load.
#   ## Remedy
#   Raise the maximum above the minimum, or take the autoscaler away.
# custom:
#   severity: low
#   selects: [autoscaler]
#   reads: [maximum, minimum]
#   message: "{node} has no room between its least and its most copies"
#   controls:
#     reference-model: [compute/utilization, lifecycle/scale]
#     nist-800-53: [SC-5(2), CP-2(2)]
#     nist-800-207: [tenet-1]
#     catalogue: [CMP-006]
#     kube-linter: [hpa-minimum-three-replicas]
package layerproof.hygiene.autoscaler_without_room

import rego.v1

deny contains {"node": node.id, "at": "maximum"} if {
	some node in input.kinds.autoscaler
	node.minimum >= node.maximum
}
