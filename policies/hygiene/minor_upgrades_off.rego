# METADATA
# title: Database that does not apply minor versions
# description: |
#   Security fixes of the engine wait until someone remembers them.
#   ## Remedy
#   Switch automatic minor version upgrades on and choose a maintenance window.
# custom:
#   severity: low
#   selects: [database]
#   reads: [upgraded]
#   message: "{node} does not apply minor versions by itself"
#   controls:
#     reference-model: [security/patching]
#     nist-800-53: [SI-2, SI-2(2)]
#     nist-800-207: [tenet-5]
#     catalogue: [ZT6-002]
#     checkov: [CKV_AWS_207, CKV_AWS_222, CKV_AWS_226, CKV_AWS_141]
#     prowler: [rds_instance_minor_version_upgrade_enabled]
package layerproof.hygiene.minor_upgrades_off

import rego.v1

deny contains {"node": database.id, "at": "upgraded"} if {
	some database in input.kinds.database
	not database.upgraded
}
