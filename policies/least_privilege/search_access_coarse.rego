# METADATA
# title: Search domain that knows all or nothing
# description: |
#   Everyone whom the domain lets in reads and changes every index: it asks for no user and knows no roles.
#   ## Remedy
#   Switch fine-grained access control on and map roles to indexes.
# custom:
#   severity: low
#   selects: [database]
#   reads: [fine_grained]
#   message: "{node} cannot tell who may read which index"
#   controls:
#     reference-model: [permissions/operational, security/per-resource]
#     nist-800-53: [AC-3, AC-6]
#     nist-800-207: [tenet-3]
#     catalogue: [ZT1-001]
#     checkov: [CKV2_AWS_52]
#     prowler: [opensearch_service_domains_access_control_enabled]
package layerproof.least_privilege.search_access_coarse

import rego.v1

deny contains {"node": node.id, "at": "fine_grained"} if {
	some node in input.kinds.database
	node.fine_grained == false
}
