# METADATA
# title: Audit trail whose files can be changed unseen
# description: |
#   Whoever can write to the store of the logs can remove their own traces, and nobody can prove it.
#   ## Remedy
#   Enable log file validation.
# custom:
#   severity: low
#   selects: [trail]
#   reads: [validated]
#   message: "{node} does not sign its log files"
#   controls:
#     reference-model: [security/logging]
#     nist-800-53: [AU-9, AU-10]
#     nist-800-207: [tenet-7]
#     catalogue: [ZT7-004]
#     checkov: [CKV_AWS_36]
#     trivy: [AWS-0016]
#     prowler: [cloudtrail_log_file_validation_enabled]
package layerproof.zero_trust.trail_unvalidated

import rego.v1

deny contains {"node": trail.id, "at": "validated"} if {
	some trail in input.kinds.trail
	not trail.validated
}
