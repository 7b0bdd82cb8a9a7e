# METADATA
# title: Platform that is not updated by itself
# description: |
#   Fixes of the system, the runtime and the web server wait until someone remembers them.
#   ## Remedy
#   Switch managed updates on (a release channel of a cluster, upgrades and repair of its machines) and choose a window.
# custom:
#   severity: low
#   selects: [cluster, instance, instance_group, node_group]
#   reads: [upgraded]
#   message: "{node} does not update its platform by itself"
#   controls:
#     reference-model: [security/patching]
#     nist-800-53: [SI-2, SI-2(2)]
#     nist-800-207: [tenet-5]
#     catalogue: [ZT6-002]
#     checkov: [CKV_AWS_340, CKV_AZURE_171, CKV_GCP_9, CKV_GCP_10, CKV_GCP_70]
#     trivy: [GCP-0058, GCP-0063]
#     prowler: [elasticbeanstalk_environment_managed_updates_enabled]
package layerproof.hygiene.platform_updates_off

import rego.v1

kinds := ["cluster", "instance", "instance_group", "node_group"]

deny contains {"node": node.id, "at": "upgraded"} if {
	some kind in kinds
	some node in input.kinds[kind]
	node.upgraded == false
}
