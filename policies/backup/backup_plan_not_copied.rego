# METADATA
# title: Backups that stay beside the data
# description: |
#   Losing the region or the account loses the data and every copy at once; the 3-2-1 rule asks for one copy off
#   site.
#   ## Remedy
#   Give every rule of the plan a copy action to a vault in another region, better in another account too.
# custom:
#   severity: medium
#   selects: [backup_plan]
#   reads: [copied]
#   message: "not all that {node} makes is copied to another vault"
#   controls:
#     reference-model: [storage/3-2-1]
#     nist-800-53: [CP-6, CP-9(3)]
#     nist-800-207: [tenet-5]
#     catalogue: [STO-010, STO-012]
package layerproof.backup.backup_plan_not_copied

import rego.v1

deny contains {"node": plan.id, "at": "copied"} if {
	some plan in input.kinds.backup_plan
	not plan.copied
}
