# METADATA
# title: Audit trail that misses events
# description: |
#   An intruder works where nobody looks: in a region without a trail, or with events that it leaves out.
#   ## Remedy
#   Record all regions and both reads and writes of management events, and keep the trail switched on.
# custom:
#   severity: medium
#   selects: [trail]
#   reads: [active, management_events, multi_region]
#   message: "{node} {missing}"
#   controls:
#     reference-model: [security/logging]
#     nist-800-53: [AU-2, AU-12]
#     nist-800-207: [tenet-7]
#     catalogue: [ZT7-001]
#     checkov: [CKV_AWS_67, CKV_AWS_251]
#     trivy: [AWS-0014]
#     prowler: [cloudtrail_multi_region_enabled]
package layerproof.zero_trust.trail_incomplete

import rego.v1

words := {
	"active": "is switched off",
	"management_events": "leaves out management events",
	"multi_region": "does not see every region",
}

deny contains {"node": trail.id, "at": absent, "values": {"missing": missing}} if {
	some trail in input.kinds.trail
	absent := [attribute | some attribute in ["active", "management_events", "multi_region"]; trail[attribute] == false]
	count(absent) > 0
	missing := concat(" and ", [words[attribute] | some attribute in absent])
}
