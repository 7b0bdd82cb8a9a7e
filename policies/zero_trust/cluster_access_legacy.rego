# METADATA
# title: Cluster that still takes a second way in
# description: |
#   Whoever holds an old client certificate, or a line in a ConfigMap that any administrator can write, gets in past
#   the platform's own identities: such access is neither reviewed nor withdrawn there.
#   ## Remedy
#   Let only the platform's identities in: access entries (authentication_mode API), no client certificates, no
#   local accounts, no attribute-based access.
# custom:
#   severity: low
#   selects: [cluster]
#   reads: [legacy_authorization]
#   message: "{node} lets people in past the platform's identities"
#   controls:
#     reference-model: [permissions/centralize]
#     nist-800-53: [AC-2, IA-2, IA-5]
#     nist-800-207: [tenet-6]
#     catalogue: [PRM-004, PRM-005]
#     checkov: [CKV_AZURE_141, CKV_GCP_7, CKV_GCP_13]
package layerproof.zero_trust.cluster_access_legacy

import rego.v1

deny contains {"node": cluster.id, "at": "legacy_authorization"} if {
	some cluster in input.kinds.cluster
	cluster.legacy_authorization == true
}
