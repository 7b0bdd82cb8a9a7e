# METADATA
# title: Copy of data that travels in clear text
# description: |
#   Everything that a store holds passes over the network once more, with the password in front, where nobody asked
#   for encryption.
#   ## Remedy
#   Ask for TLS and let the certificate be checked.
# custom:
#   severity: medium
#   selects: [data_link]
#   reads: [encrypted]
#   message: "{node} copies data without TLS"
#   controls:
#     reference-model: [security/communication, integration/access]
#     nist-800-53: [SC-8, SC-8(1)]
#     nist-800-207: [tenet-2]
#     catalogue: [ZT2-001]
#     checkov: [CKV2_AWS_49]
#     prowler: [dms_endpoint_ssl_enabled, glue_database_connections_ssl_enabled]
package layerproof.zero_trust.data_link_unencrypted

import rego.v1

deny contains {"node": node.id, "at": "encrypted"} if {
	some node in input.kinds.data_link
	node.encrypted == false
}
