"""Which nodes are the same thing seen in two planes: same kind, a name that both answer to, the same place.

A name of a thing (`id`, `arn`, a bucket's or role's name) is unique in its account and region, or in the world.
Where the code does not say which account or region it is applied to, the name alone decides if only one thing
answers to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from scanner.graph.columns import Graph
from scanner.model.resource import Plane
from scanner.model.value import unwrap

_CODE = (Plane.DECLARED, Plane.PLANNED, Plane.RECORDED)


def twins(graph: Graph, named: Mapping[str, Sequence[int]]) -> list[tuple[int, ...]]:
    """Classes of nodes that are one thing, the live one first; `named` has nodes by what they answer to."""
    if not any(plane is Plane.LIVE for plane in graph.planes):
        return []
    paired: dict[int, set[int]] = defaultdict(set)
    for text, nodes in named.items():
        if len(nodes) > 1:
            _pair(graph, text, nodes, paired)
    _parts(graph, paired)
    found = []
    claimed: set[int] = set()
    for live, others in sorted(paired.items()):
        rest = sorted(others - claimed)
        if rest:
            claimed.update(rest)
            found.append((live, *rest))
    return found


def _pair(graph: Graph, text: str, nodes: Sequence[int], paired: dict[int, set[int]]) -> None:
    live = [each for each in nodes if graph.planes[each] is Plane.LIVE]
    code = [each for each in nodes if graph.planes[each] in _CODE]
    for each in code:
        fitting = [other for other in live if _same(graph, each, other)]
        if not text.startswith("arn:"):
            exact = [other for other in fitting if _placed(graph, each, other)]
            fitting = exact or fitting
        if len(fitting) == 1:
            paired[fitting[0]].add(each)


def _same(graph: Graph, one: int, other: int) -> bool:
    """Whether two nodes may be one thing: of one kind, and no account or region contradicts the other."""
    if graph.kind(one).name != graph.kind(other).name:
        return False
    return all(_agree(graph, one, other, where) for where in ("account", "region"))


def _agree(graph: Graph, one: int, other: int, where: str) -> bool:
    ours, theirs = unwrap(graph.peek(one, where)), unwrap(graph.peek(other, where))
    return ours == theirs if isinstance(ours, str) and isinstance(theirs, str) else True


def _placed(graph: Graph, one: int, other: int) -> bool:
    """Whether the code says the account and region, and they are the live one's."""
    return all(
        isinstance(unwrap(graph.peek(one, where)), str) or unwrap(graph.peek(other, where)) is None
        for where in ("account", "region")
    )


def _parts(graph: Graph, paired: dict[int, set[int]]) -> None:
    """Parts of twins (the trust of a role, an inline policy) are twins: by what follows the whole's address."""
    by_parent: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for index, address in enumerate(graph.addresses):
        parent, slash, part = address.name.rpartition("/")
        if slash and part:
            by_parent[address.scheme, address.root, parent][part] = index
    for live, others in list(paired.items()):
        theirs = _parts_of(graph, live, by_parent)
        for other in others:
            for part, index in _parts_of(graph, other, by_parent).items():
                twin = theirs.get(part)
                if twin is not None and graph.kind(twin).name == graph.kind(index).name:
                    paired[twin].add(index)


def _parts_of(
    graph: Graph, index: int, by_parent: Mapping[tuple[str, str, str], dict[str, int]]
) -> dict[str, int]:
    address = graph.addresses[index]
    return by_parent.get((address.scheme, address.root, address.name), {})
