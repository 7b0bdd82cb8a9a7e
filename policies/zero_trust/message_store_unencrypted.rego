# METADATA
# title: Queue or topic not encrypted at rest
# description: |
#   Messages often carry the same data as the stores behind them, and wait on disk until they are taken.
#   ## Remedy
#   Switch server-side encryption on; a provider-managed key costs nothing.
# custom:
#   severity: low
#   selects: [queue, topic]
#   reads: [encrypted]
#   message: "{node} keeps its messages unencrypted at rest"
#   controls:
#     reference-model: [storage/persistence]
#     nist-800-53: [SC-28]
#     nist-800-207: [tenet-2]
#     catalogue: [STO-005]
#     checkov: [CKV_AWS_26, CKV_AWS_27]
#     trivy: [AWS-0095, AWS-0096]
package layerproof.zero_trust.message_store_unencrypted

import rego.v1

kinds := ["queue", "topic"]

deny contains {"node": node.id, "at": "encrypted"} if {
	some kind in kinds
	some node in input.kinds[kind]
	not node.encrypted
}
