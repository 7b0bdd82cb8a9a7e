# METADATA
# title: Sessions that nobody records
# description: |
#   People enter machines here with the rights of the machine. What they did there stands in no other log.
#   ## Remedy
#   Name a bucket or log group for sessions, encrypted, with a retention.
# custom:
#   severity: medium
#   selects: [document]
#   reads: [sessions_logged]
#   message: "{node} keeps nothing of what is typed in sessions"
#   controls:
#     reference-model: [security/logging, permissions/centralize]
#     nist-800-53: [AU-2, AU-12, AU-14]
#     nist-800-207: [tenet-7]
#     catalogue: [ZT7-001, PRM-003]
#     checkov: [CKV_AWS_113]
package layerproof.zero_trust.sessions_unlogged

import rego.v1

deny contains {"node": node.id, "at": "sessions_logged"} if {
	some node in input.kinds.document
	node.sessions_logged == false
}
