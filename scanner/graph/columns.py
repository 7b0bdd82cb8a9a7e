"""The store: nodes in one table per kind, attributes in columns, relations as adjacency lists.

A node is its index, 0 to n-1, in the order of adding. Nothing here knows a provider.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from scanner.model.address import Address
from scanner.model.kind import Kind
from scanner.model.kinds import COMMON, KINDS
from scanner.model.layer import Layer, Tier
from scanner.model.location import Span
from scanner.model.resource import Call, Explains, Plane
from scanner.model.value import Cause, Unknown, Value

_HANDFUL = 32
NOT_MAPPED = Unknown("this kind of resource is not mapped to that attribute", Cause.UNSUPPORTED)
NOT_DERIVED = Unknown("the analysis that derives this has not said anything of it", Cause.UNSUPPORTED)


class Facts(NamedTuple):
    """What a mapping says of one node, ready to be stored.

    `attributes` and `origins` are by attribute name; what is left out of `attributes` is unknown as
    unsupported. `folded` are the addresses of resources that were folded into this node, `explains`
    those that can say why their values are unknown.
    """

    address: Address
    kind: str
    plane: Plane
    span: Span
    attributes: dict[str, Value]
    origins: dict[str, Span]
    calls: tuple[Call, ...] = ()
    folded: tuple[Address, ...] = ()
    layer: Layer | None = None
    body: Span | None = None
    explains: tuple[Explains, ...] = ()


class Table:
    """All nodes of one kind: row numbers to node indexes, and a column per attribute."""

    __slots__ = ("columns", "derived", "kind", "nodes")

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.nodes: list[int] = []
        names = [each.name for each in (*COMMON, *kind.attributes)]
        self.columns: dict[str, list[Value]] = {name: [] for name in names}
        self.derived = frozenset(each.name for each in kind.attributes if each.derived)


class Graph:
    """The whole graph. Built by `scanner.mapping`, enriched by `scanner.analysis`, then read only."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}
        self.addresses: list[Address] = []
        self.planes: list[Plane] = []
        self.spans: list[Span] = []
        self.bodies: list[Span | None] = []
        self.origins: list[dict[str, Span]] = []
        self.calls: list[tuple[Call, ...]] = []
        self.folded: list[tuple[Address, ...]] = []
        self.explains: list[tuple[Explains, ...]] = []
        self.layers: list[Layer] = []
        self.tiers: list[Tier] = []
        self.declared_tiers: list[Tier | None] = []
        self.inferred_tiers: list[Tier | None] = []
        self.facts: dict[str, Value] = {}
        self.stand_ins: set[int] = set()
        self.beside: frozenset[int] = frozenset()  # nodes of material that is used and not judged (--context)
        self.ignores: dict[int, dict[str, tuple[str, Span]]] = {}
        self.environments: dict[str, tuple[str, str]] = {}  # root of addresses to (directory, environment)
        # and of those that repeat what their directory says, to their own place for each of its places
        self.own: dict[str, dict[Span, Span]] = {}
        # live units that were read whole: (account, region, service); region None for what an account has once
        self.read_whole: set[tuple[str, str | None, str]] = set()
        self.read_partly: set[tuple[str, str | None, str]] = set()  # of which some calls failed
        # and, by account, region and native type, why there may be more of that type than was listed
        self.unread: dict[tuple[str, str | None, str], Unknown] = {}
        self.secrets: set[str] = set()  # the sensitive texts of the scan, which no output shows
        self.collected: dict[str, str] = {}  # live accounts by number: when they were read (ISO 8601)
        self.twins: dict[int, tuple[Address, ...]] = {}  # of nodes that several planes show: the other addresses
        self.seen_in: dict[int, tuple[Plane, ...]] = {}  # and the planes
        self._where: list[tuple[Table, int]] = []
        self._by_address: dict[Address, int] = {}
        self._out: dict[str, dict[int, list[int]]] = {}
        self._in: dict[str, dict[int, list[int]]] = {}
        self._hubs: dict[tuple[str, int], set[int]] = {}
        self._edge_spans: dict[tuple[str, int, int], Span] = {}
        self._open: dict[tuple[str, int], Unknown] = {}
        self._open_in: dict[tuple[str, int], Unknown] = {}
        self._open_spans: dict[tuple[str, int], Span] = {}
        self.named: Callable[[int, str], Sequence[int]] = lambda index, text: ()  # see `meant`
        self._deferred: dict[str, Callable[[], None]] = {}  # derived attributes that nobody has read yet

    def __len__(self) -> int:
        return len(self.addresses)

    # building

    def add(self, facts: Facts) -> int:
        """Store a node; returns its index. Attributes that its kind does not have are a programming error."""
        kind = KINDS[facts.kind]
        table = self.tables.get(facts.kind)
        if table is None:
            table = self.tables[facts.kind] = Table(kind)
        given = facts.attributes
        if not given.keys() <= table.columns.keys():
            raise KeyError(f"kind {facts.kind} has no {sorted(given.keys() - table.columns.keys())}")
        index = len(self.addresses)
        for name, column in table.columns.items():
            column.append(given.get(name, NOT_DERIVED if name in table.derived else NOT_MAPPED))
        self._where.append((table, len(table.nodes)))
        table.nodes.append(index)
        self.addresses.append(facts.address)
        self.planes.append(facts.plane)
        self.spans.append(facts.span)
        self.bodies.append(facts.body)
        self.origins.append(facts.origins)
        self.calls.append(facts.calls)
        self.folded.append(facts.folded)
        self.explains.append(facts.explains)
        self.layers.append(facts.layer or kind.layer)
        self.tiers.append(Tier.UNDECLARED)
        self.declared_tiers.append(None)
        self.inferred_tiers.append(None)
        self._by_address[facts.address] = index
        return index

    def set(self, index: int, attribute: str, value: Value) -> None:
        """Replace an attribute's value (derived facts; the rule harness)."""
        table, row = self._where[index]
        table.columns[attribute][row] = value

    def defer(self, attributes: Iterable[str], compute: Callable[[], None]) -> None:
        """Have derived attributes (of whatever kinds have them) computed when one of them is first read.

        `compute` sets all of them at once; names of derived attributes mean the same in every kind.
        """
        for name in attributes:
            self._deferred[name] = compute

    def settle(self, names: Collection[str] | None = None) -> None:
        """Compute what was deferred: these derived attributes, or all."""
        for name in sorted(self._deferred if names is None else self._deferred.keys() & set(names)):
            compute = self._deferred.get(name)
            if compute is not None:
                self._deferred = {key: each for key, each in self._deferred.items() if each is not compute}
                compute()

    def relate(self, name: str, source: int, target: int, span: Span | None = None) -> None:
        """Add an edge once; `span` is the syntax that draws it."""
        targets = self._out.setdefault(name, {}).setdefault(source, [])
        if not self._has(name, source, target, targets):
            targets.append(target)
            self._in.setdefault(name, {}).setdefault(target, []).append(source)
        if span is not None:
            self._edge_spans.setdefault((name, source, target), span)

    def _has(self, name: str, source: int, target: int, targets: list[int]) -> bool:
        """Whether an edge is drawn already; from a handful of targets on by a set, so that hubs stay linear."""
        if len(targets) < _HANDFUL:
            return target in targets
        known = self._hubs.get((name, source))
        if known is None:
            known = self._hubs[name, source] = set(targets)
        found = target in known
        known.add(target)
        return found

    def fold(self, index: int, address: Address) -> None:
        """Say that a resource has become part of a node."""
        if address not in self.folded[index]:
            self.folded[index] = (*self.folded[index], address)

    def open(self, name: str, source: int, why: Unknown, span: Span | None = None) -> None:
        """Say that a node may have more edges of this name than are listed; `span` is the syntax that says so."""
        self._open.setdefault((name, source), why)
        if span is not None:
            self._open_spans.setdefault((name, source), span)

    def open_in(self, name: str, target: int, why: Unknown) -> None:
        """Say that more nodes may point at this one than are listed."""
        self._open_in.setdefault((name, target), why)

    # reading

    def find(self, address: Address) -> int | None:
        return self._by_address.get(address)

    def meant(self, index: int, value: Value) -> Sequence[int]:
        """The nodes that a value of a node means: the resources that an unknown one refers to, those that a text
        names by address within the root or by an id of theirs; () where it names none of this graph."""
        if isinstance(value, Unknown):
            found = (each for ref in value.references for each in self.named(index, ref.rpartition(".")[0]))
            return list(dict.fromkeys(found))
        return self.named(index, value) if isinstance(value, str) and value else ()

    def kind(self, index: int) -> Kind:
        return self._where[index][0].kind

    def peek(self, index: int, attribute: str) -> Value:
        """The stored value, Unknown included. KeyError where the kind has no such attribute."""
        if attribute in self._deferred:
            self.settle((attribute,))
        table, row = self._where[index]
        return table.columns[attribute][row]

    def attributes(self, index: int) -> Iterator[tuple[str, Value]]:
        """Every attribute that is settled, derived ones only where someone has asked for them."""
        table, row = self._where[index]
        for name, column in table.columns.items():
            if name not in self._deferred:
                yield name, column[row]

    def nodes(self, kind: str) -> Sequence[int]:
        """The nodes of a kind in the order of adding."""
        table = self.tables.get(kind)
        return table.nodes if table else ()

    def targets(self, name: str, source: int) -> Sequence[int]:
        return self._out.get(name, {}).get(source, ())

    def sources(self, name: str, target: int) -> Sequence[int]:
        return self._in.get(name, {}).get(target, ())

    def why_open(self, name: str, source: int) -> Unknown | None:
        return self._open.get((name, source))

    def why_open_in(self, name: str, target: int) -> Unknown | None:
        return self._open_in.get((name, target))

    def open_relations(self) -> Iterator[tuple[tuple[str, int], Unknown]]:
        yield from self._open.items()

    def open_inverse_relations(self) -> Iterator[tuple[tuple[str, int], Unknown]]:
        yield from self._open_in.items()

    def open_span(self, name: str, source: int) -> Span | None:
        return self._open_spans.get((name, source))

    def edge_span(self, name: str, source: int, target: int) -> Span | None:
        return self._edge_spans.get((name, source, target))

    def relations(self) -> Iterator[tuple[str, dict[int, list[int]]]]:
        """Each relation's name and adjacency, by name."""
        for name in sorted(self._out):
            yield name, self._out[name]

    def copy_with(self, index: int, attribute: str, value: Value) -> Graph:
        """The same graph with one value replaced; everything else is shared (the rule harness)."""
        self.settle((attribute,))
        other = Graph.__new__(Graph)
        other.__dict__.update(self.__dict__)
        table, row = self._where[index]
        twin = Table(table.kind)
        twin.nodes = table.nodes
        twin.columns = dict(table.columns)
        column = list(twin.columns[attribute])
        column[row] = value
        twin.columns[attribute] = column
        other.tables = {**self.tables, table.kind.name: twin}
        other._where = [(twin, at) if held is table else (held, at) for held, at in self._where]
        return other

    def copy_open(self, name: str, index: int, why: Unknown) -> Graph:
        """The same graph in which one node's relation lists nothing and is open both ways (the harness)."""
        other = Graph.__new__(Graph)
        other.__dict__.update(self.__dict__)
        other._out = {**self._out, name: {k: v for k, v in self._out.get(name, {}).items() if k != index}}
        other._in = {**self._in, name: {k: v for k, v in self._in.get(name, {}).items() if k != index}}
        other._open = {**self._open, (name, index): why}
        other._open_in = {**self._open_in, (name, index): why}
        return other
