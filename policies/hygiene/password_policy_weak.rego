# METADATA
# title: Weak password policy
# description: |
#   Length is what makes a password strong; short ones are guessed, reused ones are already known.
#   ## Remedy
#   Ask for at least 14 characters and refuse earlier passwords.
# custom:
#   severity: medium
#   selects: [password_policy]
#   reads: [minimum_length, reuse_prevented]
#   message: "{node} accepts {which} passwords"
#   controls:
#     reference-model: [billing/passwords]
#     nist-800-53: [IA-5(1)]
#     nist-800-207: [tenet-6]
#     catalogue: [BIL-006]
#     checkov: [CKV_AWS_10, CKV_AWS_13]
#     trivy: [AWS-0063]
#     prowler: [iam_password_policy_minimum_length_14]
package layerproof.hygiene.password_policy_weak

import rego.v1

deny contains {"node": policy.id, "at": "minimum_length", "values": {"which": "short"}} if {
	some policy in input.kinds.password_policy
	is_number(policy.minimum_length)
	policy.minimum_length < 14
}

deny contains {"node": policy.id, "at": "reuse_prevented", "values": {"which": "reused"}} if {
	some policy in input.kinds.password_policy
	not policy.reuse_prevented
}
