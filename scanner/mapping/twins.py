"""Which nodes are the same thing seen in two planes.

First by names that are unique: an ARN or id (which a state records for code), or a bucket's, role's or queue's own
name in its account and region. Then by how things stand: of what is left, two nodes of one kind are one thing when
no other pair agrees as well on their names, their tags and ranges, and on the things already paired beside them.
Where the code does not say which account or region it is applied to, that decides nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from scanner.graph.columns import Graph
from scanner.model.resource import Plane
from scanner.model.value import Unknown, Value, unwrap

EXACT, NAME, LIKENESS = "exact", "name", "likeness"
# Attributes that tell things of one kind apart where their names do not.
_TELLING = ("cidr", "cidrs", "port", "protocol", "endpoint", "scheme", "record_type", "ports")
# Kinds of which an account, or a region, has one at most.
_SINGLE = frozenset(("password_policy", "detector", "account"))
_WEIGHTS = {"name": 4, "beside": 2, "told": 1, "single": 1}
_ROUNDS = 4


class Twins(NamedTuple):
    """A thing in the live plane and its nodes in code, and how sure that is."""

    live: int
    code: tuple[int, ...]
    confidence: str

    @property
    def members(self) -> tuple[int, ...]:
        return (self.live, *self.code)


def twins(graph: Graph, named: Mapping[str, Sequence[int]]) -> list[Twins]:
    """The things that several planes show; `named` has nodes by what they answer to."""
    if not any(plane is Plane.LIVE for plane in graph.planes):
        return []
    found = _Found(graph)
    for text, nodes in sorted(named.items()):
        if len(nodes) > 1:
            found.by_name(text, nodes)
    found.parts()
    for _ in range(_ROUNDS):
        if not found.by_likeness():
            break
        found.parts()
    return sorted(Twins(live, tuple(sorted(code)), found.sure[live]) for live, code in found.pairs.items())


class _Found:
    """The pairs so far."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.pairs: dict[int, set[int]] = defaultdict(set)
        self.sure: dict[int, str] = {}
        self.twin: dict[int, int] = {}  # of a node of code: the live one
        self._parts: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
        for index, address in enumerate(graph.addresses):
            parent, slash, part = address.name.rpartition("/")
            if slash and part:
                self._parts[address.scheme, address.root, parent][part] = index

    def pair(self, live: int, code: int, confidence: str) -> None:
        if code not in self.twin:
            self.twin[code] = live
            self.pairs[live].add(code)
            self.sure.setdefault(live, confidence)

    def by_name(self, text: str, nodes: Sequence[int]) -> None:
        """Pair nodes that answer to one name, where only one live thing fits."""
        graph = self.graph
        exact = text.startswith("arn:")
        live = [each for each in nodes if graph.planes[each] is Plane.LIVE]
        for each in nodes:
            if graph.planes[each] is Plane.LIVE:
                continue
            fitting = [other for other in live if self._same(each, other)]
            if len(fitting) == 1:
                self.pair(fitting[0], each, EXACT if exact else NAME)

    def _same(self, code: int, live: int) -> bool:
        """Whether two nodes may be one thing: of one kind, and no account or region contradicts the other."""
        if self.graph.kind(code).name != self.graph.kind(live).name:
            return False
        return all(self._agree(code, live, where) for where in ("account", "region"))

    def _agree(self, one: int, other: int, where: str) -> bool:
        ours, theirs = _text(self.graph, one, where), _text(self.graph, other, where)
        return ours == theirs if ours and theirs else True

    def parts(self) -> None:
        """Parts of twins (the trust of a role, a container) are twins: by what follows the whole's address."""
        for live, code in list(self.pairs.items()):
            theirs = self._parts_of(live)
            for each in sorted(code):
                for part, index in self._parts_of(each).items():
                    twin = theirs.get(part)
                    if twin is not None and self.graph.kind(twin).name == self.graph.kind(index).name:
                        self.pair(twin, index, self.sure[live])

    def _parts_of(self, index: int) -> dict[str, int]:
        address = self.graph.addresses[index]
        return self._parts.get((address.scheme, address.root, address.name), {})

    # what is left

    def by_likeness(self) -> int:
        """Pair what agrees best with one another and with no third as well; how many pairs that gave."""
        graph = self.graph
        left: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for index, plane in enumerate(graph.planes):
            if index in graph.stand_ins or graph.kind(index).name == "root":
                continue
            if plane is Plane.LIVE and index not in self.pairs:
                left[graph.kind(index).name][1].append(index)
            elif plane is not Plane.LIVE and index not in self.twin:
                left[graph.kind(index).name][0].append(index)
        return sum(self._likely(kind, *nodes) for kind, nodes in sorted(left.items()) if all(nodes))

    def _likely(self, kind: str, code: list[int], live: list[int]) -> int:
        theirs: dict[object, list[int]] = defaultdict(list)
        for each in live:
            for feature in self._features(kind, each, live=True):
                theirs[feature].append(each)
        scores: dict[tuple[int, int], int] = Counter()
        for each in code:
            for feature in self._features(kind, each, live=False):
                for other in theirs.get(feature, ())[:64]:  # a feature of more tells nothing
                    scores[each, other] += _WEIGHTS[feature[0]]
        fitting = {
            pair: score for pair, score in scores.items() if self._same(*pair) and not self._contradict(*pair)
        }
        best: dict[int, list[int]] = defaultdict(list)
        for (one, other), score in fitting.items():
            best[one].append(score)
            best[other].append(score)
        found = 0
        for (one, other), score in fitting.items():
            if all(max(best[each]) == score and best[each].count(score) == 1 for each in (one, other)):
                self.pair(other, one, LIKENESS)
                found += 1
        return found

    def _features(self, kind: str, index: int, *, live: bool) -> Iterator[tuple[str, object]]:
        """What tells a node apart: its name, telling attributes, and the paired things beside it."""
        graph = self.graph
        name = _text(graph, index, "name")
        if name:
            yield "name", name
        if kind in _SINGLE:
            yield "single", _service(_text(graph, index, "type"))
        columns = graph.tables[kind].columns
        for attribute in _TELLING:
            if attribute in columns:
                value = unwrap(graph.peek(index, attribute))
                if value is not None and not isinstance(value, Unknown):
                    yield "told", (attribute, repr(value))
        for relation, edges in graph.relations():
            for other in edges.get(index, ()):
                place = other if live else self.twin.get(other)
                if place is not None and (not live or other in self.pairs):
                    yield "beside", (relation, place)
            for other in graph.sources(relation, index):
                place = other if live else self.twin.get(other)
                if place is not None and (not live or other in self.pairs):
                    yield "beside", (relation, "by", place)

    def _contradict(self, code: int, live: int) -> bool:
        """Whether both have a name, and another. What has none in code is called by its id once it is there."""
        ours, theirs = _text(self.graph, code, "name"), _text(self.graph, live, "name")
        return bool(ours and theirs and ours != theirs and theirs not in self.graph.addresses[live].name)


def _service(type_: str) -> str:
    """`guardduty` of `aws_guardduty_detector` and of `AWS::GuardDuty::Detector`."""
    parts = type_.lower().replace("::", "_").split("_")
    return parts[1] if len(parts) > 1 else type_


def _text(graph: Graph, index: int, attribute: str) -> str:
    value: Value = unwrap(graph.peek(index, attribute))
    return value if isinstance(value, str) else ""
