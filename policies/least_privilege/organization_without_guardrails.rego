# METADATA
# title: Organization whose policies cannot hold accounts back
# description: |
#   Consolidated billing alone knows no guardrail policies: an administrator of an account may do everything there,
#   audit trail and backups included.
#   ## Remedy
#   Enable all features of the organization.
# custom:
#   severity: medium
#   selects: [organization]
#   reads: [all_features]
#   message: "{node} cannot limit what its accounts do"
#   controls:
#     reference-model: [privilege/least-privilege]
#     nist-800-53: [AC-6, CM-7]
#     nist-800-207: [tenet-6]
#     catalogue: [PRV-007]
package layerproof.least_privilege.organization_without_guardrails

import rego.v1

deny contains {"node": organization.id, "at": "all_features"} if {
	some organization in input.kinds.organization
	organization.all_features == false
}
