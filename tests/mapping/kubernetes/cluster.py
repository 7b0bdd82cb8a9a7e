"""Graphs from manifests written in place, for the tests of the Kubernetes tables."""

from typing import Any

from scanner.graph.columns import Graph
from scanner.mapping.assemble import Assembler
from scanner.mapping.kubernetes import TABLE
from scanner.mapping.kubernetes.connect import connect
from scanner.mapping.table import Table
from scanner.model.address import Address
from scanner.model.location import SourceFile
from scanner.model.value import Unknown, portable
from scanner.sources.kubernetes.manifests import distinct, read

UNKNOWN = "unknown"


def graph_of(*texts: str, table: Table = TABLE, **folders: str) -> Graph:
    """The graph of manifests: texts lie in the folder `app`, the others in the folder that they are named by."""
    assembler = Assembler(table)
    files = [("app", text) for text in texts] + list(folders.items())
    resources = []
    for number, (folder, text) in enumerate(files):
        found, diagnostics, _ = read(SourceFile(f"{folder}/{number}.yaml", text.encode()))
        assert diagnostics == []
        resources += found
    assembler.add(distinct(resources))
    graph = assembler.finish()
    connect(graph)
    assert assembler.diagnostics == []
    return graph


def told(graph: Graph, name: str, attribute: str, folder: str = "app") -> Any:
    """An attribute as JSON, or the word "unknown"."""
    value = graph.peek(find(graph, name, folder), attribute)
    return UNKNOWN if isinstance(value, Unknown) else portable(value)


def find(graph: Graph, name: str, folder: str = "app") -> int:
    index = graph.find(Address("k8s", folder, name))
    assert index is not None, (name, [each.name for each in graph.addresses])
    return index


def edges(graph: Graph, relation: str) -> set[tuple[str, str]]:
    """A relation as pairs of the last parts of names."""
    short = [each.name.split("/", 3)[-1] for each in graph.addresses]
    return {
        (short[source], short[target])
        for name, adjacency in graph.relations()
        if name == relation
        for source, targets in adjacency.items()
        for target in targets
    }


def shown(graph: Graph, text: str, name: str, attribute: str) -> str:
    """The source text that an attribute is shown at."""
    span = graph.origins[find(graph, name)][attribute]
    return text.encode()[span.start : span.end].decode()
