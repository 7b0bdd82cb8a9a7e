# METADATA
# title: Registry that does not scan images
# description: |
#   Known vulnerabilities in the images stay unknown to those who run them.
#   ## Remedy
#   Scan on push, or enhanced scanning for the whole registry.
# custom:
#   severity: low
#   selects: [registry]
#   reads: [scanned]
#   message: "{node} does not scan the images pushed to it"
#   controls:
#     reference-model: [security/patching]
#     nist-800-53: [RA-5, SI-2]
#     nist-800-207: [tenet-5]
#     catalogue: [ZT6-001]
#     checkov: [CKV_AWS_163]
#     trivy: [AWS-0030]
package layerproof.hygiene.registry_unscanned

import rego.v1

deny contains {"node": registry.id, "at": "scanned"} if {
	some registry in input.kinds.registry
	not registry.scanned
}
