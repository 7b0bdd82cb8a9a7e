# METADATA
# title: Database with a public endpoint
# description: |
#   A data store with a public address is one password or one wrong firewall rule away from strangers. It is found
#   by scanners within minutes.
#   ## Remedy
#   Take the public address away, place the store in private subnets and let clients come through the network, a
#   bastion or a private endpoint.
# custom:
#   severity: high
#   selects: [database, table, stream]
#   reads: [public_access]
#   message: "{node} has a public endpoint or a policy for everyone"
#   controls:
#     reference-model: [security/resources, cluster-network/structure]
#     nist-800-53: [AC-3, SC-7]
#     nist-800-207: [tenet-1, tenet-2]
#     catalogue: [STO-006]
#     checkov: [CKV_AWS_17, CKV_AWS_87, CKV_AWS_102, CKV_AWS_69, CKV_AWS_89, CKV_AWS_291]
#     trivy: [AWS-0180]
#     prowler: [rds_instance_no_public_access]
package layerproof.zero_trust.database_public

import rego.v1

kinds := ["database", "table", "stream"]

deny contains {"node": node.id, "at": "public_access"} if {
	some kind in kinds
	some node in input.kinds[kind]
	node.public_access == true
}
