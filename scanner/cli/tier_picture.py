"""The picture of tiers: who stands on which, and the flows that cross from one to another.

What is alike (the same tier and kind, the same flows to and from the same ends) is one box, so that a cluster of
many workloads stays readable; what no flow across tiers touches is counted in the title of its tier.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from scanner.analysis.network.atoms import ALL_FOUR, ANYTHING, Ranges, by_protocol, cidrs, connection_text
from scanner.analysis.network.atoms import INTERNET as WORLD
from scanner.analysis.network.flows import flows
from scanner.analysis.network.told import Told
from scanner.analysis.network.verdict import Reach
from scanner.config import Config
from scanner.graph.columns import Graph
from scanner.model.matrix import INTERNET, ZONES

_REST = "undeclared"
_ELSEWHERE = "private networks"  # no tier, so that nothing crosses to it
_FEW, _MANY = 3, 64  # names of a box that are shown; ports that count as few
_LONGEST = 40
STANDING = frozenset(
    ("instance", "instance_group", "function", "cluster", "node_group", "container_service", "file_system",
     "database", "cache", "stream", "load_balancer", "workload", "service", "ingress", "api", "distribution")
)  # fmt: skip


class Edge(NamedTuple):
    """One flow between two ends: what passes, whether that is certain, and whether the matrix permits it."""

    source: str
    target: str
    text: str
    certain: bool
    permitted: bool


@dataclass(slots=True)
class Box:
    """Ends that are alike."""

    zone: str
    kind: str
    names: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        shown = ", ".join(sorted(self.names)[:_FEW])
        if len(self.names) == 1:
            return f"{self.kind}: {shown}" if self.kind else shown
        more = f" and {len(self.names) - _FEW} more" if len(self.names) > _FEW else ""
        return f"{len(self.names)} x {self.kind}: {shown}{more}"


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes by number and zone, edges between them, and how many ends of each zone are not shown."""

    boxes: Sequence[Box]
    edges: Sequence[tuple[int, int, Edge]]
    hidden: dict[str, int]
    assumptions: tuple[str, ...]

    def zones(self) -> Iterator[tuple[str, str, list[int]]]:
        """(zone, its title, its boxes) from the outside in."""
        for zone in (*ZONES, _REST):
            inside = [number for number, each in enumerate(self.boxes) if each.zone == zone]
            hidden = self.hidden.get(zone, 0)
            title = f"{zone} ({hidden} more without flows across tiers)" if hidden else zone
            if inside or hidden:
                yield zone, title, inside


def picture(graph: Graph, config: Config) -> Picture:
    """The picture of a graph."""
    told = flows(graph, config)
    index_of = {str(address): index for index, address in enumerate(graph.addresses)}
    zone_of = {text: graph.tiers[index].value for text, index in index_of.items()}
    edges = dict.fromkeys(edge for each in told.flows for edge in _edges(graph, config, index_of, zone_of, each))
    ends: dict[str, tuple[str, str, str]] = {}
    for edge in edges:
        for end in (edge.source, edge.target):
            index = index_of.get(end)
            kind = graph.kind(index).name if index is not None else ""
            ends[end] = (
                zone_of.get(end, INTERNET),
                kind,
                graph.addresses[index].name if index is not None else end,
            )
    boxes, box_of = _boxes(ends, list(edges))
    joined = dict.fromkeys((box_of[edge.source], box_of[edge.target], edge._replace(source="", target=""))
                           for edge in edges)  # fmt: skip
    hidden = Counter(
        graph.tiers[index].value
        for text, index in index_of.items()
        if text not in ends and graph.kind(index).name in STANDING and index not in graph.stand_ins
    )
    return Picture(boxes, list(joined), dict(hidden), told.assumptions)


def _edges(
    graph: Graph, config: Config, index_of: dict[str, int], zone_of: dict[str, str], each: Told
) -> Iterator[Edge]:
    """The hops of a flow whose ends stand on different tiers, by way of its relays."""
    source, target = _end(each.source_id, each.source), _end(each.destination_id, each.destination)
    here, there = zone_of.get(source, _zone(source)), zone_of.get(target, _zone(target))
    if here == there or _ELSEWHERE in (here, there):
        return
    relays = frozenset(graph.kind(index_of[via]).name for via in each.via if via in index_of)
    permitted = config.matrix.cell(here, there).permits(_ports(each.connections), relays)
    certain = each.verdict is Reach.REACHABLE
    hops = [source, *each.via, target]
    for one, other in pairwise(hops):
        text = _shown(each.connections) if other == target else ""
        yield Edge(one, other, text, certain, permitted)


def _end(held: str | list[str], name: str) -> str:
    """An end by its address in the graph; everyone outside by one name, private ranges by another."""
    if isinstance(held, str):
        return held
    outside = cidrs(held)
    if not outside & WORLD:
        return _ELSEWHERE
    return INTERNET if outside >= (WORLD & ALL_FOUR) else name


def _zone(end: str) -> str:
    return _ELSEWHERE if end == _ELSEWHERE else INTERNET


def _ports(held: Ranges) -> frozenset[int] | None:
    """The ports of connections where these are few, None otherwise."""
    found: set[int] = set()
    for _, spans in by_protocol(held) if held is not ANYTHING else ():
        for first, last in spans:
            if last - first + len(found) > _MANY:
                return None
            found |= set(range(first, last + 1))
    return frozenset(found) if held is not ANYTHING else None


def _shown(held: Ranges) -> str:
    text = connection_text(held)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _boxes(ends: dict[str, tuple[str, str, str]], edges: Sequence[Edge]) -> tuple[list[Box], dict[str, int]]:
    """Ends that have the same flows to and from the same ends in one box."""
    around: dict[str, set[tuple[str, ...]]] = {end: set() for end in ends}
    for edge in edges:
        rest = (edge.text, str(edge.certain), str(edge.permitted))
        around[edge.source].add(("to", edge.target, *rest))
        around[edge.target].add(("from", edge.source, *rest))
    numbers: dict[object, int] = {}
    boxes: list[Box] = []
    box_of = {}
    for end, (zone, kind, name) in ends.items():
        number = numbers.setdefault((zone, kind, frozenset(around[end])), len(boxes))
        if number == len(boxes):
            boxes.append(Box(zone, kind))
        boxes[number].names.append(name)
        box_of[end] = number
    return boxes, box_of
