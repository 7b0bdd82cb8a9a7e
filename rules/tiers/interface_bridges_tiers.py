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
        "catalogue": ["TIER-001", "TIER-002"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """A machine with an interface in each of two tiers joins them past every route table and list; one that
    forwards what is not its own does so by design.

    ## Remedy
    Keep the interfaces of a machine in one tier; let a firewall or balancer stand between tiers.
    """
    holders = list(node.out("has_interface"))
    if not holders:
        return  # one interface stands in one subnet
    subnets = [subnet for holder in (node, *holders) for subnet in holder.out("in_subnet")]
    tiers = {each.tier.value: each for each in subnets if each.tier is not Tier.UNDECLARED}
    if len(tiers) > 1:
        yield Match(
            node,
            at="has_interface",
            related=[each.at("", f"of tier {name}") for name, each in tiers.items()],
            values={"tiers": " and ".join(tiers)},
        )
