"""Stores that a plan all but selects: opted out (T2), another Region (T3), `db:*` for a cluster (T11)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from scanner.analysis.copies.making import parts_of
from scanner.analysis.copies.places import same_part
from scanner.analysis.copies.selection import SHARED, Selections
from scanner.graph.columns import Graph
from scanner.model.value import Cause, Unknown

_OPTED = Unknown("whether its account is opted in to the type cannot be told", Cause.OUTSIDE_SCAN)
_INSTANCES = ":db:*"


class Misses:
    """What keeps plans from selecting a store that they look as if they did."""

    def __init__(self, graph: Graph, plans: Sequence[int]) -> None:
        self._graph = graph
        self._plans = plans
        self._regardless = Selections(graph, plans, regardless=True)
        self._some_out = any(graph.peek(plan, "opted_in") is not None for plan in plans)
        self._instances = [plan for plan in plans if _takes_instances(graph, plan)]

    def of(self, store: int, perhaps: Collection[int]) -> str | Unknown | None:
        """Which plan, and what stands in the way; None where none does so. `perhaps`: plans that may."""
        graph = self._graph
        told = graph.peek(store, "selectable")
        if not isinstance(told, Mapping):
            return None
        plan = self._regardless.first(store) if self._some_out else None
        if plan is not None and plan in perhaps:
            return _OPTED
        if plan is not None:
            return f"{graph.addresses[plan].name} selects it, but its account is not opted in to {told['type']}"
        plan = self._regardless.naming(store)
        if plan is not None and not _perhaps_together(graph, plan, store):
            return f"{graph.addresses[plan].name} names it, but works in another Region or account"
        if told["type"] in SHARED:
            for each in self._instances:
                if _together(graph, each, store):
                    return f"{graph.addresses[each].name} selects db:*, which means instances and no clusters"
        return None


def _takes_instances(graph: Graph, plan: int) -> bool:
    """Whether a plan asks for all instances of RDS, and for nothing that would take clusters."""
    listed = graph.peek(plan, "selections")
    for each in listed if isinstance(listed, list) else ():
        resources = each.get("resources") if isinstance(each, Mapping) else None
        for text in resources if isinstance(resources, list) else ():
            if isinstance(text, str) and text.endswith(_INSTANCES) and "cluster" not in text:
                return True
    return False


def _together(graph: Graph, plan: int, store: int) -> bool:
    there, here = parts_of(graph, plan), parts_of(graph, store)
    return all(same_part(a, b) is True for a, b in zip(there, here, strict=True))


def _perhaps_together(graph: Graph, plan: int, store: int) -> bool:
    there, here = parts_of(graph, plan), parts_of(graph, store)
    return all(same_part(a, b) is not False for a, b in zip(there, here, strict=True))
