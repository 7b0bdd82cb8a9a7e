# METADATA
# title: Warehouse that loads past its network
# description: |
#   Copies to and from buckets take the internet instead of the network: no filter, endpoint policy or flow log of
#   yours sees them.
#   ## Remedy
#   Switch enhanced VPC routing on, and give the network an endpoint for S3.
# custom:
#   severity: low
#   selects: [database]
#   reads: [routed_inside]
#   message: "{node} loads and unloads data past its network"
#   controls:
#     reference-model: [storage/locality]
#     nist-800-53: [SC-7, AC-4]
#     nist-800-207: [tenet-2]
#     catalogue: [STO-004]
#     checkov: [CKV_AWS_321]
#     prowler: [redshift_cluster_enhanced_vpc_routing]
package layerproof.zero_trust.warehouse_routed_outside

import rego.v1

deny contains {"node": node.id, "at": "routed_inside"} if {
	some node in input.kinds.database
	node.routed_inside == false
}
