"""The view that rules hold: one node of a graph, with unknowns that cannot be overlooked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from scanner.graph.columns import Graph
from scanner.model.address import Address
from scanner.model.layer import Layer, Tier
from scanner.model.value import Undetermined, Unknown, Value, unwrap


class Evidence(NamedTuple):
    """A place that shows something: a node, an attribute of it (or ""), and a note for people."""

    node: Node
    attribute: str
    note: str
    relation: str = ""


# Called with (node index, name) for each attribute or relation read; the rule harness listens.
Watch = Callable[[int, str], None]


class Node:
    """One node of one graph. Equal when graph and index are."""

    __slots__ = ("graph", "index", "watch")

    def __init__(self, graph: Graph, index: int, watch: Watch | None = None) -> None:
        self.graph = graph
        self.index = index
        self.watch = watch

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and other.index == self.index and other.graph is self.graph

    def __hash__(self) -> int:
        return hash(self.index)

    def __repr__(self) -> str:
        return f"Node({self.id})"

    @property
    def id(self) -> str:
        """The address's text."""
        return str(self.graph.addresses[self.index])

    @property
    def kind(self) -> str:
        return self.graph.kind(self.index).name

    @property
    def layer(self) -> Layer:
        return self.graph.layers[self.index]

    @property
    def tier(self) -> Tier:
        return self.graph.tiers[self.index]

    @property
    def declared_tier(self) -> Tier | None:
        return self.graph.declared_tiers[self.index]

    @property
    def inferred_tier(self) -> Tier | None:
        return self.graph.inferred_tiers[self.index]

    def __getitem__(self, attribute: str) -> Value:
        """The attribute's value; raises Undetermined when it is unknown (unknown parts inside a list raise
        when they are compared or tested). None means "has none"."""
        value = self.peek(attribute)
        if isinstance(value, Unknown):
            raise Undetermined(value)
        return unwrap(value)

    def peek(self, attribute: str) -> Value:
        """The attribute's value as stored: an Unknown is returned, not raised."""
        if self.watch:
            self.watch(self.index, attribute)
        return self.graph.peek(self.index, attribute)

    def out(self, relation: str) -> Iterator[Node]:
        """The nodes this one points at; raises Undetermined at the end where there may be more."""
        yield from self.known(relation)
        why = self.graph.why_open(relation, self.index)
        if why is not None:
            raise Undetermined(why)

    def into(self, relation: str) -> Iterator[Node]:
        """The nodes that point at this one; raises Undetermined at the end where there may be more."""
        if self.watch:
            self.watch(self.index, relation)
        for source in self.graph.sources(relation, self.index):
            yield Node(self.graph, source, self.watch)
        why = self.graph.why_open_in(relation, self.index)
        if why is not None:
            raise Undetermined(why)

    def known(self, relation: str) -> list[Node]:
        """The nodes this one is known to point at; says nothing of others."""
        if self.watch:
            self.watch(self.index, relation)
        return [Node(self.graph, target, self.watch) for target in self.graph.targets(relation, self.index)]

    def trail(self, steps: Value) -> list[Evidence]:
        """The evidence that a derived fact carries: [{"node": id, "at": attribute, "note", "relation"}], in order.

        A step whose node is not in the graph is left out.
        """
        found = []
        for step in steps if isinstance(steps, (list, tuple)) else ():
            index = self.graph.find(Address.parse(step["node"])) if isinstance(step, dict) else None
            if index is not None:
                node = Node(self.graph, index, self.watch)
                found.append(Evidence(node, step.get("at", ""), step.get("note", ""), step.get("relation", "")))
        return found

    def at(self, attribute: str = "", note: str = "", relation: str = "") -> Evidence:
        """This place, to be shown beside a match."""
        return Evidence(self, attribute, note, relation)
