"""Derived attributes: computed once, when the first of them is read, and never before."""

from scanner.graph.choose import choose
from scanner.graph.columns import Facts, Graph
from scanner.graph.export import export
from scanner.graph.node import Node
from scanner.model.address import Address
from scanner.model.location import Span
from scanner.model.resource import Plane


def _graph() -> Graph:
    graph = Graph()
    for name in ("aws_s3_bucket.a", "aws_s3_bucket.b"):
        facts = Facts(
            Address("tf", ".", name), "object_store", Plane.DECLARED, Span("a.tf", 0, 1), {"name": name[-1]}, {}
        )
        graph.add(facts)
    return graph


def test_computed_once_when_read() -> None:
    graph = _graph()
    calls = []

    def compute() -> None:
        calls.append(1)
        graph.set(0, "versioned", value=True)
        graph.set(1, "versioned", value=False)

    graph.defer(["versioned"], compute)
    assert "versioned" not in dict(graph.attributes(0))
    assert "versioned" not in export(graph)["kinds"]["object_store"][0]["$unknown"]
    assert not calls
    assert Node(graph, 1)["versioned"] is False
    assert Node(graph, 0)["versioned"] is True
    assert calls == [1]
    assert dict(graph.attributes(0))["versioned"] is True


def test_trail_names_nodes_of_the_graph() -> None:
    graph = _graph()
    steps = [
        {"node": "tf:.#aws_s3_bucket.b", "at": "versioned", "note": "here"},
        {"node": "tf:.#aws_s3_bucket.gone", "note": "left out"},
    ]
    assert [(each.node.index, each.attribute, each.note) for each in Node(graph, 0).trail(steps)] == [
        (1, "versioned", "here")
    ]


def test_choose() -> None:
    graph = _graph()
    assert choose(graph, "tf:.#aws_s3_bucket.a") == [0]
    assert choose(graph, "aws_s3_bucket.b") == [1]
    assert choose(graph, "aws_s3_bucket.*") == [0, 1]
    assert choose(graph, "kind:object_store") == [0, 1]
    assert choose(graph, "b") == [1]
    assert choose(graph, "nothing") == []
