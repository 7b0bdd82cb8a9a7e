# METADATA
# title: Service that takes a key which everybody shares
# description: |
#   Such a key opens all of the service, names nobody in the log, and stays good until someone thinks of changing
#   it.
#   ## Remedy
#   Switch access by keys off and grant roles to the identities of people and programs.
# custom:
#   severity: low
#   selects: [api, database, object_store, queue, registry, stream, topic]
#   reads: [shared_key]
#   message: "{node} takes a key that everybody shares"
#   controls:
#     reference-model: [permissions/centralize]
#     nist-800-53: [IA-2, IA-5, AC-6]
#     nist-800-207: [tenet-3, tenet-6]
#     catalogue: [PRM-003]
#     checkov: [CKV2_AZURE_40, CKV_AZURE_132, CKV_AZURE_137, CKV_AZURE_140, CKV_AZURE_203, CKV_AZURE_236, CKV_AZURE_193]
package layerproof.least_privilege.shared_key_accepted

import rego.v1

kinds := ["api", "database", "object_store", "queue", "registry", "stream", "topic"]

deny contains {"node": node.id, "at": "shared_key"} if {
	some kind in kinds
	some node in input.kinds[kind]
	node.shared_key == true
}
