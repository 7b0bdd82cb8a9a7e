# METADATA
# title: Brokers that take anyone
# description: |
#   Whoever reaches the brokers reads and writes every topic; the network is the only thing between.
#   ## Remedy
#   Switch unauthenticated access off and let clients come by IAM, SCRAM or certificates.
# custom:
#   severity: medium
#   selects: [stream]
#   reads: [authenticated]
#   message: "{node} takes clients that do not say who they are"
#   controls:
#     reference-model: [security/per-resource, integration/access]
#     nist-800-53: [IA-3, IA-9, AC-3]
#     nist-800-207: [tenet-3, tenet-6]
#     catalogue: [ZT1-001]
#     prowler: [kafka_cluster_unrestricted_access_disabled]
package layerproof.zero_trust.broker_unauthenticated

import rego.v1

deny contains {"node": node.id, "at": "authenticated"} if {
	some node in input.kinds.stream
	node.authenticated == false
}
