# METADATA
# title: Firewall whose decisions nobody sees
# description: |
#   What it stops is the first sign of an intruder, and what it stops wrongly is found only by those who can read
#   it.
#   ## Remedy
#   Give the firewall a logging configuration for alerts, better for flows as well.
# custom:
#   severity: low
#   selects: [firewall]
#   reads: [logged]
#   message: "{node} does not log what it refuses"
#   controls:
#     reference-model: [security/logging]
#     nist-800-53: [AU-2, AU-12, SI-4]
#     nist-800-207: [tenet-7]
#     catalogue: [ZT7-003]
#     prowler: [networkfirewall_logging_enabled]
package layerproof.zero_trust.firewall_unlogged

import rego.v1

deny contains {"node": node.id, "at": "logged"} if {
	some node in input.kinds.firewall
	node.logged == false
}
