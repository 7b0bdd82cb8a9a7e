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
#   message: "{node} can be transferred, expire or show its owner unasked"
#   controls:
#     reference-model: [billing/domains]
#     nist-800-53: [CM-3, SC-20]
#     nist-800-207: [tenet-5]
#     catalogue: [BIL-008, BIL-009, BIL-010]
#     checkov: [CKV_AWS_377]
package layerproof.hygiene.domain_unprotected

import rego.v1

deny contains {"node": domain.id, "at": attribute} if {
	some domain in input.kinds.domain
	some attribute in ["auto_renewed", "private", "transfer_locked"]
	not domain[attribute]
}
