# METADATA
# title: Logs kept forever
# description: |
#   Logs without a retention grow without bound, and personal data in them is kept longer than anyone may keep it.
#   ## Remedy
#   Set a retention that fits the use of the logs.
# custom:
#   severity: low
#   selects: [log_group]
#   reads: [keep_days]
#   message: "{node} never deletes its logs"
#   controls:
#     reference-model: [monitoring/logs]
#     nist-800-53: [AU-11, SI-12]
#     nist-800-207: [tenet-7]
#     catalogue: [MON-002, ZT7-002]
#     checkov: [CKV_AWS_66]
package layerproof.hygiene.log_retention_unset

import rego.v1

deny contains {"node": group.id, "at": "keep_days"} if {
	some group in input.kinds.log_group
	group.keep_days == null
}
