"""All flows of a graph: on AWS, and in clusters between workloads, from outside to what is published, and out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from scanner.analysis.network.atoms import (
    EVERYWHERE,
    INTERNET,
    NOTHING,
    Ranges,
    cidr_texts,
    described,
)
from scanner.analysis.network.cloud_flows import cloud_flows
from scanner.analysis.network.cluster_secured import ClusterSecured
from scanner.analysis.network.endpoints import clusters
from scanner.analysis.network.kubernetes_reach import ways_of
from scanner.analysis.network.stages import bits
from scanner.analysis.network.told import Told, outside_name
from scanner.analysis.network.verdict import Bounds, Reach
from scanner.analysis.network.ways import Ways
from scanner.config import Config
from scanner.graph.columns import Graph


@dataclass(frozen=True, slots=True)
class Flows:
    """All flows, with what was assumed."""

    flows: list[Told]
    assumptions: tuple[str, ...]

    def portable(self) -> dict[str, Any]:
        """{"flows": [{"source", "destination", "connections", "verdict", "reason", "via", "secured_by"}],
        "assumptions"}: an end is {"node": address} or {"cidrs": [...]}, each with its "name"; "secured_by" (see
        `secured`) stands where it is worked out."""
        return {
            "flows": [
                {
                    "source": _end(each.source, each.source_id),
                    "destination": _end(each.destination, each.destination_id),
                    "connections": described(each.connections),
                    "verdict": each.verdict.value,
                    "reason": each.reason,
                    "via": list(each.via),
                    **({"secured_by": dict(each.secured)} if each.secured is not None else {}),
                }
                for each in self.flows
            ],
            "assumptions": list(self.assumptions),
        }


def flows(graph: Graph, config: Config, *, secured: bool = True) -> Flows:
    """Every flow that is let through, or may be, sorted by its ends; what is sure and what is possible of one
    pair are two. What secures it is left out where it is not asked for."""
    found: list[Told] = []
    assumed: dict[str, None] = {}
    for cluster in clusters(graph):
        ways = ways_of(graph, config, cluster)
        names = _Names(graph, ways)
        found += _between(ways, names, ClusterSecured(ways.network) if secured else None)
        found += _coming(ways, names, assumed)
        found += _leaving(ways, names)
        assumed.update(dict.fromkeys(ways.network.assumptions))
    for each in chain(cloud_flows(graph), _over(graph, found)):
        if isinstance(each, str):
            assumed.setdefault(each)
        else:
            found.append(each)
    found.sort(key=lambda each: (each.source, each.destination, each.verdict.value, each.connections.spans))
    return Flows(found, tuple(assumed))


def _over(graph: Graph, found: list[Told]) -> Iterator[Told | str]:
    """The flows over overlays, where the scan declares any, beside those that stand."""
    if not graph.nodes("overlay_peer"):
        return
    from scanner.analysis.network.overlay_flows import overlay_flows  # noqa: PLC0415 - only where there is one

    sure = {(str(each.source_id), str(each.destination_id)) for each in found if each.verdict is Reach.REACHABLE}
    yield from overlay_flows(graph, sure)


class _Names:
    """What workloads are called: NAMESPACE/NAME[KIND], with the folder that declares them where several do; and
    their addresses."""

    def __init__(self, graph: Graph, ways: Ways) -> None:
        every = [index for each in ways.endpoints.classes for index in each.members]
        places = {index: ways.endpoints.place_of(index).namespace for index in every}
        plain = {index: _name(graph, index, places[index]) for index in every}
        several = {name for name, count in Counter(plain.values()).items() if count > 1}
        self.members: list[list[tuple[str, str]]] = []
        for each in ways.endpoints.classes:
            told = []
            for index in each.members:
                address = graph.addresses[index]
                shown = f"{plain[index]}@{address.root}" if plain[index] in several else plain[index]
                told.append((shown, str(address)))
            self.members.append(sorted(told))


def _name(graph: Graph, index: int, namespace: str | None) -> str:
    prefix = f"{namespace}/" if namespace is not None else ""
    return f"{prefix}{graph.peek(index, 'name')}[{graph.peek(index, 'controller')}]"


def _between(ways: Ways, names: _Names, secured: ClusterSecured | None) -> Iterator[Told]:
    network = ways.network
    for number, here in enumerate(names.members):
        sure: dict[int, Ranges] = {}
        maybe: dict[int, Ranges] = {}
        for flow in network.to(number) if here else ():
            for source in bits(flow.sources.sure & ways.endpoints.everything):
                sure[source] = sure.get(source, NOTHING) | flow.connections
            for source in bits(flow.sources.maybe & ~flow.sources.sure & ways.endpoints.everything):
                maybe[source] = maybe.get(source, NOTHING) | flow.connections
        for verdict, held in ((Reach.REACHABLE, sure), (Reach.POSSIBLE, maybe)):
            for source, passing in held.items():
                reason = "; ".join(network.why(source, number)) if verdict is Reach.POSSIBLE else ""
                told = secured.of(source, number) if secured is not None else None
                for name, address in names.members[source]:
                    for other, there in here:
                        if there != address:
                            yield Told(name, other, passing, verdict, reason, address, there, (), told)


def _coming(ways: Ways, names: _Names, assumed: dict[str, None]) -> Iterator[Told]:
    """From outside, by whatever publishes it: the internet, or private networks where it is open to these only."""
    graph = ways.graph
    for number, here in enumerate(names.members):
        for way in ways.to(number):
            clients = INTERNET if way.maybe & INTERNET else way.maybe
            if way.maybe & INTERNET and way.maybe is not EVERYWHERE:
                clients = way.maybe & INTERNET
            via = tuple(str(graph.addresses[each]) for each in way.via)
            passing = ways.passing(way, clients)
            if way.assumption and passing.maybe:
                assumed.setdefault(way.assumption)
            for verdict, held, reason in _split(passing):
                for name, address in here:
                    shown = outside_name(clients)
                    yield Told(shown, name, held, verdict, reason, _ranges(clients), address, via)


def _leaving(ways: Ways, names: _Names) -> Iterator[Told]:
    """To addresses outside; ranges that are treated alike are one end."""
    network = ways.network
    alike: dict[tuple[int, Bounds], Ranges] = {}
    for at, addresses in enumerate(network.destinations.classes):
        for flow in network.out_to(at):
            for source in bits(flow.sources.maybe):
                key = (source, network.outward_to(source, at))
                alike[key] = alike.get(key, NOTHING) | addresses
    for (source, passing), addresses in alike.items():
        for part, carried in _carried(ways, source, addresses, passing):
            for verdict, held, reason in _split(carried):
                for name, address in names.members[source]:
                    yield Told(name, outside_name(part), held, verdict, reason, address, _ranges(part))


def _carried(ways: Ways, source: int, addresses: Ranges, passing: Bounds) -> Iterator[tuple[Ranges, Bounds]]:
    """What of it the networks around the cluster carry to the internet, where the scan holds them."""
    world = addresses & INTERNET
    around = ways.around(source)
    if around is None or not world or not passing.maybe:
        yield addresses, passing
        return
    if addresses - INTERNET:
        yield addresses - INTERNET, passing
    answer = around.from_machine(world, passing.maybe)
    carried = passing.only(answer.connections)
    yield world, carried if answer.verdict is not Reach.POSSIBLE else carried.unsure(answer.reason)


def _split(passing: Bounds) -> Iterator[tuple[Reach, Ranges, str]]:
    """The sure part, and what may come on top of it."""
    if passing.sure:
        yield Reach.REACHABLE, passing.sure, ""
    rest = passing.maybe - passing.sure
    if rest:
        yield Reach.POSSIBLE, rest, "; ".join(passing.why)


def _ranges(addresses: Ranges) -> list[str]:
    return ["0.0.0.0/0", "::/0"] if addresses in (INTERNET, EVERYWHERE) else cidr_texts(addresses)


def _end(name: str, held: str | list[str]) -> dict[str, Any]:
    return {"name": name, "node": held} if isinstance(held, str) else {"name": name, "cidrs": held}
