# METADATA
# title: Event bus that anyone may write to
# description: |
#   What listens on the bus acts on its events: whoever may send them sets functions, pipelines and machines off.
#   ## Remedy
#   Name the accounts that may send, or set a condition on the organization.
# custom:
#   severity: high
#   selects: [event_rule]
#   reads: [source_limited]
#   message: "{node} takes events from every account"
#   controls:
#     reference-model: [security/determine-access]
#     nist-800-53: [AC-3, AC-6]
#     nist-800-207: [tenet-3]
#     catalogue: [ZT1-001]
package layerproof.zero_trust.event_bus_open

import rego.v1

deny contains {"node": event_rule.id, "at": "source_limited"} if {
	some event_rule in input.kinds.event_rule
	event_rule.source_limited == false
}
