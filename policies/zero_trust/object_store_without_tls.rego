# METADATA
# title: Object store that accepts plain HTTP
# description: |
#   Requests over plain HTTP can be read and changed on the way, with the objects they carry.
#   ## Remedy
#   Add a statement to the store's policy that denies every action when the request did not come over TLS.
# custom:
#   severity: low
#   selects: [object_store]
#   reads: [tls_required]
#   message: "{node} answers requests that come without TLS"
#   controls:
#     reference-model: [security/communication]
#     nist-800-53: [SC-8]
#     nist-800-207: [tenet-2]
#     catalogue: [ZT2-002]
#     checkov: [CKV_AWS_379]
#     prowler: [s3_bucket_secure_transport_policy]
package layerproof.zero_trust.object_store_without_tls

import rego.v1

deny contains {"node": store.id, "at": "tls_required"} if {
	some store in input.kinds.object_store
	not store.tls_required
}
