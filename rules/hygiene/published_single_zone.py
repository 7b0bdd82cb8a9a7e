"""Published service in a single zone."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, surely


@rule(
    severity=Severity.LOW,
    selects=("container_service", "instance_group", "workload"),
    message="{node} serves the internet from one zone only{which}",
    controls={
        "reference-model": ["lifecycle/scale"],
        "nist-800-53": ["CP-6", "CP-10", "SC-36"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["LIF-005"],
        "prowler": ["autoscaling_group_multiple_az"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """A provider's zone fails as a whole now and then, and everything that stands in one with it. What nobody
    outside reaches is not judged, nor what has a single copy: that is said by its own rule.

    ## Remedy
    Give it subnets of two zones or more, and let copies spread over them.
    """
    place, zone = one_zone(node)
    if not place or (node.kind != "instance_group" and node["replicated"] is False):
        return
    which = f" ({zone})" if zone else ""
    for entry in surely(node["entries" if node.kind == "workload" else "exposures"], lambda _: True):
        assumed = (entry["assumption"],) if node.kind == "workload" and entry["assumption"] else ()
        because = node.trail(entry["because"])
        yield Match(node, at=place, related=because, assumptions=assumed, values={"which": which})
        return


def one_zone(node: Node) -> tuple[str, str]:
    """The attribute that holds it to one zone, and the zone's name where it is told; empty where none does."""
    if node.kind != "container_service":
        zones = node["zones"]
        if zones:
            return ("zones", str(zones[0])) if len(zones) == 1 else ("", "")
    if node.kind == "workload" or node["provider"] != "aws":
        return "", ""  # subnets of others span zones
    first: Node | None = None
    for subnet in node.out("in_subnet"):
        if first is not None and subnet != first:
            return "", ""
        first = subnet
    return ("in_subnet", "") if first is not None else ("", "")
