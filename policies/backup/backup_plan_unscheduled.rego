# METADATA
# title: Backup plan that never runs by itself
# description: |
#   A backup that waits for someone to start it is the one that is missing when it is needed.
#   ## Remedy
#   Switch the plan on and give every rule of it a schedule.
# custom:
#   severity: medium
#   selects: [backup_plan]
#   reads: [scheduled]
#   message: "{node} is switched off or has no schedule"
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
