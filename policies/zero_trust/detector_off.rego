# METADATA
# title: Threat detector switched off
# description: |
#   The detector is declared but does not watch, so dashboards look covered while nothing is recorded.
#   ## Remedy
#   Enable it, or remove it if another one watches the same account.
# custom:
#   severity: medium
#   selects: [detector]
#   reads: [active]
#   message: "{node} is switched off"
#   controls:
#     reference-model: [security/logging]
#     nist-800-53: [SI-4, CA-7]
#     nist-800-207: [tenet-5, tenet-7]
#     catalogue: [ZT5-001]
#     checkov: [CKV_AWS_238]
package layerproof.zero_trust.detector_off

import rego.v1

deny contains {"node": detector.id, "at": "active"} if {
	some detector in input.kinds.detector
	not detector.active
}
