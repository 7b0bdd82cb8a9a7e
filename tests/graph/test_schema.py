"""The schema of the graph's JSON: an exported graph agrees with it, a wrong one does not."""

import copy

import jsonschema_rs
import orjson
import pytest

from scanner.graph.columns import Facts, Graph
from scanner.graph.export import export
from scanner.graph.schema import schema
from scanner.model.address import Address
from scanner.model.kinds import COMMON, KINDS, RELATIONS
from scanner.model.location import Span
from scanner.model.resource import Plane
from scanner.model.value import Cause, Sensitive, Unknown

EXAMPLES = {
    "boolean": True,
    "string": "text",
    "number": 7,
    "strings": ["a", "b"],
    "objects": [{"a": 1}],
    "map": {"a": "b"},
}


def small() -> Graph:
    """A node of every kind: known, null and unknown attributes in turn, a relation, an open relation."""
    graph = Graph()
    for position, kind in enumerate(KINDS.values()):
        attributes = {
            each.name: (EXAMPLES[each.form], None, Unknown("not read", Cause.DATA_SOURCE))[(at + position) % 3]
            for at, each in enumerate((*COMMON, *kind.attributes))
        }
        address = Address("tf", ".", f"{kind.name}.x")
        graph.add(Facts(address, kind.name, Plane.DECLARED, Span("main.tf", 0, 1), attributes, {}))
    graph.relate("uses", 0, 1)
    graph.open("uses", 0, Unknown("more", Cause.OUTSIDE_SCAN))
    graph.open_in("filters", 1, Unknown("more", Cause.OUTSIDE_SCAN))
    return graph


@pytest.fixture(scope="module")
def validator():
    return jsonschema_rs.validator_for(schema())


@pytest.fixture
def document():
    return orjson.loads(orjson.dumps(export(small())))


def test_it_is_a_schema():
    assert jsonschema_rs.meta.is_valid(schema())


def test_an_exported_graph_agrees(validator, document):
    assert [f"{each.instance_path}: {each.message}" for each in validator.iter_errors(document)] == []


def test_a_part_of_a_graph_agrees(validator):
    assert validator.is_valid(orjson.loads(orjson.dumps(export(small(), ["object_store"]))))


def test_sensitive_values_agree_and_are_not_shown(validator):
    graph = small()
    index = graph.nodes("database")[0]
    graph.set(index, "engine", Sensitive("hunter2"))
    graph.set(index, "tags", {"a": Sensitive("hunter2")})
    document = orjson.dumps(export(graph))

    assert b"hunter2" not in document
    assert validator.is_valid(orjson.loads(document))


def wrong(change):
    def apply(document):
        changed = copy.deepcopy(document)
        change(changed, changed["kinds"]["object_store"][0])
        return changed

    return apply


@pytest.mark.parametrize(
    "change",
    [
        lambda _, node: node.update(colour="red"),
        lambda _, node: node.update(versioned="yes"),
        lambda _, node: node.update(kind="table"),
        lambda _, node: node.update(layer="cellar"),
        lambda _, node: node.update(planes=[]),
        lambda _, node: node.pop("id"),
        lambda _, node: node.pop("$unknown"),
        lambda _, node: node["$unknown"].update(colour="reason"),
        lambda _, node: node["$unknown"].update({name: "both" for name in list(node) if name in ("name", "type")}),
        lambda _, node: [node["$unknown"].pop(name) for name in list(node["$unknown"])],
        lambda document, _: document["kinds"].update(starship=[]),
        lambda document, _: document["relations"].update(eats={}),
        lambda document, _: document["relations"].update(uses={"a": "b"}),
        lambda document, _: document.pop("facts"),
        lambda document, _: document.update(more=1),
    ],
)
def test_a_wrong_graph_does_not_agree(validator, document, change):
    assert not validator.is_valid(wrong(change)(document))


def test_no_attribute_is_called_like_a_relation():
    for kind in KINDS.values():
        assert not {each.name for each in (*COMMON, *kind.attributes)} & RELATIONS.keys()
