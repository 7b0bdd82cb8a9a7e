# METADATA
# title: Function that anyone may invoke
# description: |
#   Strangers run code with the function's role and at your cost; whatever input checks exist inside are the only
#   defence left.
#   ## Remedy
#   Ask for signed requests on the function's URL, and name the service and the source in the permission to invoke
#   it.
# custom:
#   severity: high
#   selects: [function]
#   reads: [public_access]
#   message: "{node} can be invoked by anyone"
#   controls:
#     reference-model: [security/per-session]
#     nist-800-53: [AC-3, AC-6]
#     nist-800-207: [tenet-3, tenet-6]
#     catalogue: [CMP-004, PRM-006]
#     checkov: [CKV_AWS_258, CKV_AWS_301]
#     prowler: [awslambda_function_not_publicly_accessible]
package layerproof.zero_trust.function_public

import rego.v1

deny contains {"node": function.id, "at": "public_access"} if {
	some function in input.kinds.function
	function.public_access == true
}
