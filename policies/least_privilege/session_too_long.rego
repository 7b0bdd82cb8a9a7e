# METADATA
# title: Sessions longer than a working day
# description: |
#   A stolen session works until it ends, and cannot be told from the real one.
#   ## Remedy
#   Lower the longest session to eight hours or less; one hour for administrators.
# custom:
#   severity: low
#   selects: [permission_set, role]
#   reads: [session_seconds]
#   message: "{node} hands out sessions of more than eight hours"
#   controls:
#     reference-model: [security/per-session]
#     nist-800-53: [AC-12, IA-11]
#     nist-800-207: [tenet-3]
#     catalogue: [ZT3-001]
package layerproof.least_privilege.session_too_long

import rego.v1

kinds := ["permission_set", "role"]

longest := 28800 # eight hours

deny contains {"node": node.id, "at": "session_seconds"} if {
	some kind in kinds
	some node in input.kinds[kind]
	is_number(node.session_seconds)
	node.session_seconds > longest
}
