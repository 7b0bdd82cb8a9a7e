# METADATA
# title: Repository that is not told of holes
# description: |
#   Holes in libraries and actions become known every day; nobody reads them up by hand for each repository.
#   ## Remedy
#   Switch vulnerability alerts on.
# custom:
#   severity: low
#   selects: [repository]
#   reads: [holes_reported]
#   message: "{node} is not told of known holes in what it depends on"
#   controls:
#     reference-model: [security/patching, security/cycle]
#     nist-800-53: [RA-5, SI-2]
#     nist-800-207: [tenet-5]
#     catalogue: [ZT6-001]
#     checkov: [CKV_GIT_3]
#     prowler: [repository_dependency_scanning_enabled]
package layerproof.hygiene.dependency_alerts_off

import rego.v1

deny contains {"node": node.id, "at": "holes_reported"} if {
	some node in input.kinds.repository
	node.holes_reported == false
}
