# METADATA
# title: Web filter whose decisions are not logged
# description: |
#   Nobody can tell what it let through or turned away: neither attacks nor customers refused by mistake show.
#   ## Remedy
#   Send its logs to a store with a retention.
# custom:
#   severity: low
#   selects: [waf]
#   reads: [logged]
#   message: "{node} keeps no log of what it decides"
#   controls:
#     reference-model: [security/logging]
#     nist-800-53: [AU-2, AU-12, SI-4]
#     nist-800-207: [tenet-7]
#     checkov: [CKV2_AWS_31]
package layerproof.zero_trust.waf_unlogged

import rego.v1

deny contains {"node": waf.id, "at": "logged"} if {
	some waf in input.kinds.waf
	waf.logged == false
}
