"""Default security group worn in several tiers."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Tier, rule


@rule(
    severity=Severity.MEDIUM,
    selects="security_group",
    message="{node} is the default group and joins the tiers {tiers}",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["AC-4", "SC-7"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["TIER-004"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Members of a default group reach each other on every port. Worn in two tiers, it is a way from the one to
    the other that no rule names.

    ## Remedy
    Adopt the default group without rules, and give each thing a group of its own.
    """
    if node["default"] is not True:
        return
    if not any("self" in each["groups"] and each["direction"] == "in" for each in node["rules"]):
        return
    wearers = {each.tier.value: each for each in node.into("uses") if each.tier is not Tier.UNDECLARED}
    if len(wearers) > 1:
        yield Match(
            node,
            at="rules",
            related=[each.at("uses", f"of tier {name}") for name, each in wearers.items()],
            values={"tiers": " and ".join(wearers)},
        )
