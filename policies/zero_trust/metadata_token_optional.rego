# METADATA
# title: Metadata service without session tokens
# description: |
#   Any request that an application can be tricked into making from the machine (server-side request forgery) reads
#   the credentials of the machine's role.
#   ## Remedy
#   Require session tokens (http_tokens = required) and keep the hop limit at 1.
# custom:
#   severity: high
#   selects: [instance, node_group]
#   reads: [tokens_required]
#   message: "{node} hands out its role's credentials without a session token (IMDSv1)"
#   controls:
#     reference-model: [compute/nodes, security/per-session]
#     nist-800-53: [AC-3, AC-6, IA-2]
#     nist-800-207: [tenet-3]
#     catalogue: [CMP-001]
#     checkov: [CKV_AWS_79]
#     trivy: [AWS-0028, AWS-0130]
#     prowler: [ec2_instance_imdsv2_enabled]
package layerproof.zero_trust.metadata_token_optional

import rego.v1

kinds := ["instance", "node_group"]

deny contains {"node": node.id, "at": "tokens_required"} if {
	some kind in kinds
	some node in input.kinds[kind]
	not node.tokens_required
}
