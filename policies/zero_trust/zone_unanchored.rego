# METADATA
# title: Zone and registry that disagree about signatures
# description: |
#   Signatures that the zone above does not vouch for are checked by nobody. Where it vouches for keys of a zone that
#   is not signed, whoever checks gets no answer at all. The registry's answer comes from a file that `[registry]` of
#   layerproof.toml names as `rdap`.
#   ## Remedy
#   Publish the DS record of the zone's key at the registrar, or remove one that is left over.
# custom:
#   severity: medium
#   selects: [dns_zone]
#   reads: [private, signed, anchored]
#   message: "{node} {disagrees}"
#   controls:
#     reference-model: [billing/domains]
#     nist-800-53: [SC-20, SC-21]
#     nist-800-207: [tenet-2]
#     catalogue: [BIL-011]
package layerproof.zero_trust.zone_unanchored

import rego.v1

deny contains {"node": zone.id, "at": ["signed", "private"], "values": {"disagrees": disagrees}} if {
	some zone in input.kinds.dns_zone
	zone.private == false
	disagrees := words[zone.signed][zone.anchored]
}

words := {
	true: {false: "is signed, and its registry holds no DS record: nobody checks the signatures"},
	false: {true: "is not signed, and its registry holds a DS record: whoever checks gets no answer"},
}
