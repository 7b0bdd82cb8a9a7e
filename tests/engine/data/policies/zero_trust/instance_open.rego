# METADATA
# title: Instance behind a group that lets everyone in
# description: |
#   Whoever finds the address may connect.
#
#   ## Remedy
#   Name the networks that need it.
# custom:
#   severity: critical
#   selects: [instance]
#   reads: [uses, public_address, security_group.rules]
#   message: "{node} lets {cidr} in"
package layerproof.zero_trust.instance_open

import rego.v1

deny contains {
	"node": instance.id,
	"at": ["public_address", "uses"],
	"related": [{"node": group.id, "at": "rules", "note": "lets everyone in"}],
	"values": {"cidr": cidr},
} if {
	some instance in input.kinds.instance
	instance.public_address
	some used in input.relations.uses[instance.id]
	some group in input.kinds.security_group
	group.id == used
	some rule in group.rules
	some cidr in rule.cidrs
	cidr == "0.0.0.0/0"
}
