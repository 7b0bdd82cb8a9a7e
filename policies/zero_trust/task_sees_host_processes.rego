# METADATA
# title: Task that sees the processes of its machine
# description: |
#   It reads arguments and environments of every other task there, secrets included, and can send them signals.
#   ## Remedy
#   Leave the process namespace to the task.
# custom:
#   severity: high
#   selects: [container_service]
#   reads: [host_processes]
#   message: "{node} sees the processes of its machine"
#   controls:
#     reference-model: [security/per-resource, compute/serverless]
#     nist-800-53: [SC-39, AC-6]
#     nist-800-207: [tenet-3]
#     checkov: [CKV_AWS_335]
#     prowler: [ecs_task_definitions_host_namespace_not_shared]
package layerproof.zero_trust.task_sees_host_processes

import rego.v1

deny contains {"node": node.id, "at": "host_processes"} if {
	some node in input.kinds.container_service
	node.host_processes == true
}
