"""How resources become nodes and edges, whatever the provider: a table of three made-up types."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.mapping.assemble import Assembler
from scanner.mapping.table import Edge, Fixed, Fold, Join, Part, Row, Skip
from scanner.model.address import Address
from scanner.model.value import Cause, Unknown
from tests.mapping.build import HIDDEN, UNKNOWN, edges, graph_of, later, resource, told


def encrypted(reader):
    """Decided by what is folded in, where anything is; else by the resource itself."""
    for other in reader.folded("t_shield"):
        return other.get("on", True)
    return reader.get("encrypted", False)


def crash(reader):
    raise KeyError("a fault of ours")


TABLE = {
    "t_store": Row(
        "object_store",
        {"encrypted": encrypted, "versioned": "versioned", "locked": Fixed(None)},
        relations={"encrypted_with": Join("key_id", kinds=("key",))},
        identity=("id", "arn", "name", "bucket"),
        name="bucket",
    ),
    "t_key": Row("key", {"rotated": "rotates"}),
    "t_shield": Fold(into=("t_store",), by="store"),
    "t_tie": Edge("encrypted_with", Join("store"), Join("key")),
    "t_noise": Skip("says nothing"),
    "t_role": Row(
        "role", parts=(Part(Row("policy", {"statements": "text"}), "inline", "inline", edge="attaches"),)
    ),
    "t_broken": Row("key", {"rotated": crash}),
}


def test_a_row_becomes_a_node_with_its_attributes():
    graph = graph_of(TABLE, {"t_store.s": {"bucket": "b", "encrypted": True, "versioned": HIDDEN}})

    assert told(graph, "t_store.s", "encrypted") is True
    assert told(graph, "t_store.s", "versioned") == UNKNOWN
    assert told(graph, "t_store.s", "locked") is None


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"tier": "core"}, {"tier": "core"}),
        # `tags { tier = "core" }`: a block, before Terraform 0.12
        ([{"tier": "core"}], {"tier": "core"}),
        # aws_autoscaling_group
        ([{"key": "tier", "value": "core", "propagate_at_launch": True}], {"tier": "core"}),
        ([], {}),
        ("core", {}),
        ([HIDDEN], UNKNOWN),
    ],
)
def test_tags_are_a_map_however_they_are_written(tags, expected):
    assert told(graph_of(TABLE, {"t_store.s": {"tags": tags}}), "t_store.s", "tags") == expected


def test_an_attribute_without_extractor_is_unknown_and_counts_against_us():
    graph = graph_of(TABLE, {"t_store.s": {}})
    value = graph.peek(graph.find(Address("tf", ".", "t_store.s")), "public_access")

    assert isinstance(value, Unknown)
    assert value.cause is Cause.UNSUPPORTED


@pytest.mark.parametrize("store", [later("t_store.s.id"), "b"], ids=["reference", "value"])
def test_a_fold_reaches_its_parent_by_reference_or_by_value(store):
    resources = {"t_store.s": {"bucket": "b"}, "t_shield.x": {"store": store, "on": True}}
    graph = graph_of(TABLE, resources)

    assert told(graph, "t_store.s", "encrypted") is True
    assert graph.find(Address("tf", ".", "t_shield.x")) in (None, graph.find(Address("tf", ".", "t_store.s")))


def test_a_fold_of_another_parent_says_nothing_here():
    resources = {
        "t_store.a": {"bucket": "a"},
        "t_store.b": {"bucket": "b"},
        "t_shield.x": {"store": later("t_store.b.id")},
    }
    graph = graph_of(TABLE, resources)

    assert told(graph, "t_store.a", "encrypted") is False
    assert told(graph, "t_store.b", "encrypted") is True


def test_a_fold_whose_parent_we_could_not_work_out_leaves_all_undecided():
    """It may belong to either store, so neither is known to lack it."""
    ours = Unknown("a function that we do not know", Cause.UNSUPPORTED)
    graph = graph_of(TABLE, {"t_store.a": {}, "t_store.b": {}, "t_shield.x": {"store": ours, "on": True}})

    assert told(graph, "t_store.a", "encrypted") == UNKNOWN
    assert told(graph, "t_store.b", "encrypted") == UNKNOWN


@pytest.mark.parametrize("key", [later("t_key.k.arn"), "name-of-k"], ids=["reference", "value"])
def test_a_relation_is_drawn_by_reference_or_by_identity(key):
    graph = graph_of(TABLE, {"t_store.s": {"key_id": key}, "t_key.k": {"name": "name-of-k"}})

    assert edges(graph, "encrypted_with") == {("t_store.s", "t_key.k")}


def test_a_target_that_is_not_here_leaves_the_relation_open():
    graph = graph_of(TABLE, {"t_store.s": {"key_id": HIDDEN}})

    assert edges(graph, "encrypted_with") == set()
    assert graph.why_open("encrypted_with", graph.find(Address("tf", ".", "t_store.s"))) is not None


def test_no_target_is_definite():
    graph = graph_of(TABLE, {"t_store.s": {}})

    assert graph.why_open("encrypted_with", graph.find(Address("tf", ".", "t_store.s"))) is None


def test_a_type_that_only_ties_draws_its_edge():
    resources = {
        "t_store.s": {},
        "t_key.k": {},
        "t_tie.t": {"store": later("t_store.s.id"), "key": later("t_key.k.id")},
    }
    graph = graph_of(TABLE, resources)

    assert edges(graph, "encrypted_with") == {("t_store.s", "t_key.k")}
    assert len(graph) == 2


def test_parts_are_nodes_of_their_own():
    graph = graph_of(TABLE, {"t_role.r": {"inline": [{"name": "a", "text": []}, {"name": "b", "text": []}]}})

    assert edges(graph, "attaches") == {("t_role.r", "t_role.r/inline:a"), ("t_role.r", "t_role.r/inline:b")}


def test_what_has_no_row_is_counted():
    assembler = Assembler(TABLE)
    assembler.add(
        [resource("t_store.s", {}), resource("t_noise.n", {}), resource("t_new.x", {}), resource("t_new.y", {})]
    )
    assembler.finish()

    assert assembler.tally.unmapped == {"t_new": 2}
    assert assembler.tally.skipped == {"t_noise": 1}
    assert assembler.tally.mapped == 1


def test_a_fault_of_an_extractor_is_a_diagnostic_and_one_unknown():
    assembler = Assembler(TABLE)
    assembler.add([resource("t_broken.b", {}), resource("t_key.k", {"rotates": True})])
    graph = assembler.finish()

    assert told(graph, "t_broken.b", "rotated") == UNKNOWN
    assert told(graph, "t_key.k", "rotated") is True
    assert len(assembler.diagnostics) == 1


def test_roots_do_not_fold_into_each_other():
    """What one root declares says nothing of another root's resource of the same address."""
    from dataclasses import replace

    assembler = Assembler(TABLE)
    store = resource("t_store.s", {})
    assembler.add([replace(store, address=Address("tf", "a", "t_store.s"))])
    shield = resource("t_shield.x", {"store": later("t_store.s.id")})
    assembler.add(
        [
            replace(store, address=Address("tf", "b", "t_store.s")),
            replace(shield, address=Address("tf", "b", "t_shield.x")),
        ]
    )
    graph = assembler.finish()

    assert [graph.peek(graph.find(Address("tf", root, "t_store.s")), "encrypted") for root in "ab"] == [
        False,
        True,
    ]


def test_what_one_uncertain_module_call_makes_is_there_together():
    """Terraform makes all of a module's resources for each key of its `for_each`, or none of them."""
    doubt, other = Unknown("for_each is not known"), Unknown("count is not known")

    def shielded(presence: Unknown) -> tuple[object, bool]:
        made = [
            replace(resource('module.m["*"].t_store.s', {"bucket": "b"}), presence=doubt),
            replace(resource('module.m["*"].t_shield.x', {"store": "b"}), presence=presence),
            replace(resource('module.m["*"].t_key.k', {"id": "key"}), presence=doubt),
            replace(
                resource(
                    'module.m["*"].t_tie.t',
                    {"store": later('module.m["*"].t_store.s.id'), "key": later('module.m["*"].t_key.k.id')},
                ),
                presence=presence,
            ),
        ]
        assembler = Assembler(TABLE)
        assembler.add([replace(each, type=each.address.name.split(".")[2]) for each in made])
        graph = assembler.finish()
        return told(graph, 'module.m["*"].t_store.s', "encrypted"), bool(edges(graph, "encrypted_with"))

    assert shielded(doubt) == (True, True)
    assert shielded(other) == (UNKNOWN, False)
