# METADATA
# title: Messages delivered in the clear
# description: |
#   Everyone on the way can read and change what the topic sends, confirmation tokens included.
#   ## Remedy
#   Subscribe an https endpoint, or a queue or function.
# custom:
#   severity: medium
#   selects: [subscription]
#   reads: [encrypted]
#   message: "{node} gets its messages over plain HTTP"
#   controls:
#     reference-model: [security/communication]
#     nist-800-53: [SC-8, SC-8(1)]
#     nist-800-207: [tenet-2]
#     catalogue: [ZT2-001]
package layerproof.zero_trust.subscription_unencrypted

import rego.v1

deny contains {"node": subscription.id, "at": "encrypted"} if {
	some subscription in input.kinds.subscription
	subscription.encrypted == false
}
