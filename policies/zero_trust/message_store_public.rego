# METADATA
# title: Queue, topic or registry open to everyone
# description: |
#   Strangers can read or inject messages, or pull and replace images that your machines then run.
#   ## Remedy
#   Name the accounts or services in the policy, or add a condition on the organization or the source.
# custom:
#   severity: high
#   selects: [queue, registry, topic]
#   reads: [public_access]
#   message: "{node} lets anyone in through its own policy"
#   controls:
#     reference-model: [security/resources]
#     nist-800-53: [AC-3, AC-6]
#     nist-800-207: [tenet-1, tenet-3]
#     catalogue: [STO-006]
#     checkov: [CKV_AWS_32, CKV_AWS_168, CKV_AWS_169, CKV_AWS_387]
#     trivy: [AWS-0032]
package layerproof.zero_trust.message_store_public

import rego.v1

kinds := ["queue", "registry", "topic"]

deny contains {"node": node.id, "at": "public_access"} if {
	some kind in kinds
	some node in input.kinds[kind]
	node.public_access == true
}
