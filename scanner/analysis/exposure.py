"""Ways from the internet to what stands on AWS networks, and flows between tiers that the matrix does not permit.

Derived attributes, worked out when the first of them is read: `exposures`, `crossings`, `departures`. Nodes that
are filtered, routed and forwarded to alike are asked about once.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence

from scanner.analysis.network.atoms import ANYTHING, STREAMS, Ranges, by_protocol, connection_text
from scanner.analysis.network.aws import Cloud, cloud, form
from scanner.analysis.network.aws_admitting import Admitting
from scanner.analysis.network.aws_cut import smallest_cut, told
from scanner.analysis.network.aws_filters import covers_internet
from scanner.analysis.network.aws_outcome import Outcome, outcome
from scanner.analysis.network.aws_points import Point
from scanner.analysis.network.aws_reach import Reacher
from scanner.analysis.network.aws_services import NET
from scanner.analysis.network.aws_world import Group
from scanner.analysis.network.verdict import Step
from scanner.graph.columns import Graph
from scanner.model.layer import Tier
from scanner.model.matrix import INTERNET, Matrix
from scanner.model.value import Unknown, Value

KINDS = ("instance", "instance_group", "function", "cluster", "node_group", "container_service", "file_system",
         "database", "cache", "stream", "load_balancer")  # fmt: skip
# Kinds that run what their owner wrote: they start sessions; the others answer.
STARTING = ("instance", "instance_group", "function", "node_group", "container_service")
_MOST_WEIGHED = 200_000  # of ends whose groups are looked at
_MOST_PAIRS = 5_000  # of ends that are asked about; what lies beyond is said to be unknown
_TOO_MANY = Unknown("there are more pairs of ends than are asked about")


def _nodes(graph: Graph) -> Iterator[int]:
    for kind in KINDS:
        for index in graph.nodes(kind):
            if graph.peek(index, "provider") == "aws" and index not in graph.stand_ins:
                yield index


# from the internet


def find_exposures(graph: Graph, matrix: Matrix) -> None:
    """Set `exposures` of every node that has interfaces."""
    of = cloud(graph)
    known: dict[object, list[Value]] = {}
    members: dict[object, int] = {}
    keys = {}
    for index in _nodes(graph):
        keys[index] = key = of.alike(index, receiving=True)
        members[key] = members.get(key, 0) + 1
    today = _today()
    for index, key in keys.items():
        if key not in known:
            known[key] = list(_ways(of, index))
        graph.set(
            index,
            "exposures",
            [
                {**each, "alike": members[key], "permitted": _granted(graph, matrix, index, each, today)}
                for each in known[key]
            ],
        )
    for kind in KINDS:
        for index in graph.nodes(kind):
            if index not in keys:
                graph.set(index, "exposures", [])


def _granted(graph: Graph, matrix: Matrix, index: int, way: dict[str, Value], today: str) -> bool:
    """Whether the matrix lets the internet come to a node this way."""
    ports = way["ports"]
    held = None if ports is None else frozenset(ports)
    if matrix.cell(INTERNET, graph.tiers[index].value).permits(held, frozenset(way["relays"])):
        return True
    address = str(graph.addresses[index])
    return any(each.covers(INTERNET, address, held, today) for each in matrix.exceptions)


def _today() -> str:
    return datetime.datetime.now(tz=datetime.UTC).date().isoformat()


def _ways(of: Cloud, index: int) -> Iterator[dict[str, Value]]:
    """The best way in of each sort: direct, and through each chain of relays."""
    if _out_of_sight(of, index):
        return
    seen: set[tuple[int, ...]] = set()
    for reacher, certain in ((of.certain, True), (of.hopeful, False)):

        def ask(reacher: Reacher = reacher) -> list[Outcome]:
            return reacher.to((NET,), index, ANYTHING)

        for found in _distinct(ask()):
            if found.via not in seen:
                seen.add(found.via)
                yield _told(of, found, ask, certain=certain)


def _out_of_sight(of: Cloud, index: int) -> bool:
    """Whether nothing needs to be asked: private interfaces only, no relay, no name that AWS serves."""
    if of.graph.kind(index).name in ("load_balancer", "cluster", "function", "container_service", "database"):
        return False
    if of.relays.into(index):
        return False
    return all(_never(each.public) and _never(each.six) for each in of.reacher_doors(index))


def _never(value: Value) -> bool:
    return not isinstance(value, Unknown) and not value


def _distinct(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Of those that arrive, one for each chain of relays, with all that arrives over it."""
    best: dict[tuple[int, ...], Outcome] = {}
    for each in outcomes:
        if each.arrives:
            held = best[each.via].held | each.held if each.via in best else each.held
            shorter = each.via not in best or len(each.steps) < len(best[each.via].steps)
            chosen = each if shorter else best[each.via]
            best[each.via] = Outcome(held, chosen.steps, (), chosen.reasons, chosen.via, chosen.sources)
    return [best[via] for via in sorted(best, key=lambda each: (len(each), each))]


def _told(of: Cloud, outcome: Outcome, ask: Callable[[], list[Outcome]], *, certain: bool) -> dict[str, Value]:
    """One way, with the smallest set of lines that ends every way of its sort."""
    graph, everyone = of.graph, _of_the_world(outcome)
    steps = tuple(dict.fromkeys(outcome.steps))

    def again() -> list[Outcome]:
        return [each for each in ask() if each.via == outcome.via and _of_the_world(each) >= everyone]

    return {
        "direct": not outcome.via,
        "via": [str(graph.addresses[each]) for each in outcome.via],
        "relays": [graph.kind(each).name for each in outcome.via],
        "connections": connection_text(outcome.held),
        "ports": sorted(ports) if (ports := _ports(outcome.held)) is not None else None,
        "world": _of_the_world(outcome),
        "certain": certain,
        "reason": "; ".join(dict.fromkeys(outcome.reasons)) if not certain else "",
        "because": [_because(graph, step.node, step) for step in steps if step.node is not None],
        "cut": told(graph, smallest_cut(of.world, again)),
    }


def _of_the_world(outcome: Outcome) -> bool:
    """Whether everyone comes this way, or some addresses only."""
    return covers_internet(outcome.sources) or bool(outcome.via)


def _because(graph: Graph, node: int, step: Step) -> dict[str, Value]:
    return {"node": str(graph.addresses[node]), "at": step.attribute, "note": step.note, "relation": ""}


# between tiers


def find_crossings(graph: Graph, matrix: Matrix) -> None:
    """Set `crossings` and `departures` of every node that has interfaces."""
    _Crossings(graph, matrix).judge()


class _Crossings:
    """Asks about pairs of nodes whose tiers the matrix keeps apart."""

    def __init__(self, graph: Graph, matrix: Matrix) -> None:
        self.graph, self.matrix, self.of = graph, matrix, cloud(graph)
        self.admitting = Admitting(self.of.world)
        self.today = _today()
        self.into: dict[int, list[Value]] = {}
        self.out: dict[int, list[Value]] = {}
        self.asked = self.weighed = 0

    def judge(self) -> None:
        by_tier: dict[str, list[int]] = {}
        for index in _nodes(self.graph):
            tier = self.graph.tiers[index]
            if tier is not Tier.UNDECLARED:
                by_tier.setdefault(tier.value, []).append(index)
        for source, senders in sorted(by_tier.items()):
            starting = [each for each in senders if self.graph.kind(each).name in STARTING]
            for target, receivers in sorted(by_tier.items()):
                if self._limits(source, target):
                    self._between(source, starting, target, receivers)
            if self._limits(source, INTERNET):
                self._leaving(source, starting)
        for kind in KINDS:
            for index in self.graph.nodes(kind):
                self.graph.set(index, "crossings", self.into.get(index, []))
                self.graph.set(index, "departures", self.out.get(index, []))

    def _limits(self, source: str, target: str) -> bool:
        cell = self.matrix.cell(source, target)
        return source != target and (not cell.allow or bool(cell.ports) or bool(cell.via))

    def _between(self, source: str, senders: Sequence[int], target: str, receivers: Sequence[int]) -> None:
        """One witness for each receiver: who of the other tier reaches it."""
        chosen = [
            (*each, self.admitting.sending(self.of.senders(each[0])))
            for each in _representatives(self.of, senders)
            if self._speaks(each[0])
        ]
        for receiver in receivers:
            taking = self.admitting.taking(self.of.reacher_doors(receiver)) if chosen else ()
            for sender, alike, sending in chosen:
                self.weighed += 1
                if self.asked >= _MOST_PAIRS or self.weighed >= _MOST_WEIGHED:
                    self.into.setdefault(receiver, []).append(_TOO_MANY)
                    break
                if sender == receiver or not self.admitting.admitted(sending, taking):
                    continue
                self.asked += 1
                if self._flow(source, sender, target, receiver, alike):
                    break

    def _speaks(self, index: int) -> bool:
        """Whether a node's groups let anything out: one that is silent starts nothing."""
        points = [each for each in self.of.senders(index) if isinstance(each, Point)]
        return not points or any(
            each.groups is None or each.why is not None or any(_lets_out(group) for group in each.groups)
            for each in points
        )

    def _flow(self, source: str, sender: int, target: str, receiver: int, alike: int) -> bool:
        ends = self.of.senders(sender)
        for reacher, certain in ((self.of.certain, True), (self.of.hopeful, False)):

            def ask(reacher: Reacher = reacher) -> list[Outcome]:
                return _inside(reacher, ends, receiver)

            for found in _distinct(ask()):
                if not self._permitted(source, sender, target, str(self.graph.addresses[receiver]), found.held):
                    way = _told(self.of, found, ask, certain=certain)
                    way.update({"alike": alike, "from": source, "to": target, "exposed": self._exposed(sender)})
                    self.into.setdefault(receiver, []).append({**way, "node": self._name(sender)})
                    self.out.setdefault(sender, []).append({**way, "node": self._name(receiver)})
                    return certain
        return False

    def _exposed(self, index: int) -> bool:
        """Whether the internet comes to a node by itself, or may: not through a balancer or another relay."""
        ways = self.graph.peek(index, "exposures")
        return isinstance(ways, Unknown) or any(isinstance(each, Unknown) or each["direct"] for each in ways or ())

    def _leaving(self, source: str, senders: Sequence[int]) -> None:
        for sender, alike in _representatives(self.of, senders):
            ends = self.of.senders(sender)
            for reacher, certain in ((self.of.certain, True), (self.of.hopeful, False)):

                def ask(reacher: Reacher = reacher, ends: Sequence[object] = ends) -> list[Outcome]:
                    return _out(reacher, ends)

                found = _distinct(ask())
                if found and not self._permitted(source, sender, INTERNET, INTERNET, found[0].held):
                    way = {**_told(self.of, found[0], ask, certain=certain), "alike": alike, "from": source}
                    self.out.setdefault(sender, []).append({**way, "to": INTERNET, "node": INTERNET})
                    break

    def _permitted(self, source: str, sender: int, target: str, receiver: str, held: Ranges) -> bool:
        ports = _ports(held)
        if self.matrix.cell(source, target).permits(ports, frozenset()):
            return True
        return any(each.covers(self._name(sender), receiver, ports, self.today) for each in self.matrix.exceptions)

    def _name(self, index: int) -> str:
        return str(self.graph.addresses[index])


def _lets_out(group: Group) -> bool:
    return group.why is not None or any(
        isinstance(rule, Unknown) or isinstance(rule["direction"], Unknown) or rule["direction"] == "out"
        for rule in group.rules
    )


def _ports(held: Ranges) -> frozenset[int] | None:
    """The ports of some connections; None where they are not a few, or not ports."""
    spans = [span for _, found in by_protocol(held & STREAMS) for span in found]
    if held - STREAMS or any(last - first >= 256 for first, last in spans):
        return None
    return frozenset(port for first, last in spans for port in range(first, last + 1))


def _out(reacher: Reacher, ends: Sequence[object]) -> list[Outcome]:
    points = [each for each in ends if isinstance(each, Point)]
    return [outcome(trip) for each in points for trip in reacher.between(each, NET, ANYTHING)]


def _inside(reacher: Reacher, ends: Sequence[object], receiver: int) -> list[Outcome]:
    """By private ways only: what comes over the internet is an exposure."""
    points = [each for each in ends if isinstance(each, Point)]
    doors = reacher.doors(receiver)
    return [
        outcome(trip)
        for each in points
        for door in doors
        for trip in reacher.sessions.between(each, door, ANYTHING)
    ]


def _representatives(of: Cloud, nodes: Sequence[int]) -> list[tuple[int, int]]:
    """One node of each class, with how many are like it."""
    found: dict[object, tuple[int, int]] = {}
    for index in nodes:
        ends = of.senders(index)
        key: object = tuple(form(each) if isinstance(each, Point) else each.name for each in ends) or index
        first, count = found.get(key, (index, 0))
        found[key] = (first, count + 1)
    return list(found.values())
