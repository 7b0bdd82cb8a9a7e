# METADATA
# title: State machine without a log
# description: |
#   It acts with rights of its own, often over several accounts; without a log nobody can tell who started what, and
#   what it did.
#   ## Remedy
#   Give it a logging configuration of the level ERROR at least, and a log group with a retention.
# custom:
#   severity: low
#   selects: [function]
#   reads: [logged]
#   message: "{node} keeps no log of its runs"
#   controls:
#     reference-model: [security/logging]
#     nist-800-53: [AU-2, AU-12]
#     nist-800-207: [tenet-7]
#     catalogue: [ZT7-002]
#     checkov: [CKV_AWS_285]
#     prowler: [stepfunctions_statemachine_logging_enabled]
package layerproof.zero_trust.state_machine_unlogged

import rego.v1

deny contains {"node": node.id, "at": "logged"} if {
	some node in input.kinds.function
	node.logged == false
}
