# METADATA
# title: Certificate that someone must renew by mail
# description: |
#   Each renewal waits for a person to click a link in a mail to the domain's old addresses; when nobody does, every
#   client is turned away.
#   ## Remedy
#   Validate by DNS: the record stays and renewals need nobody.
# custom:
#   severity: low
#   selects: [certificate]
#   reads: [validation]
#   message: "{node} is renewed only if someone answers a mail"
#   controls:
#     reference-model: [source-of-truth/consistent]
#     nist-800-53: [CM-2, SC-17]
#     nist-800-207: [tenet-5]
package layerproof.hygiene.certificate_by_mail

import rego.v1

deny contains {"node": certificate.id, "at": "validation"} if {
	some certificate in input.kinds.certificate
	certificate.validation == "EMAIL"
}
