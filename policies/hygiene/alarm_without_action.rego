# METADATA
# title: Alarm that tells no one
# description: |
#   An alarm without an action is seen only by those who happen to look.
#   ## Remedy
#   Set an alarm action and leave actions enabled.
# custom:
#   severity: low
#   selects: [alarm]
#   reads: [actionable]
#   message: "{node} tells no one"
#   controls:
#     reference-model: [billing/monitoring, monitoring/logs]
#     nist-800-53: [SI-4(5), AU-6]
#     nist-800-207: [tenet-7]
#     catalogue: [BIL-005]
#     checkov: [CKV_AWS_319]
#     prowler: [cloudwatch_alarm_actions_enabled]
package layerproof.hygiene.alarm_without_action

import rego.v1

deny contains {"node": alarm.id, "at": "actionable"} if {
	some alarm in input.kinds.alarm
	not alarm.actionable
}
