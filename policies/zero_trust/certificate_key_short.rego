# METADATA
# title: Certificate with a key that is too short
# description: |
#   RSA keys of 1024 bits have been forbidden for ten years: whoever breaks one is the server, for every client.
#   ## Remedy
#   Ask for a new certificate with a key of 2048 bits or an elliptic curve.
# custom:
#   severity: high
#   selects: [certificate]
#   reads: [weak_key]
#   message: "{node} has a key that can be broken"
#   controls:
#     reference-model: [security/communication]
#     nist-800-53: [SC-12, SC-13]
#     nist-800-207: [tenet-2]
#     catalogue: [ZT2-001]
#     prowler: [acm_certificates_with_secure_key_algorithms]
package layerproof.zero_trust.certificate_key_short

import rego.v1

deny contains {"node": node.id, "at": "weak_key"} if {
	some node in input.kinds.certificate
	node.weak_key == true
}
