# METADATA
# title: Object store without versioning
# description: |
#   An overwritten or deleted object cannot be brought back, whether a script, a person or ransomware did it.
#   ## Remedy
#   Enable versioning on the bucket, and a lifecycle rule that expires old versions so that they do not pile up.
# custom:
#   severity: medium
#   selects: [object_store]
#   reads: [soft_delete_days, versioned]
#   message: "{node} keeps no earlier version of its objects"
#   controls:
#     reference-model: [storage/persistence]
#     nist-800-53: [CP-9, SI-7]
#     nist-800-207: [tenet-1]
#     catalogue: [STO-009, PRV-003]
#     checkov: [CKV_AWS_21]
#     trivy: [AWS-0090]
#     prowler: [s3_bucket_object_versioning]
package layerproof.backup.object_store_unversioned

import rego.v1

deny contains {"node": store.id, "at": "versioned"} if {
	some store in input.kinds.object_store
	not store.versioned
	not kept_a_week(store)
}

# Cloud Storage keeps what was deleted or overwritten for seven days, unless it is told not to.
kept_a_week(store) if store.soft_delete_days >= 7
