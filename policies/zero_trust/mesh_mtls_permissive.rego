# METADATA
# title: Mesh that accepts plain text
# description: |
#   In permissive mode a caller without a certificate is served too, so the identity that authorization policies
#   rest on is optional.
#   ## Remedy
#   Set mutual TLS to STRICT once every caller has a sidecar or ambient proxy.
# custom:
#   severity: medium
#   selects: [mesh_policy]
#   reads: [mtls]
#   message: "{node} lets callers in without mutual TLS"
#   controls:
#     reference-model: [security/communication, integration/mesh]
#     nist-800-53: [SC-8, IA-3]
#     nist-800-207: [tenet-2]
#     catalogue: [INT-002, ZT2-001]
#     kyverno: [istio/enforce-strict-mtls]
package layerproof.zero_trust.mesh_mtls_permissive

import rego.v1

deny contains {"node": policy.id, "at": "mtls"} if {
	some policy in input.kinds.mesh_policy
	policy.mtls in ["permissive", "disabled"]
}
