"""Who of the internet comes to what stands on AWS networks: from which addresses, over which connections."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.analysis.exposure import KINDS
from scanner.analysis.network.atoms import ANYTHING, INTERNET, Ranges, cidr_texts
from scanner.analysis.network.aws import cloud
from scanner.analysis.network.aws_services import NET
from scanner.analysis.network.told import Told, outside_name
from scanner.analysis.network.verdict import Reach
from scanner.graph.columns import Graph

_Way = tuple[Ranges, Ranges, tuple[int, ...], str, Reach]  # addresses, connections, relays, reason, verdict


def coming(graph: Graph) -> Iterator[Told]:
    """Every way from the internet to a node, by the addresses that it is open to; what stands behind a relay is
    open to whoever the relay is."""
    nodes = [
        index
        for kind in KINDS
        for index in graph.nodes(kind)
        if graph.peek(index, "provider") == "aws" and index not in graph.stand_ins
    ]
    if not nodes:
        return
    of = cloud(graph)
    known: dict[object, list[_Way]] = {}
    for index in nodes:
        key = of.alike(index, receiving=True)
        if key not in known:
            known[key] = list(_ways(graph, index))
        address = graph.addresses[index]
        for addresses, held, via, reason, verdict in known[key]:
            relays = tuple(str(graph.addresses[each]) for each in via)
            name = outside_name(addresses)
            yield Told(name, address.name, held, verdict, reason, cidr_texts(addresses), str(address), relays)


def _ways(graph: Graph, index: int) -> Iterator[_Way]:
    of = cloud(graph)
    for reacher, verdict in ((of.certain, Reach.REACHABLE), (of.hopeful, Reach.POSSIBLE)):
        for each in reacher.to((NET,), index, ANYTHING):
            if each.arrives:
                addresses = INTERNET if each.via else each.sources & INTERNET
                reason = "; ".join(dict.fromkeys(each.reasons)) if verdict is Reach.POSSIBLE else ""
                if addresses:
                    yield addresses, each.held, each.via, reason, verdict
