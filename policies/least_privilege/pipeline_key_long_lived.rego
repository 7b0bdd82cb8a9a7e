# METADATA
# title: Pipeline that is given a long-lived key
# description: |
#   Every step of the pipeline, and every action that it takes from strangers, can read the key, which works from
#   anywhere until somebody revokes it. The service that runs the pipeline signs a token for each run instead, for
#   which the cloud gives a role for an hour. A key that the scan shows as well is told where it is made.
#   ## Remedy
#   Trust the service's tokens by an identity provider, bounded to the repository and branch; let the pipeline take a
#   role by them, then delete the variable and the key.
# custom:
#   severity: medium
#   selects: [pipeline_variable]
#   reads: [cloud_key, key]
#   message: "{node} gives a pipeline a key of a cloud that does not end by itself ({key})"
#   controls:
#     reference-model: [permissions/operational, security/per-session]
#     nist-800-53: [IA-2, IA-5]
#     nist-800-207: [tenet-3]
#     catalogue: [PRM-002]
package layerproof.least_privilege.pipeline_key_long_lived

import rego.v1

deny contains {"node": variable.id, "at": ["cloud_key", "key"], "values": {"key": variable.key}} if {
	some variable in input.kinds.pipeline_variable
	variable.cloud_key == true
}
