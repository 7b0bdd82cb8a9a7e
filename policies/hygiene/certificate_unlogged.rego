# METADATA
# title: Certificate kept out of the public logs
# description: |
#   Public logs are how owners learn of certificates that were issued for their names without them, and browsers
#   refuse certificates that stand in none.
#   ## Remedy
#   Leave certificate transparency logging on.
# custom:
#   severity: medium
#   selects: [certificate]
#   reads: [transparency_logged]
#   message: "{node} is entered in no public log"
#   controls:
#     reference-model: [application-network/gateways]
#     nist-800-53: [AU-10, SC-17]
#     nist-800-207: [tenet-7]
#     checkov: [CKV_AWS_234]
package layerproof.hygiene.certificate_unlogged

import rego.v1

deny contains {"node": certificate.id, "at": "transparency_logged"} if {
	some certificate in input.kinds.certificate
	certificate.transparency_logged == false
}
