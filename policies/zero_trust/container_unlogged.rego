# METADATA
# title: Containers that send their logs nowhere
# description: |
#   What the program says is lost with the machine, so nobody can tell what happened before it broke.
#   ## Remedy
#   Name a log driver for every container.
# custom:
#   severity: low
#   selects: [container_service]
#   reads: [logged]
#   message: "{node} has a container that sends its logs nowhere"
#   controls:
#     reference-model: [security/logging]
#     nist-800-53: [AU-2, AU-12]
#     nist-800-207: [tenet-7]
package layerproof.zero_trust.container_unlogged

import rego.v1

deny contains {"node": container_service.id, "at": "logged"} if {
	some container_service in input.kinds.container_service
	container_service.logged == false
}
