# METADATA
# title: Vault whose keys can be destroyed at once
# description: |
#   Deleted keys and secrets can be brought back for some time, unless someone purges them: then what they encrypt
#   is lost with them. An intruder who extorts does just that.
#   ## Remedy
#   Switch purge protection on; it cannot be switched off again.
# custom:
#   severity: medium
#   selects: [secret]
#   reads: [purgeable]
#   message: "what is deleted in {node} can be destroyed before its time"
#   controls:
#     reference-model: [storage/backup]
#     nist-800-53: [CP-9, SC-12]
#     nist-800-207: [tenet-1]
#     catalogue: [STO-001]
#     checkov: [CKV_AZURE_42, CKV_AZURE_110]
#     trivy: [AZU-0016]
package layerproof.backup.vault_purgeable

import rego.v1

deny contains {"node": node.id, "at": "purgeable"} if {
	some node in input.kinds.secret
	node.purgeable == true
}
