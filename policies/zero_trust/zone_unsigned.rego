# METADATA
# title: Public zone without DNSSEC
# description: |
#   Whoever can answer faster than the name servers sends clients elsewhere, and certificates can be issued on such
#   answers.
#   ## Remedy
#   Sign the zone with a key of one's own and publish its DS record at the registrar.
# custom:
#   severity: low
#   selects: [dns_zone]
#   reads: [private, signed]
#   message: "{node} answers without signatures"
#   controls:
#     reference-model: [billing/domains]
#     nist-800-53: [SC-20, SC-21]
#     nist-800-207: [tenet-2]
#     catalogue: [BIL-011]
#     checkov: [CKV2_AWS_38]
package layerproof.zero_trust.zone_unsigned

import rego.v1

deny contains {"node": dns_zone.id, "at": ["signed", "private"]} if {
	some dns_zone in input.kinds.dns_zone
	dns_zone.private == false
	dns_zone.signed == false
}
