# METADATA
# title: Ingress without TLS
# description: |
#   What clients send to this host crosses every network on the way in the clear.
#   ## Remedy
#   List each host under spec.tls with a certificate, for example from cert-manager.
# custom:
#   severity: medium
#   selects: [ingress]
#   reads: [encrypted]
#   message: "{node} serves a host without TLS"
#   controls:
#     reference-model: [security/communication, application-network/gateways]
#     nist-800-53: [SC-8, SC-23]
#     nist-800-207: [tenet-2]
#     catalogue: [APN-004, ZT2-001]
#     kubescape: [C-0263]
#     polaris: [tlsSettingsMissing]
package layerproof.zero_trust.ingress_unencrypted

import rego.v1

deny contains {"node": ingress.id, "at": "encrypted"} if {
	some ingress in input.kinds.ingress
	not ingress.encrypted
}
