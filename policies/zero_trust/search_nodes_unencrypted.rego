# METADATA
# title: Search machines that talk in clear text
# description: |
#   Whoever can listen in its network reads what the domain holds while shards and answers travel.
#   ## Remedy
#   Switch encryption between nodes on.
# custom:
#   severity: medium
#   selects: [database]
#   reads: [internal_tls]
#   message: "{node} sends data between its own machines without TLS"
#   controls:
#     reference-model: [security/communication]
#     nist-800-53: [SC-8, SC-8(1)]
#     nist-800-207: [tenet-2]
#     catalogue: [ZT2-001]
#     checkov: [CKV_AWS_6]
#     trivy: [AWS-0043]
#     prowler: [opensearch_service_domains_node_to_node_encryption_enabled]
package layerproof.zero_trust.search_nodes_unencrypted

import rego.v1

deny contains {"node": node.id, "at": "internal_tls"} if {
	some node in input.kinds.database
	node.internal_tls == false
}
