"""Flows that the head lets through and the base did not: the internet first, then what crosses tiers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from scanner.analysis.network.atoms import (
    ANYTHING,
    EVERYWHERE,
    NOTHING,
    Ranges,
    by_protocol,
    cidrs,
    connection_text,
    described,
)
from scanner.analysis.network.atoms import INTERNET as WORLD
from scanner.analysis.network.aws_filters import covers_internet
from scanner.analysis.network.flows import Flows, flows
from scanner.analysis.network.told import Told, outside_name
from scanner.analysis.network.verdict import Reach
from scanner.cli.ask.reach import pair, steps_told
from scanner.cli.diff.change import FLOW, INTERNET, Entry, Place
from scanner.cli.diff.exposed import coming
from scanner.cli.diff.pairs import Pairs
from scanner.cli.diff.sides import Side, Sides
from scanner.graph.columns import Graph
from scanner.model.finding import Severity
from scanner.model.layer import Tier
from scanner.model.location import Location
from scanner.model.matrix import INTERNET as ZONE

OUTSIDE = ""  # an end outside the scan, whose addresses stand beside it
_MANY = 64  # ports that count as few
_NOT_SURE = "whether the base let it through is not known"
_MOST_PATHS = 200  # entries whose way is looked up

Block = tuple[Ranges, Ranges]  # addresses outside (everything between two nodes) and connections
Key = tuple[str, str]  # addresses of both ends in the head; OUTSIDE for one


class Flow(NamedTuple):
    """What is new of one pair of ends."""

    source: str
    target: str
    outside: Ranges
    connections: Ranges
    via: tuple[str, ...]
    certain: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Reached:
    """The entries, how many pairs of ends no longer speak, and what was assumed of the head."""

    entries: list[Entry]
    closed: int
    assumptions: tuple[str, ...]


def newly_reachable(sides: Sides, pairs: Pairs) -> Reached:
    """Compare all flows of both sides."""
    before, after = (flows(each.asked.graph, each.config, secured=False) for each in (sides.base, sides.head))
    was = _by_ends(_all(sides.base, before), pairs.name)
    now = _by_ends(_all(sides.head, after), str)
    fresh = [flow for key in sorted(now) for flow in _new(key, now[key], was.get(key, []))]
    writer = _Writer(sides, pairs)
    closed = sum(1 for key in was if key not in now)
    entries = [writer.entry(group) for group in _grouped(fresh, writer)]
    return Reached(sorted(entries, key=lambda each: each.order), closed, after.assumptions)


def _all(side: Side, told: Flows) -> Iterator[Told]:
    """The flows of a side, those from the internet to a cloud's nodes by the addresses that they are open to."""
    yield from coming(side.asked.graph)
    yield from (each for each in told.flows if not (_is_cloud(each.destination_id) and each.source == "internet"))


def _is_cloud(end: str | list[str]) -> bool:
    return isinstance(end, str) and not end.startswith("k8s:")


def _by_ends(told: Iterable[Told], name: Any) -> dict[Key, list[Told]]:
    found: dict[Key, list[Told]] = defaultdict(list)
    called: dict[str, str] = {}
    for each in told:
        source, target = each.source_id, each.destination_id
        for end in (source, target):
            if isinstance(end, str) and end not in called:
                called[end] = name(end)
        ends = (
            called[source] if isinstance(source, str) else OUTSIDE,
            called[target] if isinstance(target, str) else OUTSIDE,
        )
        found[ends].append(each)
    return found


def _new(key: Key, now: Sequence[Told], was: Sequence[Told]) -> Iterator[Flow]:
    """What certainly was not possible before: certain, or possible now."""
    if _unchanged(now, was):
        return
    before = [_block(each) for each in was]
    sure = [_block(each) for each in was if each.verdict is Reach.REACHABLE]
    is_sure = [_block(each) for each in now if each.verdict is Reach.REACHABLE]
    for each in now:
        certain = each.verdict is Reach.REACHABLE
        for addresses, held in _minus(_block(each), before if certain else [*before, *is_sure]):
            yield Flow(*key, addresses, held, each.via, certain, each.reason)
        if not certain:
            continue
        for piece in _minus(_block(each), sure):
            for addresses, held in _minus(piece, _minus(piece, before)):  # what may have been possible before
                yield Flow(*key, addresses, held, each.via, certain=False, reason=_NOT_SURE)


def _unchanged(now: Sequence[Told], was: Sequence[Told]) -> bool:
    """Whether the same is told of a pair of ends: of nearly all pairs it is, and nothing is new then."""
    return len(now) == len(was) and all(
        one.connections is other.connections
        and one.verdict is other.verdict
        and (isinstance(one.source_id, str) or (one.source, one.source_id) == (other.source, other.source_id))
        and (
            isinstance(one.destination_id, str)
            or (one.destination, one.destination_id) == (other.destination, other.destination_id)
        )
        for one, other in zip(now, was, strict=True)
    )


def _block(each: Told) -> Block:
    for end, name in ((each.source_id, each.source), (each.destination_id, each.destination)):
        if not isinstance(end, str):
            return (WORLD if name == "internet" else cidrs(end)), each.connections
    return EVERYWHERE, each.connections


def _minus(block: Block, others: Iterable[Block]) -> list[Block]:
    """What is left of addresses and connections when others are taken away."""
    left = [block]
    for addresses, held in others:
        cut = []
        for mine, through in left:
            if mine - addresses:
                cut.append((mine - addresses, through))
            if mine & addresses and through - held:
                cut.append((mine & addresses, through - held))
        left = cut
    return left


# grouping


class _Alike(NamedTuple):
    """What flows share that are one entry, but for their ends."""

    what: str
    outside: Ranges
    connections: Ranges
    via: tuple[str, ...]
    certain: bool
    reason: str
    severity: Severity
    root: str


class _Group(NamedTuple):
    alike: _Alike
    sources: tuple[str, ...]
    targets: tuple[str, ...]


def _grouped(fresh: Sequence[Flow], writer: _Writer) -> Iterator[_Group]:
    """Flows as groups of ends: all of the first speak to all of the second."""
    pairs: dict[_Alike, dict[str, set[str]]] = {}
    for flow in fresh:
        pairs.setdefault(writer.alike(flow), {}).setdefault(flow.target, set()).add(flow.source)
    for alike, by_target in pairs.items():
        among: dict[frozenset[str], list[str]] = defaultdict(list)
        for target, sources in by_target.items():
            among[frozenset(sources | {target})].append(target)
        cliques = {target for targets in among.values() if len(targets) > 1 for target in targets}
        for everyone, targets in among.items():
            if len(targets) > 1:
                yield _Group(alike, tuple(sorted(everyone)), tuple(sorted(targets)))
        left: dict[frozenset[str], list[str]] = defaultdict(list)
        for target, sources in by_target.items():
            if target not in cliques:
                left[frozenset(sources)].append(target)
        for several, targets in left.items():
            yield _Group(alike, tuple(sorted(several)), tuple(sorted(targets)))


class _Writer:
    """Words and places of entries."""

    def __init__(self, sides: Sides, pairs: Pairs) -> None:
        self.sides = sides
        self.pairs = pairs
        self.graph = sides.head.asked.graph
        self.index_of = {str(address): index for index, address in enumerate(self.graph.addresses)}
        self._asked = 0

    def alike(self, flow: Flow) -> _Alike:
        what = INTERNET if flow.source == OUTSIDE and flow.outside & WORLD else FLOW
        severity = self._severity(flow, exposed=what == INTERNET)
        return _Alike(
            what, flow.outside, flow.connections, flow.via, flow.certain, flow.reason, severity,
            self._root(flow),
        )  # fmt: skip

    def _root(self, flow: Flow) -> str:
        """The root of Terraform that a flow lies in: each is applied, and changed, by itself."""
        index = self.index_of.get(flow.target, self.index_of.get(flow.source))
        address = self.graph.addresses[index] if index is not None else None
        return address.root if address is not None and address.scheme == "tf" else ""

    def _severity(self, flow: Flow, *, exposed: bool) -> Severity:
        """By the matrix of tiers: those of before of what was there before, since publishing makes external."""
        here, there = self._tier(flow.source, flow.outside), self._tier(flow.target, flow.outside)
        relays = frozenset(self.graph.kind(self.index_of[each]).name for each in flow.via if each in self.index_of)
        cell = self.sides.head.config.matrix.cell(here, there)
        permitted = cell.permits(_ports(flow.connections), relays)
        if exposed and not covers_internet(flow.outside):
            return Severity.LOW if permitted else Severity.MEDIUM
        if exposed and not permitted:
            return Severity.CRITICAL if there == Tier.CORE.value else Severity.HIGH
        if exposed:
            return Severity.HIGH if there == Tier.UNDECLARED.value else Severity.MEDIUM
        if not permitted and OUTSIDE not in (flow.source, flow.target):
            return Severity.HIGH
        old = not any(self._is_new(each) for each in (flow.source, flow.target))
        return Severity.MEDIUM if old and flow.target != OUTSIDE else Severity.LOW

    def _tier(self, end: str, outside: Ranges) -> str:
        index = self.index_of.get(end)
        if index is None:
            return ZONE if outside & WORLD else Tier.UNDECLARED.value
        before = self.pairs.base_of.get(index)
        if self.graph.declared_tiers[index] is None and before is not None:
            return self.sides.base.asked.graph.tiers[before].value
        return self.graph.tiers[index].value

    def _is_new(self, end: str) -> bool:
        index = self.index_of.get(end)
        return index is not None and self.pairs.is_new(index)

    # writing

    def entry(self, group: _Group) -> Entry:
        alike, source, target = group.alike, group.sources[0], group.targets[0]
        if source == target and len(group.sources) > 1:
            source = group.sources[1]
        place, path = self._way(source, target, alike)
        through = f" through {', '.join(map(self._name, alike.via))}" if alike.via else ""
        word = "reach" if alike.certain else "may reach"
        verb = word if len(group.sources) > 1 or not alike.certain else "reaches"
        ports = _on(alike.connections)
        if group.sources == group.targets:
            message = f"{self._few(group.sources, alike)} {word} one another {ports}{through}"
        else:
            names = self._few(group.sources, alike), self._few(group.targets, alike)
            message = f"{names[0]} {verb} {names[1]} {ports}{through}"
        node = next((each for each in (*group.targets, *group.sources) if each != OUTSIDE), "")
        details = {
            "sources": self._ends(group.sources, alike),
            "destinations": self._ends(group.targets, alike),
            "connections": described(alike.connections),
            "via": list(alike.via),
            "tiers": [self._tier(source, alike.outside), self._tier(target, alike.outside)],
            "path": path,
        }
        return Entry(alike.what, alike.severity, message, node, place, alike.certain, alike.reason, details)

    def _ends(self, ends: Sequence[str], alike: _Alike) -> list[dict[str, Any]]:
        from scanner.analysis.network.atoms import cidr_texts  # noqa: PLC0415 - ends outside only

        return [
            {"node": each, "new": self._is_new(each)}
            if each != OUTSIDE
            else {
                "cidrs": ["0.0.0.0/0", "::/0"]
                if alike.outside in (WORLD, EVERYWHERE)
                else cidr_texts(alike.outside)
            }
            for each in ends
        ]

    def _few(self, ends: Sequence[str], alike: _Alike) -> str:
        """The first three ends by name, those that are new marked."""
        names = [f"{self._name(each)} (new)" if self._is_new(each) else self._name(each) for each in ends]
        if OUTSIDE in ends:
            everyone = alike.outside is WORLD or (alike.outside <= WORLD and covers_internet(alike.outside))
            names[ends.index(OUTSIDE)] = "the internet" if everyone else outside_name(alike.outside)
        if len(names) <= 3:
            return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        return f"{', '.join(names[:3])} and {len(names) - 3} more"

    def _name(self, address: str) -> str:
        index = self.index_of.get(address)
        return called(self.graph, index) if index is not None else address.rpartition("#")[2]

    def _way(self, source: str, target: str, alike: _Alike) -> tuple[Place, list[dict[str, Any]]]:
        """Where the change stands that opens the way: a step of the way that it wrote, or what it took away."""
        self._asked += 1
        if self._asked > _MOST_PATHS:
            return Place(None), []
        head, base = self.sides.head.asked, self.sides.base.asked
        ends = [self._end(each, alike.outside) for each in (source, target)]
        path = list(steps_told(head, pair(head, ends[0], ends[1], None, None).path))
        places = [_place(each, "head") for each in path]
        before = [self.pairs.base_of.get(each) if isinstance(each, int) else each for each in ends]
        if before[0] is not None and before[1] is not None:
            stood = pair(base, before[0], before[1], None, None).blocked_by
            places += [_place(each, "base") for each in steps_told(base, stood)]
        places += self._declared(source, target)
        return self.sides.lines.chosen(places), path

    def _end(self, end: str, outside: Ranges) -> int | Ranges:
        if end == OUTSIDE:
            return WORLD if covers_internet(outside) and outside <= WORLD else outside
        return self.index_of[end]

    def _declared(self, source: str, target: str) -> Iterator[Place]:
        """Where the ends are written, the new ones first."""
        for each in sorted((target, source), key=lambda end: not self._is_new(end)):
            index = self.index_of.get(each)
            if index is not None:
                yield from declared(self.sides.head, index)


def held_by(side: Side, index: int, holder: int | None) -> Iterator[Place]:
    """Where it is written that a principal holds what another node says: its policies, its groups."""
    graph, files = side.asked.graph, side.asked.built.target.tree.files
    if holder is None or holder == index:
        return
    through = [index, *graph.targets("member_of", index)]
    for relation, one, other in [("attaches", each, holder) for each in through] + [
        ("member_of", index, each) for each in through[1:]
    ]:
        span = graph.edge_span(relation, one, other)
        if span is not None and span.path:
            yield Place(files.locate(span))


def declared(side: Side, index: int) -> Iterator[Place]:
    """Where a node is written: the calls of its modules, outermost first, its header, its block."""
    graph, files = side.asked.graph, side.asked.built.target.tree.files
    yield from (Place(files.locate(each.span)) for each in graph.calls[index])
    for span in (graph.spans[index], graph.bodies[index]):
        if span is not None and span.path:
            yield Place(files.locate(span))


def _place(step: dict[str, Any], side: str) -> Place:
    location = Location(**step["location"]) if step["location"] else None
    return Place(location, side, step["note"])


def called(graph: Graph, index: int) -> str:
    """What a node is called in a sentence: its kind and name; of several roots, in which."""
    address = graph.addresses[index]
    if address.scheme != "k8s":
        several = sum(graph.addresses[each].scheme == "tf" for each in graph.nodes("root")) > 1
        return f"{address.name} ({address.root})" if several and address.scheme == "tf" else address.name
    _, kind, namespace, name = (address.name.split("/", 3) + [""] * 4)[:4]
    return f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"


def _on(held: Ranges) -> str:
    return "on any port" if held is ANYTHING else f"on {connection_text(held)}"


def _ports(held: Ranges) -> frozenset[int] | None:
    """The ports of connections where these are few, None otherwise."""
    if held is ANYTHING or held is NOTHING:
        return None
    spans = [span for _, each in by_protocol(held) for span in each]
    if sum(last - first + 1 for first, last in spans) > _MANY:
        return None
    return frozenset(port for first, last in spans for port in range(first, last + 1))
