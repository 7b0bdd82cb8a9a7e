# METADATA
# title: Database in a single zone
# description: |
#   Losing one zone takes the database and everything that depends on it down until someone restores it elsewhere.
#   ## Remedy
#   Ask for a synchronous replica in another zone where the service must survive.
# custom:
#   severity: low
#   selects: [database]
#   reads: [multi_zone]
#   message: "{node} stops when its zone does"
#   controls:
#     reference-model: [lifecycle/scale]
#     nist-800-53: [CP-6, CP-10, SC-36]
#     nist-800-207: [tenet-5]
#     catalogue: [LIF-005]
#     checkov: [CKV_AWS_157]
#     prowler: [rds_instance_multi_az]
package layerproof.hygiene.database_single_zone

import rego.v1

deny contains {"node": database.id, "at": "multi_zone"} if {
	some database in input.kinds.database
	not database.multi_zone
}
