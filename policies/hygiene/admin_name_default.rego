# METADATA
# title: Database whose first administrator everybody can name
# description: |
#   Half of a stolen or guessed sign-in is known from the start.
#   ## Remedy
#   Choose another name when the database is made; it cannot be changed later.
# custom:
#   severity: info
#   selects: [database]
#   reads: [admin_name]
#   message: "{node} calls its first administrator by the name that everybody tries first"
#   controls:
#     reference-model: [permissions/centralize]
#     nist-800-53: [IA-4, CM-6]
#     nist-800-207: [tenet-4]
#     prowler: [rds_instance_default_admin, rds_cluster_default_admin, redshift_cluster_non_default_username]
package layerproof.hygiene.admin_name_default

import rego.v1

deny contains {"node": node.id, "at": "admin_name"} if {
	some node in input.kinds.database
	is_string(node.admin_name)
	lower(node.admin_name) in {"admin", "administrator", "awsuser", "postgres", "root", "sa"}
}
