# METADATA
# title: Firewall that only reports what it knows to be hostile
# description: |
#   Traffic with addresses and names that the provider knows for attacks is written down and let through: the alert
#   comes after the data has left.
#   ## Remedy
#   Set the mode of threat intelligence, and of intrusion detection where it is on, to deny.
# custom:
#   severity: low
#   selects: [firewall]
#   reads: [only_reports]
#   message: "{node} lets through what it knows to be hostile"
#   controls:
#     reference-model: [security/fail-closed]
#     nist-800-53: [SC-7, SI-4]
#     nist-800-207: [tenet-5]
#     catalogue: [ZT5-001]
#     checkov: [CKV_AZURE_216, CKV_AZURE_219, CKV_AZURE_220]
package layerproof.zero_trust.firewall_only_reports

import rego.v1

deny contains {"node": node.id, "at": "only_reports"} if {
	some node in input.kinds.firewall
	node.only_reports == true
}
