"""Small graphs from resources written by hand, for the tests of mapping tables."""

from collections.abc import Iterable, Mapping
from typing import Any

from scanner.graph.columns import NOT_DERIVED, Graph
from scanner.mapping.assemble import Assembler
from scanner.mapping.table import Table
from scanner.model.address import Address
from scanner.model.location import Span
from scanner.model.resource import Plane, Resource, Scope
from scanner.model.value import Cause, Unknown, Value, portable

UNKNOWN = "unknown"
HIDDEN = Unknown('variable "x" has no default', Cause.NO_DEFAULT)


def later(reference: str) -> Unknown:
    """What an expression like `aws_vpc.a.id` is before apply."""
    return Unknown("known after apply", Cause.PROVIDER_COMPUTED, (reference,))


def resource(name: str, attributes: Mapping[str, Value], provider: str = "aws") -> Resource:
    parts = name.split(".")
    type_ = f"data.{parts[1]}" if parts[0] == "data" else parts[0]
    span = Span("main.tf", 0, 0)
    return Resource(
        Address("tf", ".", name), type_, dict(attributes), span, Plane.DECLARED, Scope(provider), body=span
    )


def graph_of(table: Table, resources: Mapping[str, Mapping[str, Value]]) -> Graph:
    """The graph of one root with these resources: address -> attributes."""
    assembler = Assembler(table)
    assembler.add(resource(name, attributes) for name, attributes in resources.items())
    graph = assembler.finish()
    assert assembler.diagnostics == []
    return graph


def told(graph: Graph, name: str, attribute: str) -> Any:
    """An attribute's value, or the word "unknown" where it is unknown as a whole (inner ones as JSON)."""
    index = graph.find(Address("tf", ".", name))
    assert index is not None, name
    value = graph.peek(index, attribute)
    return UNKNOWN if isinstance(value, Unknown) else portable(value)


def ask(
    table: Table, name: str, attributes: Mapping[str, Value], attribute: str, **others: Mapping[str, Value]
) -> Any:
    """What a single resource, with others beside it, says of an attribute. Others are named TYPE__NAME."""
    beside = {key.replace("__", "."): value for key, value in others.items()}
    return told(graph_of(table, {name: attributes, **beside}), name, attribute)


def edges(graph: Graph, relation: str) -> set[tuple[str, str]]:
    """The edges of a relation as pairs of resource names."""
    return {
        (graph.addresses[source].name, graph.addresses[target].name)
        for name, adjacency in graph.relations()
        if name == relation
        for source, targets in adjacency.items()
        for target in targets
    }


def unsupported(graph: Graph) -> set[str]:
    """KIND.ATTRIBUTE of every attribute that a mapping leaves out."""
    return {
        f"{graph.kind(index).name}.{name} ({graph.addresses[index].name})"
        for index in range(len(graph))
        for name, value in graph.attributes(index)
        if value is not NOT_DERIVED and isinstance(value, Unknown) and value.cause is Cause.UNSUPPORTED
    }


def complete(table: Table, types: Iterable[str] = ()) -> set[str]:
    """What the rows of a table leave out when every resource is empty: nothing should be."""
    return unsupported(graph_of(table, {f"{type_}.x": {} for type_ in types or table}))
