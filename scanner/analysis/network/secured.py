"""What secures one edge: the network it runs over, the policies that admit it, the transport its ends speak.

NIST SP 800-207, tenet 2: all communication is secured regardless of network location. Only what a configuration
demands counts: an instance may speak TLS of its own, which no configuration of the cloud shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scanner.analysis.network.atoms import Ranges, connections
from scanner.analysis.network.verdict import Answer, Step
from scanner.graph.columns import Graph
from scanner.model.cidr import covers_world
from scanner.model.value import Undetermined, Unknown, Value

ENCRYPTED, PLAIN, OPTIONAL, UNKNOWN = "encrypted", "plain", "optional", "unknown"
_TUNNELS = ("vpn", "client-vpn")
_ALWAYS_TLS = ("api", "cluster", "function", "distribution")  # served by AWS under names of its own


def secured_by(graph: Graph, answer: Answer, destination: int | Ranges) -> dict[str, Any]:
    """{"network": "encrypted"|"plain"|"unknown", "policy": [node addresses], "transport": "encrypted"|"optional"|
    "plain"|"unknown"} of an answer that is not unreachable: the weakest session of it, where relays join several.
    """
    transport = [_transport(graph, each, None) for each in answer.via]
    inward = list(_inward(graph, answer.path))
    if isinstance(destination, int) and not inward:
        transport.append(_transport(graph, destination, answer.connections))
    transport += inward
    return {
        "network": _network(graph, answer.path),
        "policy": list(dict.fromkeys(_filters(graph, answer.path))),
        "transport": min(transport, key=[PLAIN, OPTIONAL, UNKNOWN, ENCRYPTED].index, default=UNKNOWN),
    }


def _network(graph: Graph, path: Iterable[Step]) -> str:
    """Tunnels encrypt; the internet does not. Inside a network the machines' types decide, which is not judged."""
    kinds = [graph.kind(each.node).name for each in path if each.node is not None]
    roles = [
        graph.peek(each.node, "role")
        for each in path
        if each.node is not None and graph.kind(each.node).name == "gateway"
    ]
    if any(isinstance(each, str) and each in _TUNNELS for each in roles):
        return ENCRYPTED
    outside = any(each.name == "internet" for each in path) or "distribution" in kinds
    if outside or any(isinstance(each, str) and each in ("internet", "egress-only") for each in roles):
        return PLAIN
    return UNKNOWN


def _filters(graph: Graph, path: Iterable[Step]) -> Iterator[str]:
    """The filters on the way whose rule admits less than everyone."""
    for step in path:
        if step.node is None or not step.attribute.startswith("rules["):
            continue
        rules = graph.peek(step.node, "rules") if graph.kind(step.node).has("rules") else None
        position = int(step.attribute[len("rules[") : -1])
        if isinstance(rules, list) and position < len(rules) and _narrow(rules[position]):
            yield str(graph.addresses[step.node])


def _narrow(rule: Value) -> bool:
    if isinstance(rule, Unknown):
        return False
    try:
        return not covers_world(rule["cidrs"])
    except Undetermined:
        return False


def _inward(graph: Graph, path: Iterable[Step]) -> Iterator[str]:
    """What target groups on the way speak with their targets; TCP is plain where the listener has ended TLS."""
    ended = False
    for step in path:
        if step.node is None:
            continue
        kind = graph.kind(step.node).name
        if kind == "listener":
            ended = graph.peek(step.node, "encrypted") is True
        elif kind == "target_group":
            protocol = graph.peek(step.node, "protocol")
            if isinstance(protocol, str) and protocol.upper() in ("HTTPS", "TLS"):
                yield ENCRYPTED
            elif isinstance(protocol, str) and (
                protocol.upper() == "HTTP" or (ended and protocol.upper() == "TCP")
            ):
                yield PLAIN
            else:
                yield UNKNOWN


def _transport(graph: Graph, index: int, held: Ranges | None) -> str:
    """What one end demands of the sessions it takes, over some connections or any."""
    kind = graph.kind(index)
    if kind.name in _ALWAYS_TLS:
        plain = kind.name == "distribution" and graph.peek(index, "https_only") is not True
        return OPTIONAL if plain else ENCRYPTED
    if kind.name == "load_balancer":
        return _of_listeners(graph, index, held)
    if not kind.has("tls_required"):
        return UNKNOWN
    value = graph.peek(index, "tls_required")
    if isinstance(value, Unknown) or value is None:
        return UNKNOWN
    return ENCRYPTED if value else OPTIONAL


def _of_listeners(graph: Graph, index: int, held: Ranges | None) -> str:
    """Of a balancer's listeners those that take some of the connections, the weakest; a redirect takes none."""
    found = []
    for listener in graph.sources("listens_on", index):
        port, encrypted = graph.peek(listener, "port"), graph.peek(listener, "encrypted")
        apart = held is not None and isinstance(port, int) and not connections("tcp", port) & held
        if graph.peek(listener, "redirects") is True or apart:
            continue
        known = isinstance(encrypted, bool)
        found.append((ENCRYPTED if encrypted else PLAIN) if known else UNKNOWN)
    return min(found, key=[PLAIN, UNKNOWN, ENCRYPTED].index, default=UNKNOWN)
