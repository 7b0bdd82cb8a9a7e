# METADATA
# title: Listener that serves plain HTTP
# description: |
#   Sessions, passwords and answers cross every network between client and balancer in the clear. A listener that
#   only redirects to HTTPS is not meant here.
#   ## Remedy
#   Listen with HTTPS or TLS and a certificate; let port 80 do nothing but redirect to it.
# custom:
#   severity: medium
#   selects: [listener]
#   reads: [encrypted, redirects]
#   message: "{node} serves requests without TLS"
#   controls:
#     reference-model: [security/communication, application-network/load-balancers]
#     nist-800-53: [SC-8, SC-23]
#     nist-800-207: [tenet-2]
#     catalogue: [APN-003, ZT2-001]
#     checkov: [CKV_AWS_2, CKV_AWS_376]
#     trivy: [AWS-0054]
package layerproof.zero_trust.listener_unencrypted

import rego.v1

deny contains {"node": listener.id, "at": ["encrypted", "redirects"]} if {
	some listener in input.kinds.listener
	not listener.encrypted
	not listener.redirects
}
