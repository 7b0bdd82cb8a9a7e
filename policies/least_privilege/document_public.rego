# METADATA
# title: Script that every account may read and run
# description: |
#   Scripts name hosts, paths and often secrets of the machines they repair; everyone with an account of the
#   provider can read them.
#   ## Remedy
#   Share it with the accounts that need it, by number.
# custom:
#   severity: high
#   selects: [document]
#   reads: [public_access]
#   message: "{node} is shared with every account"
#   controls:
#     reference-model: [privilege/least-privilege]
#     nist-800-53: [AC-3, AC-6]
#     nist-800-207: [tenet-3]
#     checkov: [CKV_AWS_303]
#     prowler: [ssm_documents_set_as_public]
package layerproof.least_privilege.document_public

import rego.v1

deny contains {"node": node.id, "at": "public_access"} if {
	some node in input.kinds.document
	node.public_access == true
}
