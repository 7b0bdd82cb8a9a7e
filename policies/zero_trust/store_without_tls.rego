# METADATA
# title: Data store that accepts plain connections
# description: |
#   A client that may connect in the clear sooner or later does, and sends its password and the data with it.
#   ## Remedy
#   Make the server refuse connections without TLS, in its parameter group or transit encryption setting; asking
#   clients to use TLS is not enough.
# custom:
#   severity: medium
#   selects: [cache, database, stream]
#   reads: [tls_required]
#   message: "{node} accepts connections without TLS"
#   controls:
#     reference-model: [security/communication]
#     nist-800-53: [SC-8, SC-8(1)]
#     nist-800-207: [tenet-2]
#     catalogue: [ZT2-002, ZT2-001]
#     checkov: [CKV_AWS_30, CKV_AWS_83, CKV_AWS_90, CKV_AWS_105, CKV_AWS_202, CKV_AWS_239, CKV2_AWS_69]
#     trivy: [AWS-0051]
package layerproof.zero_trust.store_without_tls

import rego.v1

kinds := ["cache", "database", "stream"]

deny contains {"node": node.id, "at": "tls_required"} if {
	some kind in kinds
	some node in input.kinds[kind]
	not node.tls_required
}
