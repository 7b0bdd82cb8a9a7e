# METADATA
# title: Backup plan that never runs by itself
# description: |
#   A backup that waits for someone to start it is the one that is missing when it is needed.
#   ## Remedy
#   Give every rule of the plan a schedule.
# custom:
#   severity: medium
#   selects: [backup_plan]
#   reads: [scheduled]
#   message: "{node} has a rule without a schedule"
#   controls:
#     reference-model: [storage/backup]
#     nist-800-53: [CP-9]
#     nist-800-207: [tenet-5]
#     catalogue: [STO-009]
package layerproof.backup.backup_plan_unscheduled

import rego.v1

deny contains {"node": plan.id, "at": "scheduled"} if {
	some plan in input.kinds.backup_plan
	not plan.scheduled
}
