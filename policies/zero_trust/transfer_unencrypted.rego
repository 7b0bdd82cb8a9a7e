# METADATA
# title: File transfer in clear text
# description: |
#   Everyone between client and server reads names, passwords and files.
#   ## Remedy
#   Offer SFTP or FTPS only.
# custom:
#   severity: medium
#   selects: [api]
#   reads: [plain_protocols]
#   message: "{node} takes files and passwords in clear text"
#   controls:
#     reference-model: [security/communication]
#     nist-800-53: [SC-8, SC-8(1)]
#     nist-800-207: [tenet-2]
#     catalogue: [ZT2-001]
#     checkov: [CKV_AZURE_78]
#     prowler: [transfer_server_in_transit_encryption_enabled]
package layerproof.zero_trust.transfer_unencrypted

import rego.v1

deny contains {"node": node.id, "at": "plain_protocols"} if {
	some node in input.kinds.api
	count(node.plain_protocols) > 0
}
