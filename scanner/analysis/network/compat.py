"""The connectivity of a cluster in the words and by the conventions of np-guard's netpol-analyzer.

These differ from what a cluster does: an ipBlock never means a pod, IPv6 is left out, node ports and load
balancers are not seen, pods in the network of their machine count as ordinary pods, pods of one owner are one
line. Only `ask flows --compat np-guard` asks for them.
"""

from __future__ import annotations

from scanner.analysis.network.atoms import (
    ALL_FOUR,
    NOTHING,
    Ranges,
    address_text,
    by_protocol,
    connections,
    cuts,
    protocol_name,
    union,
)
from scanner.analysis.network.endpoints import DEFAULT, Endpoints, Place, Traits
from scanner.analysis.network.kubernetes import Network
from scanner.analysis.network.plugin import Plugin
from scanner.analysis.network.policies import IN, OUT
from scanner.analysis.network.services import Services
from scanner.analysis.network.stages import bits
from scanner.graph.columns import Graph

_ALL = union(connections(each, 1, 65535) for each in ("tcp", "udp", "sctp"))
_CONTROLLER = "{ingress-controller}"
_CONTROLLERS_PLACE = Place("ingress-controller-ns")

Lines = dict[tuple[str, str], Ranges]


def listed(graph: Graph, cluster: str | None) -> list[tuple[str, str, str]]:
    """(source, destination, connections) of one cluster, in np-guard's order."""
    endpoints = Endpoints(graph, cluster, compat=True)
    controller = endpoints.add(Traits(_CONTROLLERS_PLACE, {}))
    network = Network(endpoints, Plugin("np-guard", enforces=True, blocks_match_pods=False))
    found: Lines = {}
    names = [sorted({_name(graph, index) for index in each.members}) for each in endpoints.classes]
    _between_pods(network, names, found)
    _from_outside(network, names, found)
    _to_outside(network, names, found)
    _from_controller(network, controller, found)
    told = [(source, destination, _text(held)) for (source, destination), held in found.items() if held]
    return sorted(told, key=lambda each: f"{each[0]} => {each[1]} : {each[2]}")


def _between_pods(network: Network, names: list[list[str]], found: Lines) -> None:
    for number, here in enumerate(names):
        for flow in network.to(number) if here else ():
            held = flow.connections & _ALL
            for other in bits(flow.sources.sure & network.endpoints.everything):
                for source in names[other]:
                    for destination in here:
                        if source != destination:
                            _add(found, source, destination, held)


def _from_outside(network: Network, names: list[list[str]], found: Lines) -> None:
    atoms = _atoms(network, IN)
    for number, here in enumerate(names):
        for flow in network.to(number) if here else ():
            held = flow.connections & _ALL
            for other in bits(flow.sources.sure >> network.pods):
                for source in atoms[other]:
                    for destination in here:
                        _add(found, source, destination, held)


def _to_outside(network: Network, names: list[list[str]], found: Lines) -> None:
    atoms = _atoms(network, OUT)
    for number in range(len(network.destinations.classes)):
        for flow in network.out_to(number):
            held = flow.connections & _ALL
            for other in bits(flow.sources.sure):
                for source in names[other]:
                    for destination in atoms[number]:
                        _add(found, source, destination, held)


def _atoms(network: Network, side: str) -> list[list[str]]:
    """The ranges that a direction's policies cut the world into, by their class outside."""
    outside = network.sources if side == IN else network.destinations
    found: list[list[str]] = [[] for _ in outside.classes]
    starts = {span[0]: number for number, each in enumerate(outside.classes) for span in each.spans}
    at = 0
    for piece in cuts(network.blocks[side], ALL_FOUR):
        ((first, last),) = piece.spans
        at = starts.get(first, at)
        found[at].append(f"{address_text(first)}-{address_text(last)}[External]")
    return found


def _add(found: Lines, source: str, destination: str, held: Ranges) -> None:
    key = (source, destination)
    found[key] = found.get(key, NOTHING) | held


def _name(graph: Graph, index: int) -> str:
    """NAMESPACE/NAME[KIND]; a pod goes by its owner, and is a Pod where the owner does not say its kind."""
    region, owner = graph.peek(index, "region"), graph.peek(index, "owner")
    kind, name = str(graph.peek(index, "controller")), str(graph.peek(index, "name"))
    if isinstance(owner, str) and kind == "Pod":
        kind, _, name = owner.partition("/")
    return f"{region if isinstance(region, str) else DEFAULT}/{name}[{kind or 'Pod'}]"


def _text(held: Ranges) -> str:
    if held is _ALL:
        return "All Connections"
    named = sorted((protocol_name(number).upper(), spans) for number, spans in by_protocol(held))
    return ",".join(
        f"{name} " + ",".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
        for name, spans in named
    )


# ingress


def _from_controller(network: Network, controller: int, found: Lines) -> None:
    """What ingresses and routes send on: to the declared TCP ports that a backend's service means, where the
    destination's policies let a pod without labels in."""
    graph, services = network.endpoints.graph, Services(network.endpoints)
    for index in network.endpoints.nodes("ingress"):
        if not str(graph.peek(index, "type")).endswith(("/Ingress", "/Route")):
            continue
        for backend in graph.peek(index, "backends"):
            for service in services.named(network.endpoints.place_of(index), backend["service"]):
                for number in bits(services.pods(service).sure):
                    held = services.targets(service, number, backend["port"]) & _let_in(
                        network, controller, number
                    )
                    for workload in network.endpoints.classes[number].members:
                        _add(found, _CONTROLLER, _name(graph, workload), held & _declared(graph, workload))


def _let_in(network: Network, controller: int, number: int) -> Ranges:
    row = network.inward.rows[network.inward.row(number)]
    return (
        union([NOTHING, *(network.space.ranges(mask) for mask, sure, _ in row if sure >> controller & 1)]) & _ALL
    )


def _declared(graph: Graph, workload: int) -> Ranges:
    """The TCP ports that the containers declare."""
    ports = [port for each in graph.targets("contains", workload) for port in graph.peek(each, "ports")]
    spoken = (port["port"] for port in ports if port["protocol"] == "tcp" and isinstance(port["port"], int))
    return union([NOTHING, *(connections("tcp", each) for each in spoken)])
