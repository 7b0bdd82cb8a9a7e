"""Unknown never passes: a rule's bad example, judged again with one thing it reads unknown at a time.

A rule that passes over what it cannot see is worse than none: here every attribute and relation that touches a
failing node is taken away in turn, and the verdict must stay fail or become unknown.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.engine.backend import RegoBackend
from scanner.engine.rego import tied
from scanner.engine.run import judge
from scanner.graph.columns import Graph
from scanner.graph.node import Node
from scanner.model.kinds import RELATIONS
from scanner.model.report import Files
from scanner.model.rule import Rule
from scanner.model.value import Cause, Undetermined, Unknown

_TAKEN = Unknown("taken away by the harness", Cause.OUTSIDE_SCAN)


def leaks(graph: Graph, rule: Rule, backend: RegoBackend | None = None) -> list[str]:
    """Sentences on each obligation that fails in this graph and passes with one read unknown; [] is right."""
    files = Files()
    found: list[str] = []
    for index in sorted(judge(graph, [rule], files, backend=backend).failed[rule.id]):
        for node, name in reads(graph, rule, index):
            judged = judge(without(graph, node, name), [rule], files, backend=backend)
            if index in judged.decided[rule.id] - judged.failed[rule.id]:
                at, of = graph.addresses[index].name, graph.addresses[node].name
                found.append(f"{rule.id} passes {at} when {name} of {of} is unknown")
    return found


def reads(graph: Graph, rule: Rule, index: int) -> list[tuple[int, str]]:
    """What the rule reads to judge a node, as (node, attribute or relation), each once."""
    return list(dict.fromkeys(_watched(graph, rule, index) if rule.check else _declared(graph, rule, index)))


def without(graph: Graph, index: int, name: str) -> Graph:
    """The graph with one attribute unknown, or one relation of a node open and empty."""
    if name in graph.tables[graph.kind(index).name].columns:
        return graph.copy_with(index, name, _TAKEN)
    return graph.copy_open(name, index, _TAKEN)


def _watched(graph: Graph, rule: Rule, index: int) -> Iterator[tuple[int, str]]:
    seen: list[tuple[int, str]] = []
    if rule.check is not None:
        try:
            for match in rule.check(Node(graph, index, lambda node, name: seen.append((node, name)))):
                list(match.related)
        except Undetermined:
            pass
    yield from seen


def _declared(graph: Graph, rule: Rule, index: int) -> Iterator[tuple[int, str]]:
    relations = frozenset(last for name in rule.reads if (last := name.rpartition(".")[2]) in RELATIONS)
    for name in rule.reads:
        kind, dot, attribute = name.partition(".")
        if not dot:
            if name in RELATIONS or name in graph.tables[graph.kind(index).name].columns:
                yield index, name
            continue
        for far in graph.nodes(kind):
            if not relations or any(node == index for node, _ in tied(graph, far, relations)):
                yield far, attribute
