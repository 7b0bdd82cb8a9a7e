# METADATA
# title: Database without an audit or query log
# description: |
#   Nobody can tell who signed in, who failed to, and who read what; where a log is written at all it stays on the
#   database itself for a few days.
#   ## Remedy
#   Switch the audit log on and export it to a log group with a retention.
# custom:
#   severity: low
#   selects: [database]
#   reads: [logged, part_of]
#   message: "{node} keeps no audit or query log"
#   controls:
#     reference-model: [security/logging]
#     nist-800-53: [AU-2, AU-12]
#     nist-800-207: [tenet-7]
#     catalogue: [ZT7-001]
#     checkov: [CKV_AWS_129, CKV_AWS_324]
package layerproof.zero_trust.database_unlogged

import rego.v1

deny contains {"node": database.id, "at": "logged"} if {
	some database in input.kinds.database
	database.part_of == null
	database.logged == false
}
