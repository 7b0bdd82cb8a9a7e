"""What could not be listed is not absent: folds and relations that it might have made are open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from scanner.graph.columns import Graph
from scanner.mapping.table import Edge, Entry, Fold, Join, Row
from scanner.model.resource import Resource, Unread
from scanner.model.value import Unknown, Value

Entries = Callable[[str], tuple[Entry, ...]]


def open_folds(
    batch: Iterable[Resource], unread: Unread, entries: Entries, opened: dict[str, dict[str, Unknown]]
) -> None:
    """Note, by parent's name, that one more resource of an unread type may be folded into it."""
    parents = {
        (parent, type_): unread.why
        for type_ in unread.types
        for entry in entries(type_)
        if isinstance(entry, Fold)
        for parent in entry.into
    }
    if not parents:
        return
    for resource in batch:
        for (parent, type_), why in parents.items():
            if resource.type == parent and _in_scope(unread, resource.scope.account, resource.scope.region):
                opened.setdefault(resource.address.name, {}).setdefault(type_, why)


def open_relations(graph: Graph, unread: Unread, entries: Entries) -> None:
    """Open every relation that nodes or ties of the unread types would draw to or from nodes of that scope."""
    for type_ in unread.types:
        for entry in entries(type_):
            if isinstance(entry, Row):
                for relation, join in _joins(entry):
                    for index in _nodes(graph, unread, join):
                        (graph.open if join.reverse else graph.open_in)(relation, index, unread.why)
            elif isinstance(entry, Edge):
                for index in _nodes(graph, unread, entry.source):
                    graph.open(entry.relation, index, unread.why)
                for index in _nodes(graph, unread, entry.target):
                    graph.open_in(entry.relation, index, unread.why)


def _joins(row: Row) -> Iterator[tuple[str, Join]]:
    for relation, joins in row.relations.items():
        for join in joins if isinstance(joins, tuple) else (joins,):
            yield relation, join


def _nodes(graph: Graph, unread: Unread, join: Join) -> Iterator[int]:
    """The nodes in scope that a join could have found."""
    for kind in join.kinds or tuple(graph.tables):
        for index in graph.nodes(kind):
            if _in_scope(unread, graph.peek(index, "account"), graph.peek(index, "region")):
                yield index


def _in_scope(unread: Unread, account: Value, region: Value) -> bool:
    if isinstance(account, Unknown) or account != unread.account:
        return False
    return unread.region is None or isinstance(region, Unknown) or region is None or region == unread.region
