# METADATA
# title: Audit trail that its store's readers can read
# description: |
#   Without a key of its own everybody who may read the store reads who called which API and when; reading is then
#   neither granted nor recorded apart from the store.
#   ## Remedy
#   Encrypt the trail with a key whose policy names its readers.
# custom:
#   severity: low
#   selects: [trail]
#   reads: [customer_key]
#   message: "{node} is not encrypted with a key of its own"
#   controls:
#     reference-model: [security/logging]
#     nist-800-53: [AU-9, SC-28]
#     nist-800-207: [tenet-7]
#     catalogue: [ZT7-004]
#     checkov: [CKV_AWS_35]
#     trivy: [AWS-0015]
package layerproof.zero_trust.trail_without_key

import rego.v1

deny contains {"node": trail.id, "at": "customer_key"} if {
	some trail in input.kinds.trail
	trail.customer_key == false
}
