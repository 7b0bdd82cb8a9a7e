# METADATA
# title: Admission webhook that fails open
# description: |
#   Stopping or flooding the webhook's service is enough to switch the policy off, and nobody is told. A webhook that
#   is asked only of custom resources or ConfigMaps checks the form of its own settings: it weighs less.
#   ## Remedy
#   Set failurePolicy to Fail, run the service with several replicas, and exempt the namespaces that it needs to
#   start.
# custom:
#   severity: medium
#   selects: [webhook]
#   reads: [fails_open, own_kinds, purpose]
#   message: "{node} lets every request through while its service is down"
#   controls:
#     reference-model: [security/fail-closed]
#     nist-800-53: [SC-24, SI-10]
#     nist-800-207: [tenet-6]
#     catalogue: [ZT5-002]
package layerproof.zero_trust.webhook_fails_open

import rego.v1

deny contains {"node": webhook.id, "at": ["fails_open", "purpose"]} if {
	some webhook in input.kinds.webhook
	webhook.purpose != "mutating"
	webhook.fails_open == true
	webhook.own_kinds != true
}

deny contains {"node": webhook.id, "at": ["fails_open", "purpose"], "severity": "low"} if {
	some webhook in input.kinds.webhook
	webhook.purpose != "mutating"
	webhook.fails_open == true
	webhook.own_kinds == true
}
