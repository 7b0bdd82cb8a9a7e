"""Internal load balancer that is published to the internet."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, own_name, rule, surely

# Relays that can authorize and filter; links of APIs ask for an internal balancer (API Gateway Developer Guide).
FILTERING = frozenset(("api", "distribution"))


@rule(
    severity=Severity.HIGH,
    selects="load_balancer",
    message="{node} is internal, and {relay} publishes it to the internet",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["AC-4", "SC-7"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["TIER-006"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """An internal balancer is part of the core tier, and what stands behind it relies on that. An API with a link,
    a distribution with a VPC origin or an accelerator puts it before the internet all the same.

    ## Remedy
    Declare what is meant to be public, and put authorization and a web filter at the relay; else remove the
    link. Behind an API or a distribution, which can do both, it is medium.
    """
    if node["internal"] is not True:
        return
    for way in surely(node["exposures"], lambda way: bool(way["via"])):
        yield Match(
            node,
            at="internal",
            related=node.trail(way["because"]),
            cut=way["cut"],
            severity=None if FILTERING.isdisjoint(way["relays"]) else Severity.MEDIUM,
            values={"relay": ", ".join(own_name(each) for each in way["via"])},
        )
        return
