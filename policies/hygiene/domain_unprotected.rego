# METADATA
# title: Domain that can be lost
# description: |
#   Whoever holds the domain holds the mail, the certificates and the logins below it.
#   ## Remedy
#   Lock transfers, renew automatically and hide the contacts of all four roles.
# custom:
#   severity: medium
#   selects: [domain]
#   reads: [auto_renewed, private, transfer_locked]
#   message: "{node} {missing}"
#   controls:
#     reference-model: [billing/domains]
#     nist-800-53: [CM-3, SC-20]
#     nist-800-207: [tenet-5]
#     catalogue: [BIL-008, BIL-009, BIL-010]
#     checkov: [CKV_AWS_377]
package layerproof.hygiene.domain_unprotected

import rego.v1

words := {
	"auto_renewed": "is not renewed by itself",
	"private": "shows its owner to everyone",
	"transfer_locked": "can be transferred unasked",
}

deny contains {"node": domain.id, "at": absent, "values": {"missing": missing}} if {
	some domain in input.kinds.domain
	absent := [attribute |
		some attribute in ["transfer_locked", "auto_renewed", "private"]
		domain[attribute] == false
	]
	count(absent) > 0
	missing := concat(" and ", [words[attribute] | some attribute in absent])
}
