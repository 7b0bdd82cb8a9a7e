"""Network whose way to object storage leads through its NAT gateway."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, both, rule, some, text, unread_beside


@rule(
    severity=Severity.INFO,
    selects="network",
    message="{node} sends what it reads from and writes to object storage through a NAT gateway",
    controls={
        "reference-model": ["storage/locality"],
        "nist-800-53": ["SC-7", "SC-7(4)"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["STO-004"],
    },
)
def check(network: Node) -> Iterator[Match]:
    """Every byte is paid for on its way out and back, leaves by a public address, and no policy of the network
    says which buckets may be reached. A gateway endpoint costs nothing and is a route in the same tables.

    ## Remedy
    Add a gateway endpoint for S3 to the route tables of the private subnets, with a policy that names your
    buckets.
    """
    tables = [each for each in network.into("in_network") if each.kind == "route_table"]
    through = next((table for table in tables if some(table["routes"], _by_nat)), None)
    if through is None:
        return
    if not some(network.into("in_network"), _to_objects):
        if (why := unread_beside(network)) is not None:
            raise Undetermined(why)
        yield Match(network, related=[through.at("routes", "leads out by NAT", "in_network")])


def _by_nat(route: dict[str, object]) -> bool:
    return route["target_kind"] == "nat"


def _to_objects(node: Node) -> bool:
    return both(lambda: node.kind == "endpoint", lambda: text(node["service"]).endswith(".s3"))
