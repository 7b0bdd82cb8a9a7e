"""Internal tier that the internet reaches directly."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Tier, alike, rule, surely


@rule(
    severity=Severity.HIGH,
    selects=(
        "cache",
        "container_service",
        "database",
        "file_system",
        "instance",
        "instance_group",
        "node_group",
        "stream",
    ),
    message="{node} of tier internal is reached from {whom} over {connections}{alike}",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["AC-4", "SC-7"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["TIER-002"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Routes, access lists and security groups together let sessions from the internet through to this thing, and
    their answers back, with no relay between. Each step of the path names the line that permits it. Where only
    certain addresses are let in it weighs less.

    ## Remedy
    Cut one of the edges that the finding names: the rule that admits the internet, the public address, or the
    route to the internet gateway. Let requests come through a relay of the external tier.
    """
    if node.tier is not Tier.INTERNAL:
        return
    for way in surely(node["exposures"], lambda way: way["direct"] and way["cut"] and not way["permitted"]):
        yield Match(
            node,
            at="exposures",
            related=node.trail(way["because"]),
            cut=way["cut"],
            values={
                "whom": "the internet" if way["world"] else "certain addresses of the internet",
                "connections": way["connections"],
                "alike": alike(way),
            },
            severity=None if way["world"] else Severity.LOW,
        )
