# METADATA
# title: Machine that takes a password
# description: |
#   A password can be guessed, reused and passed on; machines with one are tried from all over the network around
#   the clock. A key or a certificate cannot be guessed.
#   ## Remedy
#   Refuse passwords and let people in by keys, better by short-lived certificates or the sign-in of the directory.
# custom:
#   severity: medium
#   selects: [instance]
#   reads: [password_login]
#   message: "{node} takes a password at sign-in"
#   controls:
#     reference-model: [permissions/centralize]
#     nist-800-53: [IA-2, IA-5, AC-17]
#     nist-800-207: [tenet-3, tenet-4]
#     catalogue: [PRM-003]
#     checkov: [CKV_AZURE_1, CKV_AZURE_49, CKV_AZURE_149, CKV_AZURE_178]
#     trivy: [AZU-0039]
package layerproof.least_privilege.machine_password_login

import rego.v1

deny contains {"node": node.id, "at": "password_login"} if {
	some node in input.kinds.instance
	node.password_login == true
}
