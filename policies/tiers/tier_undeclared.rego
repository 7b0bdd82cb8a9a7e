# METADATA
# title: No tier declared
# description: |
#   Nothing here says what belongs to the core, internal or external tier, so tiers are inferred from routes,
#   addresses and kinds, and nobody notices when a thing moves outward.
#   ## Remedy
#   Tag subnets, namespaces or resources with tier = core, internal or external, or declare tiers in layerproof.toml.
# custom:
#   severity: info
#   selects: [root]
#   reads: [name, provider, tiers_declared]
#   message: "no tier is declared in this {node} ({what})"
#   controls:
#     reference-model: [cluster-network/structure]
#     nist-800-53: [CM-8, SC-7]
#     nist-800-207: [tenet-1]
#     catalogue: [TIER-001]
package layerproof.tiers.tier_undeclared

import rego.v1

deny contains {"node": root.id, "at": "tiers_declared", "values": {"what": what(root)}} if {
	some root in input.kinds.root
	not root.tiers_declared
}

what(root) := "the manifests of this scan" if root.provider == "kubernetes"

what(root) := sprintf("Terraform in %s", [root.name]) if root.provider != "kubernetes"
