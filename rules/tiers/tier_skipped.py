"""External tier that reaches the core past the internal one."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, alike, own_name, rule, surely


@rule(
    severity=Severity.HIGH,
    selects=(
        "cache",
        "cluster",
        "container_service",
        "database",
        "file_system",
        "instance",
        "instance_group",
        "load_balancer",
        "node_group",
        "stream",
    ),
    message="{node} of the core tier is reached by {source} (external{alike}) over {connections}",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["AC-4", "SC-7"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["TIER-002"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Each tier speaks to the next one inward. Whoever takes over what stands before the internet is one step from
    the core where nothing stands between. Where the internet does not come to it directly, it weighs less.

    ## Remedy
    Let the internal tier alone reach the core: cut one of the edges that the finding names. A flow that is
    meant is an exception in `[matrix]` of layerproof.toml, with an owner and a date.
    """
    for way in surely(node["crossings"], lambda way: way["from"] == "external" and way["to"] == "core"):
        yield Match(
            node,
            at="crossings",
            related=node.trail(way["because"]),
            cut=way["cut"],
            severity=None if way["exposed"] else Severity.MEDIUM,
            values={
                "source": own_name(way["node"]),
                "connections": way["connections"],
                "alike": alike(way, ", one of {} alike"),
            },
        )
