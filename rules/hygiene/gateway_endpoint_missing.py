"""Network whose way to object storage leads through its NAT gateway."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, both, certain, rule, some, text, unread_beside

_WORKS = ("function", "instance", "container_service", "node_group", "instance_group")


@rule(
    severity=Severity.INFO,
    selects="network",
    message="{node} sends what it reads from and writes to {what} through a NAT gateway",
    controls={
        "reference-model": ["storage/locality"],
        "nist-800-53": ["SC-7", "SC-7(4)"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["STO-004"],
    },
)
def check(network: Node) -> Iterator[Match]:
    """Every byte is paid for on its way out and back, leaves by a public address, and no policy of the network
    says which buckets and tables may be reached. A gateway endpoint costs nothing and is a route in the same
    tables. Every network is taken to use object storage; tables count where some lie beside it.

    ## Remedy
    Add gateway endpoints for S3 and DynamoDB to the route tables of the private subnets, with policies that name
    your buckets and tables.
    """
    tables = [each for each in network.into("in_network") if each.kind == "route_table"]
    through = next((table for table in tables if some(table["routes"], _by_nat)), None)
    if through is None:
        return
    objects = not _leads(network, ".s3")
    tables_too = certain(lambda: _misses_tables(network)) if objects else _misses_tables(network)
    if objects or tables_too:
        if (why := unread_beside(network)) is not None:
            raise Undetermined(why)
        what = " and ".join(("object storage",) * objects + ("tables",) * tables_too)
        related = [through.at("routes", "leads out by NAT", "in_network")]
        yield Match(network, related=related, values={"what": what})


def _leads(network: Node, service: str) -> bool:
    """Whether an endpoint of the network leads to a service, by the end of its name."""

    def leads(node: Node) -> bool:
        return both(lambda: node.kind == "endpoint", lambda: text(node["service"]).endswith(service))

    return some(network.into("in_network"), leads)


def _misses_tables(network: Node) -> bool:
    """Whether something runs in the network, tables lie beside it, and no endpoint leads to them."""
    return _worked_in(network) and both(
        lambda: some(_tables(network), lambda each: _meant(each, network)),
        lambda: not _leads(network, ".dynamodb"),
    )


def _tables(network: Node) -> Iterator[Node]:
    """Tables of the same code, or of the same account and Region."""
    graph = network.graph
    for index in graph.nodes("table"):
        if graph.addresses[index][:2] == graph.addresses[network.index][:2]:
            yield Node(graph, index, network.watch)


def _meant(table: Node, network: Node) -> bool:
    return both(
        lambda: bool(table["by_gateway"]),
        lambda: not table["locks_states"],
        lambda: table["region"] == network["region"],
    )


def _worked_in(network: Node) -> bool:
    """Whether something that may ask for tables stands in a subnet of it."""
    graph = network.graph
    subnets = [each for each in graph.sources("in_network", network.index) if graph.kind(each).name == "subnet"]
    inside = (each for subnet in subnets for each in graph.sources("in_subnet", subnet))
    return any(graph.kind(each).name in _WORKS for each in inside)


def _by_nat(route: dict[str, object]) -> bool:
    return route["target_kind"] == "nat"
