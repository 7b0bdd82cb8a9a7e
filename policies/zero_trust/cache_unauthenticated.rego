# METADATA
# title: Cache that asks for no password
# description: |
#   Whoever reaches its port reads and changes everything in it, sessions and tokens of users included.
#   ## Remedy
#   Require a password or, better, identities of the platform (a user group).
# custom:
#   severity: medium
#   selects: [cache]
#   reads: [authenticated]
#   message: "{node} lets everyone in who reaches its port"
#   controls:
#     reference-model: [security/resources]
#     nist-800-53: [AC-3, IA-2, IA-9]
#     nist-800-207: [tenet-1]
#     catalogue: [ZT1-001]
#     checkov: [CKV_AWS_31]
package layerproof.zero_trust.cache_unauthenticated

import rego.v1

deny contains {"node": cache.id, "at": "authenticated"} if {
	some cache in input.kinds.cache
	cache.authenticated == false
}
