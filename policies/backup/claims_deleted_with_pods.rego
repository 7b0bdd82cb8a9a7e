# METADATA
# title: Claims that are deleted with their pods
# description: |
#   A set that is deleted, renamed or scaled down takes the data of its pods with it, though the volumes were made to
#   outlive them; where the class deletes what is released, the disk is gone at the same moment.
#   ## Remedy
#   Leave persistentVolumeClaimRetentionPolicy at Retain, and delete claims by hand when their data is of no use.
# custom:
#   severity: low
#   selects: [workload]
#   reads: [claims_deleted]
#   message: "{node} deletes the claims of its pods"
#   controls:
#     reference-model: [storage/persistence]
#     nist-800-53: [CP-9, SI-12]
#     nist-800-207: [tenet-1]
#     catalogue: [STO-001]
package layerproof.backup.claims_deleted_with_pods

import rego.v1

deny contains {"node": workload.id, "at": "claims_deleted"} if {
	some workload in input.kinds.workload
	workload.claims_deleted == true
}
