"""Whether clusters leave the network policies of the scan undone, as they say themselves."""

from __future__ import annotations

from scanner.graph.columns import Graph
from scanner.model.value import Cause, Unknown, Value

_WHOSE = Unknown("the scan has several clusters, and policies that may be another's", Cause.OUTSIDE_SCAN)


def derive_undone(graph: Graph) -> None:
    """Set `ignores_policies` of every cluster."""
    declared = bool(graph.nodes("network_policy"))
    several = len(graph.nodes("cluster")) > 1
    for index in graph.nodes("cluster"):
        enforces = graph.peek(index, "network_policy")
        told: Value = enforces if isinstance(enforces, Unknown) else declared and enforces is False
        if told is True and several:
            told = _WHOSE
        graph.set(index, "ignores_policies", told if declared else False)
