# METADATA
# title: Admission policy that only reports
# description: |
#   A violation is written down and let in: whoever breaks the policy is not stopped, and the report is read
#   afterwards, if at all.
#   ## Remedy
#   Set the action to Enforce (Kyverno) or Deny (validating admission policies) once the reports are clean.
# custom:
#   severity: medium
#   selects: [webhook]
#   reads: [denies]
#   message: "{node} lets in what violates it"
#   controls:
#     reference-model: [security/fail-closed]
#     nist-800-53: [AC-3, CM-7]
#     nist-800-207: [tenet-6]
#     catalogue: [ZT5-002]
package layerproof.zero_trust.admission_not_enforced

import rego.v1

deny contains {"node": webhook.id, "at": "denies"} if {
	some webhook in input.kinds.webhook
	webhook.denies == false
}
