# METADATA
# title: Platform that is not updated by itself
# description: |
#   Fixes of the system, the runtime and the web server wait until someone remembers them.
#   ## Remedy
#   Switch managed platform updates on and choose a window.
# custom:
#   severity: low
#   selects: [instance_group]
#   reads: [upgraded]
#   message: "{node} does not update its platform by itself"
#   controls:
#     reference-model: [security/patching]
#     nist-800-53: [SI-2, SI-2(2)]
#     nist-800-207: [tenet-5]
#     catalogue: [ZT6-002]
#     checkov: [CKV_AWS_340]
#     prowler: [elasticbeanstalk_environment_managed_updates_enabled]
package layerproof.hygiene.platform_updates_off

import rego.v1

deny contains {"node": node.id, "at": "upgraded"} if {
	some node in input.kinds.instance_group
	node.upgraded == false
}
