# METADATA
# title: Service that answers for addresses of its own choosing
# description: |
#   The machines take what is sent to these addresses, whoever they belong to: one who may write services can catch
#   the traffic of others (CVE-2020-8554).
#   ## Remedy
#   Publish through a load balancer, an ingress or a gateway, and refuse externalIPs by an admission policy.
# custom:
#   severity: medium
#   selects: [service]
#   reads: [external_addresses]
#   message: "{node} catches what is sent to addresses it chose itself"
#   controls:
#     reference-model: [cluster-network/structure]
#     nist-800-53: [AC-4, SC-7]
#     nist-800-207: [tenet-2]
#     catalogue: [TIER-006]
#     trivy: [KSV-0108]
package layerproof.tiers.service_external_addresses

import rego.v1

deny contains {"node": service.id, "at": "external_addresses"} if {
	some service in input.kinds.service
	count(service.external_addresses) > 0
}
