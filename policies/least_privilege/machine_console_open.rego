# METADATA
# title: Machine whose console is open
# description: |
#   The serial console takes connections past every firewall rule and every network, from wherever someone holds a
#   key of the project.
#   ## Remedy
#   Leave serial-port-enable off; switch it on for one machine while it is being mended.
# custom:
#   severity: medium
#   selects: [instance]
#   reads: [console_open]
#   message: "{node} takes sign-ins at its serial console from any network"
#   controls:
#     reference-model: [permissions/centralize]
#     nist-800-53: [AC-17, CM-7]
#     nist-800-207: [tenet-2, tenet-3]
#     catalogue: [PRM-003]
#     checkov: [CKV_GCP_35]
#     trivy: [GCP-0032]
package layerproof.least_privilege.machine_console_open

import rego.v1

deny contains {"node": node.id, "at": "console_open"} if {
	some node in input.kinds.instance
	node.console_open == true
}
