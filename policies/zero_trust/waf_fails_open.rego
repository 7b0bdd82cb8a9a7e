# METADATA
# title: Filter that fails open
# description: |
#   Overload is a common first step of an attack; a filter that then steps aside protects only against those who do
#   not try.
#   ## Remedy
#   Choose the setting that refuses requests while the filter cannot decide.
# custom:
#   severity: medium
#   selects: [firewall, waf]
#   reads: [fails_open]
#   message: "{node} lets traffic through unchecked when it fails"
#   controls:
#     reference-model: [security/fail-closed, application-network/proxies]
#     nist-800-53: [SC-7(18), SC-24]
#     nist-800-207: [tenet-5, tenet-6]
#     catalogue: [ZT5-003, ZT5-004, ZT5-005]
package layerproof.zero_trust.waf_fails_open

import rego.v1

kinds := ["firewall", "waf"]

deny contains {"node": node.id, "at": "fails_open"} if {
	some kind in kinds
	some node in input.kinds[kind]
	node.fails_open == true
}
