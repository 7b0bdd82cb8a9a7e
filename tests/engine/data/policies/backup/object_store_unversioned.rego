# METADATA
# title: Object store without versioning
# description: |
#   An overwritten or deleted object cannot be brought back.
#
#   ## Remedy
#   Enable versioning on the bucket.
# custom:
#   severity: medium
#   selects: [object_store]
#   reads: [versioned]
#   message: "{node} keeps no earlier version of its objects"
#   controls: {reference-model: ["storage/persistence"], checkov: [CKV_AWS_21]}
package layerproof.backup.object_store_unversioned

import rego.v1

deny contains {"node": store.id, "at": "versioned"} if {
	some store in input.kinds.object_store
	not store.versioned
}
