"""Subnet that routes around the network firewall."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Value, covers_world, rule, some

# Kinds that run what their owner wrote.
STARTING = ("instance", "instance_group", "function", "node_group", "container_service")


@rule(
    severity=Severity.HIGH,
    selects="firewall",
    message="{node} is bypassed: {subnet} routes to the internet gateway itself",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["AC-4", "SC-7"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["TIER-002"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """A firewall sees what is routed to it. One subnet with a default route of its own past it is a way in and out
    that no one inspects.

    ## Remedy
    Route every subnet to the firewall in its zone, both ways, and only the subnet of the firewall to the
    gateway.
    """
    own = set(node.out("in_subnet"))
    for network in node.out("in_network"):
        others = [each for each in network.into("in_network") if each.kind == "subnet" and each not in own]
        if not some(others, lambda subnet: inspected(subnet, node)):
            continue
        for subnet in others:
            for table in subnet.out("routes_by"):
                for position, route in enumerate(table["routes"]):
                    outward = route["target_kind"] == "internet" and default(route["destination"])
                    if outward and not beyond(subnet, node):
                        yield bypass(node, subnet, table, position)


def inspected(subnet: Node, firewall: Node) -> bool:
    """Whether a subnet routes to the firewall at all."""
    return some(subnet.out("routes_by"), lambda table: some(table.out("routes_to"), lambda hop: hop == firewall))


def beyond(subnet: Node, firewall: Node) -> bool:
    """Whether a subnet lies on the outer side of the firewall: it holds NAT gateways, and nothing that starts
    sessions, and sends inward through the firewall."""
    return (
        inspected(subnet, firewall)
        and some(subnet.into("in_subnet"), lambda each: each.kind == "gateway" and each["role"] == "nat")
        and not some(subnet.into("in_subnet"), lambda each: each.kind in STARTING)
    )


def bypass(firewall: Node, subnet: Node, table: Node, position: int) -> Match:
    return Match(
        firewall,
        at="in_network",
        related=[
            subnet.at("routes_by", "the subnet"),
            table.at(f"routes[{position}]", "routes past the firewall"),
        ],
        cut=f"remove {table.id.partition('#')[2]} routes[{position}]",
        values={"subnet": subnet.id.partition("#")[2]},
    )


def default(destination: Value) -> bool:
    """Whether a destination is most of the internet."""
    return destination is not None and covers_world([destination])
