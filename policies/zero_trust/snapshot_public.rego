# METADATA
# title: Snapshot shared with everyone
# description: |
#   Whoever restores a public snapshot holds a full copy of the data, and nothing in this account will show it.
#   ## Remedy
#   Share the snapshot with named accounts only and encrypt it with a key of your own, which cannot be shared with
#   everyone.
# custom:
#   severity: critical
#   selects: [snapshot]
#   reads: [public_access]
#   message: "{node} can be restored by anyone"
#   controls:
#     reference-model: [security/resources]
#     nist-800-53: [AC-3, AC-6]
#     nist-800-207: [tenet-1]
#     catalogue: [STO-006]
#     checkov: [CKV_AWS_302, CKV_AWS_205]
#     prowler: [rds_snapshots_public_access, ec2_ebs_public_snapshot]
package layerproof.zero_trust.snapshot_public

import rego.v1

deny contains {"node": snapshot.id, "at": "public_access"} if {
	some snapshot in input.kinds.snapshot
	snapshot.public_access == true
}
