# METADATA
# title: Secret handed over in the environment
# description: |
#   Every child process inherits the environment, crash reports and debug pages print it, and a renewed secret only
#   arrives with a restart.
#   ## Remedy
#   Mount the secret as a file, or let the program fetch it with its own identity.
# custom:
#   severity: low
#   selects: [container]
#   reads: [secret_variables]
#   message: "{node} gets a secret as an environment variable"
#   controls:
#     reference-model: [security/determine-access]
#     nist-800-53: [IA-5, SC-28]
#     nist-800-207: [tenet-4]
#     checkov: [CKV_K8S_35]
#     kubescape: [C-0207]
#     kube-linter: [read-secret-from-env-var]
package layerproof.zero_trust.secret_in_environment

import rego.v1

deny contains {"node": container.id, "at": "secret_variables"} if {
	some container in input.kinds.container
	count(container.secret_variables) > 0
}
