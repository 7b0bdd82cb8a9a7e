# METADATA
# title: Machine with unencrypted disks
# description: |
#   A machine's disks hold credentials, caches and logs besides the data that was meant to be there. Snapshots of an
#   unencrypted disk are unencrypted too.
#   ## Remedy
#   Encrypt the root disk and every further disk, or switch encryption by default on for the account and region.
# custom:
#   severity: medium
#   selects: [instance]
#   reads: [disks_encrypted]
#   message: "{node} has a disk that is not encrypted"
#   controls:
#     reference-model: [storage/persistence, compute/nodes]
#     nist-800-53: [SC-28]
#     nist-800-207: [tenet-2]
#     catalogue: [STO-005]
#     checkov: [CKV_AWS_8]
#     trivy: [AWS-0008, AWS-0131]
package layerproof.zero_trust.machine_disk_unencrypted

import rego.v1

deny contains {"node": instance.id, "at": "disks_encrypted"} if {
	some instance in input.kinds.instance
	not instance.disks_encrypted
}
