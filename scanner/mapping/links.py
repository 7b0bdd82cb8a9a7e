"""Edges between nodes: noted while mapping, drawn when every node is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from scanner.graph.columns import Graph
from scanner.hcl.partial import PartialText
from scanner.mapping.lookups import Lookup, meant
from scanner.mapping.named import Named, base, matches, spelled
from scanner.mapping.reader import Reader, place
from scanner.mapping.table import Edge, Join, Row
from scanner.mapping.twins import Twins, twins
from scanner.model.address import Address
from scanner.model.location import Span
from scanner.model.value import Cause, Sensitive, Undetermined, Unknown, Value, unwrap


class Link(NamedTuple):
    """What one value says about its target: the instances it refers to, its text, or why neither is known."""

    references: tuple[str, ...]
    value: str | None
    unknown: Unknown | None


def targets_of(reader: Reader, path: str) -> Iterator[Link]:
    """The links that the value(s) at a path make: one per element of a list."""
    value = reader.peek(path)
    written = _written(reader, path)
    items = value if isinstance(value, list) else [value]
    for item in items:
        yield from _link(reader, unwrap(item), written, alone=len(items) == 1)


def _written(reader: Reader, path: str) -> tuple[str, ...]:
    full = f"{reader.prefix}.{path}" if reader.prefix else path
    while full:
        found = reader.resource.references.get(full)
        if found:
            return found
        cut = max(full.rfind("."), full.rfind("["))
        full = full[:cut] if cut > 0 else ""
    return ()


def _link(reader: Reader, value: Value, written: tuple[str, ...], *, alone: bool) -> Iterator[Link]:
    if isinstance(value, Sensitive):
        value = unwrap(value)
    if isinstance(value, Unknown):
        named = tuple(dict.fromkeys(each.rpartition(".")[0] for each in value.references))
        # `aws_iam_role.r.name` may hang on a variable or a data source, and means that role none the less.
        # What is written without a key (`many[each.key]`) says less than the value's own `many["a"]`.
        told = {base(each) for each in named}
        more = (each for each in written if base(each) not in told) if alone else ()
        text = spelled(value, reader.resource.address.root) if isinstance(value, PartialText) else None
        yield Link(tuple(dict.fromkeys((*named, *more))) or written, text, value)
    elif isinstance(value, str) and value:
        yield Link(written if alone else (), value, None)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield Link((), str(value), None)


class _Pending(NamedTuple):
    node: int
    relation: str
    join: Join
    root: tuple[str, str]
    links: list[Link]
    span: Span | None


class _Tie(NamedTuple):
    relation: str
    root: tuple[str, str]
    sources: list[Link]
    source: Join
    targets: list[Link]
    target: Join
    span: Span
    presence: Unknown | None
    address: Address


class Links:
    """All that is known of edges before they can be drawn."""

    def __init__(self) -> None:
        self._pending: list[_Pending] = []
        self._ties: list[_Tie] = []
        self._named: Named[int] = Named()
        self._by_value: dict[str, list[int]] = {}
        self._aliases: list[tuple[Address, str]] = []
        self._placed: set[Address] = set()
        self._parts: list[tuple[Address, str]] = []
        self._opened: list[tuple[Address, str, Unknown]] = []
        self._handed: list[tuple[Address, str]] = []
        self._doubted: dict[int, Unknown] = {}  # nodes that are perhaps not there, with the reason

    def know(self, index: int, row: Row, reader: Reader, address: Address) -> None:
        """Take in one node: the names it answers to and the edges it asks for."""
        root = (address.scheme, address.root)
        self._named.add(root, address.name, index)
        if reader.resource.presence is not None:
            self._doubted[index] = reader.resource.presence
        for value in (*identity_values(row, reader), *(() if reader.prefix else reader.resource.identity)):
            same = self._by_value.setdefault(value, [])
            if index not in same:
                same.append(index)
        for relation, join in _joins(row):
            reader.origin()
            links = links_of(reader, join)
            if links:
                span = reader.origin() or place(reader.resource, join.path)
                self._pending.append(_Pending(index, relation, join, root, links, span))

    def know_aside(self, index: int, row: Row, reader: Reader, address: Address) -> None:
        """Take in what is outside of the scan: only the edges that are told by what speaks of it."""
        root = (address.scheme, address.root)
        for relation, join in _joins(row):
            reader.origin()
            with reader.closed():
                links = links_of(reader, join) if join.values is not None else []
            if links and reader.looked_aside():
                self._pending.append(_Pending(index, relation, join, root, links, reader.origin()))

    def tie(self, edge: Edge, reader: Reader) -> None:
        """Take in a resource that ties two nodes."""
        resource = reader.resource
        root = (resource.address.scheme, resource.address.root)
        sources, targets = links_of(reader, edge.source), links_of(reader, edge.target)
        self._ties.append(
            _Tie(
                edge.relation,
                root,
                sources,
                edge.source,
                targets,
                edge.target,
                resource.span,
                resource.presence,
                resource.address,
            )
        )

    def alias(self, address: Address, parent: str) -> None:
        """Whoever refers to a folded resource means its parent."""
        self._aliases.append((address, parent))

    def part(self, address: Address, parent: str) -> None:
        """A resource that is perhaps there is named with the one it would be part of."""
        self._parts.append((address, parent))

    def open_later(self, address: Address, relation: str, why: Unknown) -> None:
        self._opened.append((address, relation, why))

    def hand(self, address: Address, references: Iterable[str]) -> None:
        """A resource may use the groups that it holds the ids of."""
        self._handed.extend((address, each) for each in references)

    def join(self, graph: Graph, found: Sequence[Lookup]) -> None:
        """Whoever refers to a data source that looks up one thing of the scan means that thing."""
        for each, index in meant(graph, found, self._by_value):
            self._named.add((each.address.scheme, each.address.root), each.address.name, index)

    def twins(self, graph: Graph) -> list[Twins]:
        """The things that several planes show."""
        return twins(graph, self._by_value)

    def draw(self, graph: Graph) -> list[Address]:
        """Resolve everything that was noted; returns the resources that tie nothing of this scan."""
        self._resolve_aliases(graph)
        graph.named = lambda index, text: self._meant(graph, index, text)
        for pending in self._pending:
            self._draw_pending(graph, pending)
        for tie in self._ties:
            self._draw_tie(graph, tie)
        for address, relation, why in self._opened:
            index = graph.find(address)
            if index is not None:
                graph.open(relation, index, why)
        for address, reference in self._handed:
            self._draw_handed(graph, address, reference)
        for address, parent in self._parts:
            index = graph.find(Address(address.scheme, address.root, parent))
            if index is not None:
                graph.fold(index, address)
        return [tie.address for tie in self._ties if tie.address not in self._placed]

    def _draw_handed(self, graph: Graph, address: Address, reference: str) -> None:
        me = graph.find(address)
        home, named = _home(reference, (address.scheme, address.root))
        for index in self._named.meant(home, named) or self._by_value.get(reference, ()):
            known = me is not None and index in graph.targets("uses", me)
            if index != me and not known and graph.kind(index).name == "security_group":
                graph.open_in("uses", index, Unknown(f"{address.name} may use it", Cause.OUTSIDE_SCAN))

    def _meant(self, graph: Graph, index: int, text: str) -> Sequence[int]:
        """What a text says within a node's root: by address first, by what things are called second."""
        home, reference = _home(text, _root(graph, index))
        found = self._named.meant(home, reference)
        if found:
            return found
        same = self._by_value.get(text, ())
        return [each for each in same if _root(graph, each) == home] or same

    def _resolve_aliases(self, graph: Graph) -> None:
        for address, parent in self._aliases:
            index = graph.find(Address(address.scheme, address.root, parent))
            if index is not None:
                self._named.add((address.scheme, address.root), address.name, index)

    def _draw_pending(self, graph: Graph, pending: _Pending) -> None:
        for link in pending.links:
            found = self._find(graph, link, pending.join, pending.root)
            for target in found:
                if pending.join.reverse:
                    graph.relate(pending.relation, target, pending.node, pending.span)
                elif target != pending.node:
                    graph.relate(pending.relation, pending.node, target, pending.span)
            if not found and not pending.join.reverse:
                graph.open(pending.relation, pending.node, _outside(link), pending.span)

    def _draw_tie(self, graph: Graph, tie: _Tie) -> None:
        sources = [each for link in tie.sources for each in self._find(graph, link, tie.source, tie.root)]
        targets = [each for link in tie.targets for each in self._find(graph, link, tie.target, tie.root)]
        for index in (sources or targets)[:1]:
            graph.fold(index, tie.address)
            self._placed.add(tie.address)
        for source in sources:
            for target in targets:
                if tie.presence is None or self._together(tie.presence, source, target):
                    graph.relate(tie.relation, source, target, tie.span)
                else:
                    graph.open(tie.relation, source, tie.presence)
                    graph.open_in(tie.relation, target, tie.presence)
            if not targets and tie.targets:
                graph.open(tie.relation, source, _outside(tie.targets[0]))
        if not sources and tie.sources:
            for target in targets:
                graph.open_in(tie.relation, target, _outside(tie.sources[0]))

    def _together(self, presence: Unknown, *nodes: int) -> bool:
        """Whether the same uncertain module call makes a tie and its ends: then it stands wherever they do."""
        return all(self._doubted.get(each) is presence for each in nodes)

    def _find(self, graph: Graph, link: Link, join: Join, root: tuple[str, str]) -> list[int]:
        """The nodes that a link means: by reference, else by value (same root before others)."""
        found: list[int] = []
        if link.value is not None:
            same = [each for each in self._by_value.get(link.value, ()) if _fits(graph, each, join)]
            near = [each for each in same if _root(graph, each) == root]
            found = near or same
            if len(found) > 1 and link.references:
                named = [each for each in found if _named(graph, each, link)]
                found = named or found
        if not found:
            found = self._referred(graph, link, join, root)
        return found

    def _referred(self, graph: Graph, link: Link, join: Join, root: tuple[str, str]) -> list[int]:
        found: list[int] = []
        for each in link.references:
            home, reference = _home(each, root)
            found.extend(index for index in self._named.meant(home, reference) if _fits(graph, index, join))
        return list(dict.fromkeys(found))


def _joins(row: Row) -> Iterator[tuple[str, Join]]:
    for relation, joins in row.relations.items():
        for join in joins if isinstance(joins, tuple) else (joins,):
            yield relation, join


def links_of(reader: Reader, join: Join) -> list[Link]:
    """What a join names: the value(s) at its path, or those that it computes."""
    if join.values is None:
        return list(targets_of(reader, join.path))
    written = _written(reader, join.path)
    links: list[Link] = []
    try:
        for value in join.values(reader):
            links.extend(_link(reader, unwrap(value), written, alone=False))
    except Undetermined as undetermined:
        links.extend(_link(reader, undetermined.unknown, written, alone=True))
    return links


def _home(reference: str, root: tuple[str, str]) -> tuple[tuple[str, str], str]:
    """The root that a reference speaks of and what it names there: its own, unless it is a whole address."""
    if not reference.startswith("tf:"):
        return root, reference
    address = Address.parse(reference)
    return (address.scheme, address.root), address.name


def _fits(graph: Graph, index: int, join: Join) -> bool:
    return not join.kinds or graph.kind(index).name in join.kinds


def _named(graph: Graph, index: int, link: Link) -> bool:
    name = graph.addresses[index].name
    return any(matches(reference, name) for reference in link.references)


def _root(graph: Graph, index: int) -> tuple[str, str]:
    address = graph.addresses[index]
    return (address.scheme, address.root)


def _outside(link: Link) -> Unknown:
    if link.unknown is not None:
        return link.unknown
    named = link.value or ", ".join(link.references)
    return Unknown(f"{named} is not part of this scan", Cause.OUTSIDE_SCAN)


def identity_values(row: Row, reader: Reader) -> Iterator[str]:
    """The known strings under which others may name a resource."""
    paths = row.identity
    if callable(paths):
        with suppress(Undetermined):  # a name that is not known names nothing
            yield from paths(reader)
        return
    for path in paths:
        value = reader.peek(path)
        if isinstance(value, PartialText):
            value = spelled(value, reader.resource.address.root)
        if isinstance(value, str) and value:
            yield value
