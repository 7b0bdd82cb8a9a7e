# METADATA
# title: Store or service that answers every network
# description: |
#   Whoever holds a key, a token or a link, found or stolen, can use it from anywhere. A list of networks makes it
#   worthless outside.
#   ## Remedy
#   Refuse public network access, or refuse by default and name the networks and the private endpoints that may
#   call.
# custom:
#   severity: low
#   selects: [api, cache, object_store, queue, registry, secret, stream, topic]
#   reads: [any_network]
#   message: "{node} answers callers from every network"
#   controls:
#     reference-model: [cluster-network/structure]
#     nist-800-53: [AC-4, SC-7]
#     nist-800-207: [tenet-2, tenet-3]
#     catalogue: [ZT2-003]
#     checkov: [CKV_AZURE_35, CKV_AZURE_59, CKV_AZURE_89, CKV_AZURE_109, CKV_AZURE_134, CKV_AZURE_139, CKV_AZURE_189, CKV_AZURE_204, CKV_AZURE_106, CKV2_AZURE_32, CKV2_AZURE_33]
#     trivy: [AZU-0012, AZU-0013]
package layerproof.zero_trust.store_on_every_network

import rego.v1

kinds := ["api", "cache", "object_store", "queue", "registry", "secret", "stream", "topic"]

deny contains {"node": node.id, "at": "any_network"} if {
	some kind in kinds
	some node in input.kinds[kind]
	node.any_network == true
}
