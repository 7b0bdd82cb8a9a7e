# METADATA
# title: User who signs in with a password of the account's own
# description: |
#   Nobody removes this user when the person leaves: the password is outside the company's sign-in, its second
#   factor and its records.
#   ## Remedy
#   Let people sign in through single sign-on and delete the login profile.
# custom:
#   severity: low
#   selects: [user]
#   reads: [console]
#   message: "{node} has a password of the account's own"
#   controls:
#     reference-model: [permissions/operational]
#     nist-800-53: [AC-2, IA-2, IA-5]
#     nist-800-207: [tenet-3]
#     catalogue: [PRM-003]
#     checkov: [CKV_AWS_273]
package layerproof.least_privilege.user_with_password

import rego.v1

deny contains {"node": user.id, "at": "console"} if {
	some user in input.kinds.user
	user.console == true
}
