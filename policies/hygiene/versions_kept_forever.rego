# METADATA
# title: Bucket that keeps every version for ever
# description: |
#   Each overwritten or deleted object stays, is paid for, and can be stolen or has to be handed out long after
#   anyone needed it.
#   ## Remedy
#   Add a lifecycle rule that lets noncurrent versions expire after the days that a restore may need them.
# custom:
#   severity: low
#   selects: [object_store]
#   reads: [lifecycle, versioned]
#   message: "{node} keeps every version of its objects for ever"
#   controls:
#     reference-model: [storage/persistence]
#     nist-800-53: [SI-12, MP-6]
#     nist-800-207: [tenet-1]
#     catalogue: [STO-007]
#     checkov: [CKV2_AWS_61]
#     prowler: [s3_bucket_lifecycle_enabled]
package layerproof.hygiene.versions_kept_forever

import rego.v1

deny contains {"node": node.id, "at": "lifecycle"} if {
	some node in input.kinds.object_store
	node.versioned == true
	node.lifecycle == false
}
