# METADATA
# title: Cache that nothing takes over for
# description: |
#   When its machine or zone fails, sessions and queues in it are gone and every request falls on the database
#   behind.
#   ## Remedy
#   Switch automatic failover on and spread the replicas over zones.
# custom:
#   severity: low
#   selects: [cache]
#   reads: [multi_zone]
#   message: "{node} has no machine that takes over by itself"
#   controls:
#     reference-model: [lifecycle/scale]
#     nist-800-53: [CP-10, SC-36]
#     nist-800-207: [tenet-1]
#     catalogue: [LIF-005]
#     checkov: [CKV2_AWS_50]
#     prowler: [elasticache_redis_cluster_automatic_failover_enabled]
package layerproof.hygiene.cache_single_zone

import rego.v1

deny contains {"node": node.id, "at": "multi_zone"} if {
	some node in input.kinds.cache
	node.multi_zone == false
}
