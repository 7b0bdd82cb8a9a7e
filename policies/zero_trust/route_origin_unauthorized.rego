# METADATA
# title: Prefix of one's own that others may announce
# description: |
#   Networks that check origins drop a route that contradicts what its holder has authorized, and follow anyone's
#   where nothing is authorized: whoever announces the prefix receives its traffic. The authorizations come from a
#   file of validated ROA payloads that `[registry]` of layerproof.toml names as `vrps`.
#   ## Remedy
#   Create a route origin authorization for the prefix, at its own length, for every autonomous system that
#   announces it.
# custom:
#   severity: medium
#   selects: [address_range]
#   reads: [origin_validation]
#   message: "{node} has a route whose origin is {state}"
#   controls:
#     reference-model: [billing/domains]
#     nist-800-53: [SC-7, SC-8]
#     nist-800-207: [tenet-2]
#     catalogue: [BIL-012]
package layerproof.zero_trust.route_origin_unauthorized

import rego.v1

words := {"invalid": "authorized for others only", "not found": "authorized for nobody"}

deny contains {"node": range.id, "at": "prefix", "values": {"state": words[range.origin_validation]}} if {
	some range in input.kinds.address_range
	words[range.origin_validation]
}
