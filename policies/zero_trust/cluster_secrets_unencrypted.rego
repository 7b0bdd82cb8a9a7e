# METADATA
# title: Cluster secrets without a key of one's own
# description: |
#   Kubernetes secrets are only encoded. With envelope encryption under your own key, reading the control plane's
#   store is not enough, and access can be revoked and is logged.
#   ## Remedy
#   Give the cluster an encryption configuration for the resource secrets with a key of your own.
# custom:
#   severity: medium
#   selects: [cluster]
#   reads: [flavour, secrets_encrypted]
#   message: "{node} does not encrypt its secrets with a key of your own"
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
