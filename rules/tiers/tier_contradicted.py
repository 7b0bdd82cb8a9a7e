"""Thing that stands elsewhere than it says."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Tier, rule

# From the outside in.
DEPTH = {Tier.EXTERNAL: 0, Tier.INTERNAL: 1, Tier.CORE: 2}


@rule(
    severity=Severity.MEDIUM,
    selects=(
        "cache",
        "cluster",
        "container_service",
        "database",
        "function",
        "instance",
        "load_balancer",
        "node_group",
        "subnet",
        "workload",
    ),
    message="{node} says tier {declared} and stands in tier {inferred}",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["AC-4", "SC-7", "CM-8"],
        "nist-800-207": ["tenet-1", "tenet-2"],
        "catalogue": ["TIER-001", "TIER-002"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Rules, reviews and people trust the declared tier. Here routes, addresses or its nature put the thing
    further outside.

    ## Remedy
    Move it to where it belongs, or correct the declaration.
    """
    declared, inferred = node.declared_tier, node.inferred_tier
    if declared not in DEPTH or inferred not in DEPTH:
        return
    if DEPTH[inferred] < DEPTH[declared]:
        yield Match(node, at="tier", values={"declared": declared.value, "inferred": inferred.value})
