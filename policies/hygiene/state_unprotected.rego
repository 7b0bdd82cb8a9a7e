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
#   message: "{node} keeps state {missing}"
#   controls:
#     reference-model: [source-of-truth/consistent]
#     nist-800-53: [CM-3, SC-28]
#     nist-800-207: [tenet-1]
#     catalogue: [PRV-003]
package layerproof.hygiene.state_unprotected

import rego.v1

words := {"encrypted": "without encryption", "locked": "without a lock"}

deny contains {"node": backend.id, "at": absent, "values": {"missing": missing}} if {
	some backend in input.kinds.state_backend
	absent := [attribute | some attribute in ["encrypted", "locked"]; backend[attribute] == false]
	count(absent) > 0
	missing := concat(" and ", [words[attribute] | some attribute in absent])
}
