"""Machine with a foot in two tiers."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Tier, rule


@rule(
    severity=Severity.MEDIUM,
    selects="instance",
    message="{node} has interfaces in the tiers {tiers}",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["AC-4", "SC-7"],
        "nist-800-207": ["tenet-2"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """A machine with an interface in each of two tiers joins them past every route table and list; one that
    forwards what is not its own does so by design.

    ## Remedy
    Keep the interfaces of a machine in one tier; let a firewall or balancer stand between tiers.
    """
    subnets = [
        subnet
        for holder in (node, *node.out("has_interface"))
        for subnet in holder.out("in_subnet")
        if subnet.tier is not Tier.UNDECLARED
    ]
    tiers = sorted({each.tier.value for each in subnets})
    if len(tiers) > 1:
        yield Match(
            node,
            at="has_interface",
            related=[each.at("", f"of tier {each.tier.value}") for each in subnets],
            values={"tiers": ", ".join(tiers)},
        )
