# METADATA
# title: Metadata that containers of the machine can ask for
# description: |
#   With a second hop the answers of the metadata service reach containers and proxies on the machine: whoever
#   breaks into one takes the machine's role.
#   ## Remedy
#   Set the hop limit to 1, and give containers identities of their own.
# custom:
#   severity: low
#   selects: [instance]
#   reads: [metadata_hops]
#   message: "{node} lets metadata travel further than the machine itself"
#   controls:
#     reference-model: [compute/nodes]
#     nist-800-53: [AC-4, AC-6]
#     nist-800-207: [tenet-3]
#     catalogue: [CMP-001, ZT3-002]
#     checkov: [CKV_AWS_341]
package layerproof.zero_trust.metadata_hops_many

import rego.v1

deny contains {"node": instance.id, "at": "metadata_hops"} if {
	some instance in input.kinds.instance
	instance.metadata_hops > 1
}
