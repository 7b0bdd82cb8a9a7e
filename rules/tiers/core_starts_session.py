"""Core tier that starts sessions with an outer tier."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, alike, rule, surely


@rule(
    severity=Severity.MEDIUM,
    selects=("container_service", "function", "instance", "instance_group", "node_group"),
    message="{node} of the core tier{alike} reaches {target} of an outer tier over {connections}",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["AC-4", "SC-7"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["TIER-002"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """The core answers and starts nothing: a session from inside is how what it holds is carried out.

    ## Remedy
    Limit what the security group lets out, or take the route away; reach services of the provider by endpoints.
    A flow that is meant is an exception in `[matrix]` of layerproof.toml, with an owner and a date.
    """
    for way in surely(node["departures"], lambda way: way["from"] == "core" and way["to"] != "internet"):
        yield Match(
            node,
            at="departures",
            related=node.trail(way["because"]),
            cut=way["cut"],
            values={
                "target": way["node"].partition("#")[2],
                "connections": way["connections"],
                "alike": alike(way),
            },
        )
        return
