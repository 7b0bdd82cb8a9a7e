"""One node for what several planes show: live values, the code's places, relations of both."""

from __future__ import annotations

from scanner.graph.columns import Facts, Graph
from scanner.graph.view import view
from scanner.model.address import Address
from scanner.model.location import Span
from scanner.model.resource import Plane
from scanner.model.value import Cause, Unknown

DECLARED, LIVE = Address("tf", ".", "aws_s3_bucket.b"), Address("aws", "1/eu-west-1", "arn:aws:s3:::b")
UNKNOWN = Unknown("not said", Cause.PROVIDER_COMPUTED)


def two_planes() -> Graph:
    graph = Graph()
    code, live = Span("main.tf", 10, 20), Span("s.jsonl", 0, 5)
    graph.add(
        Facts(
            DECLARED,
            "object_store",
            Plane.DECLARED,
            code,
            {"versioned": True, "encrypted": UNKNOWN},
            {"versioned": code},
        )
    )
    graph.add(Facts(LIVE, "object_store", Plane.LIVE, live, {"versioned": False, "encrypted": True}, {}))
    graph.add(Facts(Address("tf", ".", "aws_kms_key.k"), "key", Plane.DECLARED, code, {}, {}))
    graph.add(Facts(Address("aws", "1/eu-west-1", "other"), "key", Plane.LIVE, live, {}, {}))
    graph.relate("encrypted_with", 0, 2)
    return graph


def test_live_values_at_the_places_of_the_code() -> None:
    graph = view(two_planes(), [(1, 0)])
    (index,) = graph.nodes("object_store")
    assert graph.addresses[index] == DECLARED
    assert (graph.peek(index, "versioned"), graph.peek(index, "encrypted")) == (False, True)
    assert graph.spans[index].path == "main.tf"
    assert graph.origins[index]["versioned"].path == "main.tf"
    assert graph.planes[index] is Plane.LIVE
    assert graph.seen_in[index] == (Plane.DECLARED, Plane.LIVE)
    assert graph.twins[index] == (LIVE,)


def test_relations_are_lifted_and_live_ones_overrule() -> None:
    graph = two_planes()
    lifted = view(graph, [(1, 0)])
    (index,) = lifted.nodes("object_store")
    assert [lifted.addresses[each].name for each in lifted.targets("encrypted_with", index)] == ["aws_kms_key.k"]

    graph.relate("encrypted_with", 1, 3)
    lifted = view(graph, [(1, 0)])
    assert [lifted.addresses[each].name for each in lifted.targets("encrypted_with", 0)] == ["other"]


def test_without_twins_the_graph_is_its_own_view() -> None:
    graph = two_planes()
    assert view(graph, []) is graph
