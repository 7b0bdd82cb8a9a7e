# METADATA
# title: Cluster secrets without a key of one's own
# description: |
#   The cluster's secrets are encrypted with the provider's key only. Under a key of your own, who reads the control
#   plane's store still needs that key, its use is logged, and it can be taken away.
#   ## Remedy
#   Give the cluster an encryption configuration for the resource secrets with a key of your own.
# custom:
#   severity: medium
#   selects: [cluster]
#   reads: [flavour, secrets_encrypted]
#   message: "{node} keeps its secrets with the provider's key only"
#   controls:
#     reference-model: [compute/clusters, storage/persistence]
#     nist-800-53: [SC-28, SC-12]
#     nist-800-207: [tenet-2]
#     catalogue: [CMP-003]
#     checkov: [CKV_AWS_58]
#     trivy: [AWS-0039]
#     kubescape: [C-0066]
package layerproof.zero_trust.cluster_secrets_unencrypted

import rego.v1

deny contains {"node": cluster.id, "at": ["secrets_encrypted", "flavour"]} if {
	some cluster in input.kinds.cluster
	cluster.flavour == "kubernetes"
	not cluster.secrets_encrypted
}
