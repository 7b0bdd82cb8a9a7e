# METADATA
# title: Notebook whose users are root
# description: |
#   Whoever opens the notebook can change what runs on it, read what other users left there, and get round every
#   setting of it.
#   ## Remedy
#   Switch root access off; lifecycle scripts run as root all the same.
# custom:
#   severity: low
#   selects: [instance]
#   reads: [administered]
#   message: "{node} makes its users root"
#   controls:
#     reference-model: [privilege/least-privilege]
#     nist-800-53: [AC-6, AC-6(2)]
#     nist-800-207: [tenet-3]
#     catalogue: [PRM-001]
#     checkov: [CKV_AWS_307]
#     prowler: [sagemaker_notebook_instance_root_access_disabled]
package layerproof.least_privilege.notebook_root

import rego.v1

deny contains {"node": node.id, "at": "administered"} if {
	some node in input.kinds.instance
	node.administered == true
}
