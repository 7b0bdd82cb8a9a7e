"""Things that run in the network that came with the account."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, rule, unread_beside

_LIVES = frozenset(("instance", "instance_group", "cluster", "node_group", "function", "container_service",
                    "database", "cache", "load_balancer", "file_system", "stream"))  # fmt: skip


@rule(
    severity=Severity.LOW,
    selects="network",
    message="{node} came with the account, and {guest} runs in it",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["SC-7", "CM-6"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["TIER-004", "TIER-001"],
        "checkov": ["CKV_AWS_148"],
        "trivy": ["AWS-0101"],
    },
)
def check(network: Node) -> Iterator[Match]:
    """Every subnet of it is routed to the internet and hands out public addresses, its range is that of every
    other account's, and no tier was thought of.

    ## Remedy
    Move what runs there into a network with subnets for each tier, and leave the default one empty.
    """
    if not network["default"]:
        return
    guest = next(_guests(network), None)
    if guest is None and (why := unread_beside(network)) is not None:
        raise Undetermined(why)
    if guest is not None:
        yield Match(network, "default", [guest.at("", "runs here")], values={"guest": guest.id.partition("#")[2]})


def _guests(network: Node) -> Iterator[Node]:
    for inside in network.into("in_network"):
        if inside.kind in _LIVES:
            yield inside
        elif inside.kind == "subnet":
            yield from (each for each in inside.into("in_subnet") if each.kind in _LIVES)
