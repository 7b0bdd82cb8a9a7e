# METADATA
# title: Object store open to everyone
# description: |
#   Anyone who learns the name of the store can list, download or replace what is in it. Names of stores are guessed
#   and indexed by search services within hours.
#   ## Remedy
#   Remove the public access list entry or the statement for everyone, and block public access on the store and on
#   the account. Serve public files through a content delivery network that signs its own requests to the store.
# custom:
#   severity: critical
#   selects: [object_store, object]
#   reads: [public_access]
#   message: "{node} {open} anyone on the internet"
#   controls:
#     reference-model: [security/resources]
#     nist-800-53: [AC-3, AC-6, SC-7]
#     nist-800-207: [tenet-1, tenet-3]
#     catalogue: [STO-006]
#     checkov: [CKV_AWS_20, CKV_AWS_57, CKV_AWS_70, CKV_AWS_375, CKV2_AWS_43]
#     trivy: [AWS-0092]
#     prowler: [s3_bucket_public_access]
package layerproof.zero_trust.object_store_public

import rego.v1

words := {"object_store": "is open to", "object": "can be read by"}

deny contains {"node": node.id, "at": "public_access", "values": {"open": open}} if {
	some kind, open in words
	some node in input.kinds[kind]
	node.public_access == true
}
