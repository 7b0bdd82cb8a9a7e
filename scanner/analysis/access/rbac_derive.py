"""What bindings open, as a derived attribute of their nodes."""

from __future__ import annotations

from typing import Any

from scanner.analysis.access.rbac import Grant, clusters
from scanner.analysis.access.rbac_powers import SYSTEM, Power, powers
from scanner.graph.columns import Graph


def derive_powers(graph: Graph) -> None:
    """Set `powers` of every binding: a list of {id, sort, reach, note, unknown, because}; of clouds none."""
    for index in graph.nodes("binding"):
        graph.set(index, "powers", [])
    for cluster in clusters(graph).values():
        known: dict[object, list[dict[str, Any]]] = {}
        for grant in cluster.grants:
            key = _same(grant)
            if key not in known:
                known[key] = [_told(graph, grant.role, each) for each in powers(grant)]
            graph.set(grant.binding, "powers", known[key])


def _same(grant: Grant) -> object:
    """What two grants share whose ways are the same: the role, and whether it is granted in the whole cluster, in
    the control plane's namespace or in another."""
    where = grant.namespace if grant.namespace in (None, SYSTEM) else ""
    return (grant.role if grant.role is not None else id(grant.permissions), where, id(grant.unknown))


def _at(graph: Graph, role: int, permission: int | None) -> str:
    """The permission of the role that opens a way: those that are not known have no place among the grant's."""
    held = graph.peek(role, "permissions")
    known = [at for at, each in enumerate(held) if isinstance(each, dict)] if isinstance(held, list) else []
    return f"permissions[{known[permission]}]" if permission is not None else "permissions"


def _told(graph: Graph, role: int | None, power: Power) -> dict[str, Any]:
    because = []
    if role is not None:
        node, at = str(graph.addresses[role]), _at(graph, role, power.permission)
        because.append({"node": node, "at": at, "note": power.note, "relation": "binds"})
    unknown = power.unknown.reason if power.unknown is not None else None
    return {
        "id": power.id,
        "sort": power.sort,
        "reach": power.reach,
        "note": power.note,
        "unknown": unknown,
        "because": because,
    }
