"""Inner tier that faces the internet."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Tier, rule, text


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
    message="{node} is declared to be of tier {declared} and faces the internet",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["AC-4", "SC-7", "CM-8"],
        "nist-800-207": ["tenet-1", "tenet-2"],
        "catalogue": ["TIER-001", "TIER-002"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Rules, reviews and people trust the declared tier. Routes or addresses put this thing before the internet
    all the same.

    ## Remedy
    Move it to where it belongs, or correct the declaration.
    """
    if node.inferred_tier is not Tier.EXTERNAL:
        return
    declared = node.declared_tier
    if declared is None:
        told(node)
    elif declared is not Tier.EXTERNAL:
        yield Match(node, at="tier", values={"declared": declared.value})


def told(node: Node) -> None:
    """Raise where a tag that could declare a tier is not known."""
    for key, value in (node["tags"] or {}).items():
        if "tier" in key.lower():
            text(value)
