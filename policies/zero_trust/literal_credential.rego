# METADATA
# title: Credential in clear text
# description: |
#   Everyone who can read the code, its history, the plan, the state or the console holds the credential, and it is
#   valid until someone notices.
#   ## Remedy
#   Revoke the credential first. Then hand it over through a secret store or, better, use a role so that there is
#   none. In a folder of documentation, examples, trials (`quick-start`) or tests it weighs less: medium.
# custom:
#   severity: high
#   selects: [cache, config, container, container_service, database, function, instance, provider_config, secret]
#   reads: [literal_credentials, literal_secrets, for_show]
#   message: "{node} holds a credential in clear text{named}"
#   controls:
#     reference-model: [security/determine-access]
#     nist-800-53: [IA-5, IA-5(7), SC-28]
#     nist-800-207: [tenet-4]
#     catalogue: [ZT4-002]
#     checkov: [CKV_AWS_41, CKV_AWS_45, CKV_AWS_46]
#     trivy: [AWS-0029]
package layerproof.zero_trust.literal_credential

import rego.v1

kinds := ["cache", "config", "container", "container_service", "database", "function", "instance", "secret"]

deny contains {"node": node.id, "at": "literal_secrets", "values": {"named": named}} if {
	some kind in kinds
	some node in input.kinds[kind]
	count(node.literal_secrets) > 0
	node.for_show != true
	named := sprintf(" (%s)", [concat(", ", node.literal_secrets)])
}

deny contains {"node": node.id, "at": "literal_secrets", "values": {"named": named}, "severity": "medium"} if {
	some kind in kinds
	some node in input.kinds[kind]
	count(node.literal_secrets) > 0
	node.for_show == true
	named := sprintf(" (%s)", [concat(", ", node.literal_secrets)])
}

deny contains {"node": provider.id, "at": "literal_credentials", "values": {"named": ""}} if {
	some provider in input.kinds.provider_config
	provider.literal_credentials == true
	provider.for_show != true
}

deny contains {"node": provider.id, "at": "literal_credentials", "values": {"named": ""}, "severity": "medium"} if {
	some provider in input.kinds.provider_config
	provider.literal_credentials == true
	provider.for_show == true
}
