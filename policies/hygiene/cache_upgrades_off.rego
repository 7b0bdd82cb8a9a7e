# METADATA
# title: Cache that does not apply minor versions
# description: |
#   Security fixes of the engine wait until someone remembers them.
#   ## Remedy
#   Switch automatic minor version upgrades on and choose a maintenance window.
# custom:
#   severity: low
#   selects: [cache]
#   reads: [upgraded]
#   message: "{node} does not apply minor versions by itself"
#   controls:
#     reference-model: [security/patching]
#     nist-800-53: [SI-2, SI-2(2)]
#     nist-800-207: [tenet-5]
#     catalogue: [ZT6-002]
#     checkov: [CKV_AWS_322]
#     prowler: [elasticache_redis_cluster_auto_minor_version_upgrades]
package layerproof.hygiene.cache_upgrades_off

import rego.v1

deny contains {"node": node.id, "at": "upgraded"} if {
	some node in input.kinds.cache
	node.upgraded == false
}
