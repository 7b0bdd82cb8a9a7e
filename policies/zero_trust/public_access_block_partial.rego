# METADATA
# title: Block on public access that is set in part
# description: |
#   Nobody is let in today. Of the four switches that refuse or neutralise the next public ACL or policy, some are
#   off, and it takes reading to tell whether the others are enough.
#   ## Remedy
#   Set all four switches of the bucket's block on public access, or of its account's.
# custom:
#   severity: low
#   selects: [object_store]
#   reads: [public_access, public_blocked]
#   message: "{node} does not set its block on public access in full"
#   controls:
#     reference-model: [storage/persistence, security/per-resource]
#     nist-800-53: [AC-3, AC-6, SC-7]
#     nist-800-207: [tenet-3]
#     catalogue: [STO-006]
#     checkov: [CKV_AWS_53, CKV_AWS_54, CKV_AWS_55, CKV_AWS_56, CKV2_AWS_6]
#     trivy: [AWS-0086, AWS-0087, AWS-0091, AWS-0093]
#     prowler: [s3_bucket_level_public_access_block]
package layerproof.zero_trust.public_access_block_partial

import rego.v1

deny contains {"node": node.id, "at": ["public_blocked", "public_access"]} if {
	some node in input.kinds.object_store
	node.public_blocked == false
	node.public_access == false
}
