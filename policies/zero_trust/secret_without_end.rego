# METADATA
# title: Key or secret without an end
# description: |
#   What never ends is never replaced: whoever has once copied it, and left, still has it.
#   ## Remedy
#   Set a date at which it ends, and renew it before; a rotation policy does both for keys.
# custom:
#   severity: info
#   selects: [key, secret]
#   reads: [ends]
#   message: "{node} has no date at which it ends"
#   controls:
#     reference-model: [security/per-session]
#     nist-800-53: [IA-5, SC-12]
#     nist-800-207: [tenet-3]
#     catalogue: [PRM-003]
#     checkov: [CKV_AZURE_40, CKV_AZURE_41]
#     trivy: [AZU-0014, AZU-0017]
package layerproof.zero_trust.secret_without_end

import rego.v1

kinds := ["key", "secret"]

deny contains {"node": node.id, "at": "ends"} if {
	some kind in kinds
	some node in input.kinds[kind]
	node.ends == false
}
