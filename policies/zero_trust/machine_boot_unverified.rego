# METADATA
# title: Machine that starts software of anyone
# description: |
#   Without secure boot a boot loader or a kernel module that an intruder put there starts like any other, before
#   everything that could notice it.
#   ## Remedy
#   Switch secure boot on, and choose images whose drivers are signed.
# custom:
#   severity: low
#   selects: [instance, node_group]
#   reads: [secure_boot]
#   message: "{node} starts software that nobody signed"
#   controls:
#     reference-model: [compute/nodes]
#     nist-800-53: [SI-7, SI-7(9)]
#     nist-800-207: [tenet-5]
#     catalogue: [ZT5-001]
#     checkov: [CKV_GCP_39, CKV_GCP_68]
#     trivy: [GCP-0041, GCP-0045, GCP-0067]
package layerproof.zero_trust.machine_boot_unverified

import rego.v1

kinds := ["instance", "node_group"]

deny contains {"node": node.id, "at": "secure_boot"} if {
	some kind in kinds
	some node in input.kinds[kind]
	node.secure_boot == false
}
