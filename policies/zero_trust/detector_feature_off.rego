# METADATA
# title: Detector that is told not to look
# description: |
#   Threat detection is on, and blind to the kinds of attack that the switched-off parts are made for.
#   ## Remedy
#   Switch the features on, or say in an ignore why the account has nothing that they would watch.
# custom:
#   severity: low
#   selects: [detector]
#   reads: [features_off]
#   message: "{node} is told not to watch everything it could"
#   controls:
#     reference-model: [security/monitoring]
#     nist-800-53: [SI-4, RA-5]
#     nist-800-207: [tenet-5, tenet-7]
#     catalogue: [ZT5-001]
#     prowler: [guardduty_s3_protection_enabled, guardduty_eks_audit_log_enabled]
package layerproof.zero_trust.detector_feature_off

import rego.v1

deny contains {"node": node.id, "at": "features_off"} if {
	some node in input.kinds.detector
	count(node.features_off) > 0
}
