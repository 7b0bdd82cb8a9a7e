# METADATA
# title: State without lock or encryption
# description: |
#   State holds secrets in clear text, and two runs that write at once leave it describing neither.
#   ## Remedy
#   Encrypt the backend and switch its lock on.
# custom:
#   severity: medium
#   selects: [state_backend]
#   reads: [encrypted, locked]
#   message: "{node} keeps state without encryption or without a lock"
#   controls:
#     reference-model: [source-of-truth/consistent]
#     nist-800-53: [CM-3, SC-28]
#     nist-800-207: [tenet-1]
#     catalogue: [PRV-003]
package layerproof.hygiene.state_unprotected

import rego.v1

deny contains {"node": backend.id, "at": attribute} if {
	some backend in input.kinds.state_backend
	some attribute in ["encrypted", "locked"]
	not backend[attribute]
}
