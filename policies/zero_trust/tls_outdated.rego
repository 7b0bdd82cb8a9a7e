# METADATA
# title: TLS below version 1.2 accepted
# description: |
#   TLS 1.0 and 1.1 were withdrawn in 2021 (RFC 8996): their ciphers and hashes can be broken by those who sit on
#   the path.
#   ## Remedy
#   Choose a security policy whose lowest version is TLS 1.2, better one that offers 1.3.
# custom:
#   severity: medium
#   selects: [api, cache, database, distribution, listener, object_store, queue, stream]
#   reads: [tls_policy]
#   message: "{node} accepts TLS versions below 1.2"
#   controls:
#     reference-model: [security/communication]
#     nist-800-53: [SC-8, SC-13]
#     nist-800-207: [tenet-2]
#     catalogue: [APN-003]
#     checkov: [CKV_AWS_103, CKV_AWS_174, CKV_AWS_206, CKV2_AWS_54, CKV_AZURE_15, CKV_AZURE_44, CKV_AZURE_52, CKV_AZURE_54, CKV_AZURE_147]
#     trivy: [AWS-0047, AZU-0006, AZU-0011, AZU-0026]
package layerproof.zero_trust.tls_outdated

import rego.v1

kinds := ["api", "cache", "database", "distribution", "listener", "object_store", "queue", "stream"]

# Security policies of load balancers that still offer TLS 1.0 or 1.1 though their names do not say so.
offers_old := {
	"ELBSecurityPolicy-2011-08",
	"ELBSecurityPolicy-2014-01",
	"ELBSecurityPolicy-2014-10",
	"ELBSecurityPolicy-2015-02",
	"ELBSecurityPolicy-2015-03",
	"ELBSecurityPolicy-2015-05",
	"ELBSecurityPolicy-2016-08",
	"ELBSecurityPolicy-FS-2018-06",
}

deny contains {"node": node.id, "at": "tls_policy"} if {
	some kind in kinds
	some node in input.kinds[kind]
	outdated(node.tls_policy)
}

outdated(policy) if policy in offers_old

outdated(policy) if {
	is_string(policy)
	regex.match(old_version, policy)
}

# SSLv3, TLSv1, TLSv1.1_2016, TLS_1_0, 1.1, ELBSecurityPolicy-TLS-1-0-2015-04, ...-TLS13-1-1-2021-06, ...-FS-1-1-2019-08
old_version := concat("|", [
	`(?i)^SSL`,
	`^1[.][01]$`,
	`TLS-?v?[-_]?1(_20[0-9][0-9]$|$|[-._][01]([^0-9.]|$))`,
	`TLS13-1-[01]-`,
	`FS-1-1-`,
])
