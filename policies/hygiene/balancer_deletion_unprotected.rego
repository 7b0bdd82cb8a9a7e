# METADATA
# title: Load balancer that can be deleted in one step
# description: |
#   Everything behind it is away until it is built again, and its name, which clients and records know, is another
#   one then.
#   ## Remedy
#   Switch deletion protection on.
# custom:
#   severity: low
#   selects: [load_balancer]
#   reads: [deletion_protected]
#   message: "{node} can be deleted in one step"
#   controls:
#     reference-model: [application-network/load-balancers]
#     nist-800-53: [CP-2, CM-5]
#     nist-800-207: [tenet-1]
#     checkov: [CKV_AWS_150]
#     prowler: [elbv2_deletion_protection]
package layerproof.hygiene.balancer_deletion_unprotected

import rego.v1

deny contains {"node": node.id, "at": "deletion_protected"} if {
	some node in input.kinds.load_balancer
	not node.deletion_protected
}
