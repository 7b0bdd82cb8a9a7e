"""The smallest set of lines whose removal ends a flow: found by taking lines away and asking again.

Each answer that still arrives shows one path, a set of lines that permit it; the next set to take away is a
smallest one that hits every path seen so far. When nothing arrives any more, no smaller set does it (implicit
hitting sets: every set that ends the flow must hit each of these paths). That holds for routes too, whose removal
may open another path: it is then seen, and hit as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

from scanner.analysis.network.aws_outcome import Outcome
from scanner.analysis.network.aws_world import World
from scanner.graph.columns import Graph

Line = tuple[int, str]  # a node and the attribute that permits: `rules[3]`, `routes[0]`, `public_address`, ...
_CUT = ("rules[", "routes[")
_WHOLE = ("public_address", "public_access", "internal", "port")
_MOST = 12  # questions for one cut
_DEEPEST = 5  # lines of a smallest set


class Cut(NamedTuple):
    """`lines`: all of them must go; or `choices`, where each of several is enough by itself."""

    lines: tuple[Line, ...] = ()
    choices: tuple[Line, ...] = ()


def smallest_cut(world: World, ask: Callable[[], Iterable[Outcome]]) -> Cut:
    """The smallest cut of what arrives when asked; none where a path hangs on nothing that could be taken away,
    or the paths are too many."""
    paths: list[tuple[Line, ...]] = []
    try:
        for _ in range(_MOST):
            chosen = _hitting(paths)
            if chosen is None:
                return Cut()
            world.without = frozenset(chosen)
            found = [each for each in ask() if each.arrives]
            if not found:
                return _all_alike(world, ask, paths, chosen)
            path = min((_lines(each) for each in found), key=len)
            if not path:
                return Cut()
            paths.append(path)
    finally:
        world.without = frozenset()
    return Cut()


def _all_alike(
    world: World, ask: Callable[[], Iterable[Outcome]], paths: Sequence[tuple[Line, ...]], chosen: tuple[Line, ...]
) -> Cut:
    """Where one line is enough, every line that is."""
    if len(chosen) != 1:
        return Cut(chosen)
    shared = [line for line in paths[0] if all(line in path for path in paths)]
    enough = []
    for line in shared:
        world.without = frozenset((line,))
        if line in chosen or not any(each.arrives for each in ask()):
            enough.append(line)
    return Cut(chosen, tuple(enough))


def _lines(outcome: Outcome) -> tuple[Line, ...]:
    found = [
        (step.node, step.attribute)
        for step in outcome.steps
        if step.node is not None and (step.attribute.startswith(_CUT) or step.attribute in _WHOLE)
    ]
    return tuple(dict.fromkeys(found))


def _hitting(paths: Sequence[tuple[Line, ...]]) -> tuple[Line, ...] | None:
    """A smallest set that holds a line of each path; of equal ones the first; None beyond the deepest."""
    if not paths:
        return ()
    lines = list(dict.fromkeys(line for path in paths for line in path))
    for size in range(1, _DEEPEST + 1):
        for chosen in combinations(lines, size):
            if all(any(line in chosen for line in path) for path in paths):
                return chosen
    return None


def told(graph: Graph, cut: Cut) -> str:
    """The cut in words; "" where there is none."""
    if len(cut.choices) > 1:
        return f"remove any one of: {', '.join(_named(graph, line) for line in cut.choices)}"
    if len(cut.lines) > 1:
        return f"remove all of: {', '.join(_named(graph, line) for line in cut.lines)}"
    return f"remove {_named(graph, cut.lines[0])}" if cut.lines else ""


def _named(graph: Graph, line: Line) -> str:
    node, attribute = line
    return f"{graph.addresses[node].name} {attribute}"
