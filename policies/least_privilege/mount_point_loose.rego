# METADATA
# title: Way into a file system that bounds nobody
# description: |
#   An access point is there to give an application one directory as one user; without these it reaches the files of
#   every other application, as whoever it says it is.
#   ## Remedy
#   Give it a directory of its own and the user that it acts as.
# custom:
#   severity: low
#   selects: [mount_point]
#   reads: [as_user, rooted]
#   message: "{node} does not bound {what}"
#   controls:
#     reference-model: [security/per-resource, privilege/least-privilege]
#     nist-800-53: [AC-3, AC-6]
#     nist-800-207: [tenet-3]
#     checkov: [CKV_AWS_329, CKV_AWS_330]
package layerproof.least_privilege.mount_point_loose

import rego.v1

words := {"rooted": "which files it reaches", "as_user": "as whom it acts"}

deny contains {"node": node.id, "at": loose, "values": {"what": what}} if {
	some node in input.kinds.mount_point
	loose := [attribute | some attribute in ["rooted", "as_user"]; node[attribute] == false]
	count(loose) > 0
	what := concat(" and ", [words[attribute] | some attribute in loose])
}
