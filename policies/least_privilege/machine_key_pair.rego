# METADATA
# title: Machine that is entered by a shared key
# description: |
#   A key has no owner, no second factor and no end: whoever has the file comes in as the administrator, and no
#   directory knows of it.
#   ## Remedy
#   Start machines without a key pair and let people in by Session Manager or short-lived certificates.
# custom:
#   severity: info
#   selects: [instance]
#   reads: [key_pair]
#   message: "{node} is entered by a key pair"
#   controls:
#     reference-model: [permissions/centralize]
#     nist-800-53: [IA-2, IA-5, AC-17]
#     nist-800-207: [tenet-3, tenet-4]
#     catalogue: [PRM-003]
package layerproof.least_privilege.machine_key_pair

import rego.v1

deny contains {"node": node.id, "at": "key_pair"} if {
	some node in input.kinds.instance
	is_string(node.key_pair)
	node.key_pair != ""
}
