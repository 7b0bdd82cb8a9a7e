"""What bindings open, as a derived attribute of their nodes."""

from __future__ import annotations

from typing import Any

from scanner.analysis.access.rbac import clusters
from scanner.analysis.access.rbac_powers import Power, powers
from scanner.graph.columns import Graph

ATTRIBUTES = ("powers",)


def derive_powers(graph: Graph) -> None:
    """Set `powers` of every binding: a list of {id, reach, note, unknown, because}; empty for those of clouds."""
    for index in graph.nodes("binding"):
        graph.set(index, "powers", [])
    for cluster in clusters(graph).values():
        for grant in cluster.grants:
            graph.set(grant.binding, "powers", [_told(graph, grant.role, each) for each in powers(grant)])


def _told(graph: Graph, role: int | None, power: Power) -> dict[str, Any]:
    because = []
    if role is not None:
        node = str(graph.addresses[role])
        because.append({"node": node, "at": "permissions", "note": power.note, "relation": "binds"})
    unknown = power.unknown.reason if power.unknown is not None else None
    return {"id": power.id, "reach": power.reach, "note": power.note, "unknown": unknown, "because": because}
