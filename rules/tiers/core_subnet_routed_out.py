"""Core subnet whose default route leads out."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Tier, Value, covers_world, rule


@rule(
    severity=Severity.HIGH,
    selects="subnet",
    message="{node} is declared core, and its default route leads to {target}",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["AC-4", "SC-7"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["TIER-002", "NET-004"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """A subnet is declared core so that nothing in it can be met from outside. A default route to an internet
    gateway or a peering undoes that for all that stands in it, now and later.

    ## Remedy
    Associate the subnet with a route table that holds local routes and endpoints only.
    """
    if node.declared_tier is not Tier.CORE:
        return
    for table in node.out("routes_by"):
        for position, route in enumerate(table["routes"]):
            if route["target_kind"] in ("internet", "peering") and default(route["destination"]):
                yield Match(
                    node,
                    at="routes_by",
                    related=[table.at(f"routes[{position}]", "the default route")],
                    cut=f"remove {table.id.partition('#')[2]} routes[{position}]",
                    values={"target": route["target"]},
                )


def default(destination: Value) -> bool:
    """Whether a destination is most of the internet: the default route, or half of it."""
    return destination is not None and covers_world([destination])
