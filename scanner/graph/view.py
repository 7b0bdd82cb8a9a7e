"""The view that rules and analyses run on: one node for each thing, however many planes show it.

Of what is seen live and in code, the live values count (where they are known) and the code's places are shown, so
that a finding stands where it can be mended. Relations are lifted: what one twin points at, the one node does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from scanner.graph.columns import NOT_MAPPED, Facts, Graph
from scanner.model.resource import Plane
from scanner.model.value import Unknown, Value

# Which twin's values count: the first that knows.
_TRUTH = (Plane.LIVE, Plane.PLANNED, Plane.RECORDED, Plane.DECLARED)
# Which twin's places are shown: where a person would change it.
_SHOWN = (Plane.DECLARED, Plane.PLANNED, Plane.RECORDED, Plane.LIVE)


def view(graph: Graph, twins: Sequence[Sequence[int]]) -> Graph:
    """The graph in which each of the classes in `twins` is one node; the same graph where there are none."""
    if not twins:
        return graph
    classes = {index: tuple(members) for members in twins for index in members}
    seen = Graph()
    seen.facts, seen.environments, seen.read_whole = graph.facts, graph.environments, graph.read_whole
    seen.secrets, seen.own = graph.secrets, graph.own
    seen.read_partly, seen.unread, seen.collected = graph.read_partly, graph.unread, graph.collected
    new: dict[int, int] = {}
    for index in range(len(graph)):
        if index in new:
            continue
        members = classes.get(index, (index,))
        here = _add(seen, graph, members)
        new.update(dict.fromkeys(members, here))
    _relations(seen, graph, classes, new)
    seen.stand_ins = {new[each] for each in graph.stand_ins}
    seen.ignores = {new[index]: told for index, told in graph.ignores.items()}
    old = {here: index for index, here in new.items()}
    seen.named = lambda index, text: [new[each] for each in graph.named(old[index], text)]
    return seen


def _add(seen: Graph, graph: Graph, members: Sequence[int]) -> int:
    shown = _first(graph, members, _SHOWN)
    kind = graph.kind(shown)
    values = {name: _value(graph, members, name) for name, _ in graph.attributes(shown)}
    derived = {each.name for each in kind.attributes if each.derived}
    index = seen.add(
        Facts(
            address=graph.addresses[shown],
            kind=kind.name,
            plane=graph.planes[_first(graph, members, _TRUTH)],
            span=graph.spans[shown],
            attributes={name: value for name, value in values.items() if name not in derived},
            origins=graph.origins[shown],
            calls=graph.calls[shown],
            folded=tuple(dict.fromkeys(each for member in members for each in graph.folded[member])),
            layer=graph.layers[shown],
            body=graph.bodies[shown],
            explains=graph.explains[shown],
        )
    )
    if len(members) > 1:
        seen.twins[index] = tuple(graph.addresses[each] for each in members if each != shown)
        seen.seen_in[index] = tuple(sorted({graph.planes[each] for each in members}, key=list(Plane).index))
    return index


def _first(graph: Graph, members: Iterable[int], order: Sequence[Plane]) -> int:
    return min(members, key=lambda index: (order.index(graph.planes[index]), index))


def _value(graph: Graph, members: Sequence[int], name: str) -> Value:
    """What the most truthful twin says that knows; what no live call tells, the code may."""
    ordered = sorted(members, key=lambda index: _TRUTH.index(graph.planes[index]))
    said = [graph.peek(index, name) for index in ordered]
    known = [value for value in said if not isinstance(value, Unknown)]
    if known and (known[0] is not None or len(known) == 1):
        return known[0]
    told = next((value for value in said if value is not NOT_MAPPED), said[0])
    return known[0] if known else told


def _relations(seen: Graph, graph: Graph, classes: Mapping[int, tuple[int, ...]], new: Mapping[int, int]) -> None:
    """Edges between the new nodes: of a relation that the live twin has, the live edges alone."""
    for name, edges in graph.relations():
        for source, targets in edges.items():
            if _overruled(graph, name, source, classes):
                continue
            for target in targets:
                if new[source] != new[target]:
                    seen.relate(name, new[source], new[target], graph.edge_span(name, source, target))
    for (name, index), why in graph.open_relations():
        if not _overruled(graph, name, index, classes):
            seen.open(name, new[index], why, graph.open_span(name, index))
    for (name, index), why in graph.open_inverse_relations():
        if not _read_live(graph, index, classes):
            seen.open_in(name, new[index], why)


def _overruled(graph: Graph, name: str, index: int, classes: Mapping[int, tuple[int, ...]]) -> bool:
    """Whether what the code says of a relation yields to what was read live."""
    if graph.planes[index] is Plane.LIVE:
        return False
    live = [each for each in classes.get(index, ()) if graph.planes[each] is Plane.LIVE]
    return any(graph.targets(name, each) for each in live)


def _read_live(graph: Graph, index: int, classes: Mapping[int, tuple[int, ...]]) -> bool:
    """Whether a node of the code is seen live too, so that what may point at it was read."""
    twins = classes.get(index, ())
    return graph.planes[index] is not Plane.LIVE and any(graph.planes[each] is Plane.LIVE for each in twins)
