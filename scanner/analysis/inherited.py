"""What a node takes from the nodes that it stands in or was made of, where it says nothing itself."""

from __future__ import annotations

from scanner.graph.columns import Graph
from scanner.model.value import Cause, Unknown, Value

# Attribute of a kind, the relation to look along, and the attribute there that decides.
_INHERITED = (
    ("instance", "public_address", "in_subnet", "public_by_default"),
    ("network_interface", "public_address", "in_subnet", "public_by_default"),
    ("instance", "public_address", "contains", "public_address"),
    ("node_group", "public_address", "contains", "public_address"),
    ("node_group", "public_address", "in_subnet", "public_by_default"),
    ("node_group", "tokens_required", "contains", "tokens_required"),
    ("snapshot", "encrypted", "snapshot_of", "encrypted"),
)

# What is not so there is that node's fault, and told of it: one cause, one finding.
_TOLD_THERE = ("snapshot",)


def inherit(graph: Graph) -> None:
    """Fill attributes that are left to a neighbour, where the neighbour is in the scan and says it."""
    for kind, attribute, relation, source in _INHERITED:
        for index in graph.nodes(kind):
            value = graph.peek(index, attribute)
            if isinstance(value, Unknown) and value.cause is Cause.OUTSIDE_SCAN:
                found = _from_neighbours(graph, index, relation, source)
                if isinstance(found, bool):
                    graph.set(index, attribute, found or (None if kind in _TOLD_THERE else False))
    _started(graph)


def _started(graph: Graph) -> None:
    """A launch template that leaves addresses to the subnet: the subnets of all groups that start machines of it
    say (Auto Scaling User Guide, "Provide network connectivity")."""
    for index in graph.nodes("instance"):
        value = graph.peek(index, "public_address")
        groups = graph.sources("contains", index)
        if not groups or not isinstance(value, Unknown) or value.cause is not Cause.OUTSIDE_SCAN:
            continue
        told = {_said(_from_neighbours(graph, each, "in_subnet", "public_by_default")) for each in groups}
        if len(told) == 1 and (found := told.pop()) is not None:
            graph.set(index, "public_address", found)


def _said(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


def _from_neighbours(graph: Graph, index: int, relation: str, attribute: str) -> Value:
    """What all neighbours agree on; None where they do not, or where one is not in the scan."""
    if graph.why_open(relation, index) is not None:
        return None
    told = [_peek(graph, target, attribute) for target in graph.targets(relation, index)]
    if not told or not all(isinstance(each, bool) for each in told):
        return None
    return told[0] if len(set(told)) == 1 else None


def _peek(graph: Graph, index: int, attribute: str) -> Value:
    return graph.peek(index, attribute) if graph.kind(index).has(attribute) else None
