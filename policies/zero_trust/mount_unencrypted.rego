# METADATA
# title: File system mounted in clear text
# description: |
#   What is read and written crosses the network unencrypted, and whoever sits on the way reads it or changes it.
#   ## Remedy
#   Set transit encryption of the volume to ENABLED.
# custom:
#   severity: medium
#   selects: [container_service]
#   reads: [mounts_encrypted]
#   message: "{node} mounts a file system in clear text"
#   controls:
#     reference-model: [security/communication]
#     nist-800-53: [SC-8, SC-8(1)]
#     nist-800-207: [tenet-2]
#     catalogue: [ZT2-001]
#     checkov: [CKV_AWS_97]
#     trivy: [AWS-0035]
package layerproof.zero_trust.mount_unencrypted

import rego.v1

deny contains {"node": node.id, "at": "mounts_encrypted"} if {
	some node in input.kinds.container_service
	node.mounts_encrypted == false
}
