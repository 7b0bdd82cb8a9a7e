# METADATA
# title: Budget that tells no one
# description: |
#   A stolen credential shows first on the bill; a limit that nobody hears of does not help.
#   ## Remedy
#   Add a notification with a subscriber, by mail or topic.
# custom:
#   severity: low
#   selects: [budget, cost_alert]
#   reads: [notified]
#   message: "{node} reaches no subscriber"
#   controls:
#     reference-model: [billing/monitoring]
#     nist-800-53: [AU-6, IR-6]
#     nist-800-207: [tenet-7]
#     catalogue: [BIL-013]
package layerproof.hygiene.budget_unheard

import rego.v1

kinds := ["budget", "cost_alert"]

deny contains {"node": node.id, "at": "notified"} if {
	some kind in kinds
	some node in input.kinds[kind]
	not node.notified
}
