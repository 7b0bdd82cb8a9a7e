"""How long identities and permissions have not been used: days since, when the account was read."""

from __future__ import annotations

from scanner.analysis.copies.clock import Clock, moment
from scanner.graph.columns import Graph
from scanner.model.value import Unknown, Value

# What AWS's own findings of unused access begin with (IAM Access Analyzer, unused access: 90 days by default).
LONG_DAYS = 90
ATTRIBUTES = ("age_days", "unused_days", "unused_services")


def derive_usage(graph: Graph) -> None:
    """Set the days since making and last use of keys, users and roles, the services that they do not use, and the
    age of volumes and snapshots."""
    clock = Clock(graph)
    for kind in ("access_key", "volume", "snapshot"):
        for index in graph.nodes(kind):
            graph.set(index, "age_days", _days(graph, clock, index, "created"))
    for index in graph.nodes("access_key"):
        graph.set(index, "unused_days", _days(graph, clock, index, "used"))
    for kind in ("role", "user"):
        for index in graph.nodes(kind):
            graph.set(index, "unused_days", _days(graph, clock, index, "used"))
            graph.set(index, "unused_services", _unused(graph, clock, index))


def _days(graph: Graph, clock: Clock, index: int, name: str) -> Value:
    """Whole days since a date; null where none is recorded."""
    told = graph.peek(index, name)
    return told if isinstance(told, Unknown) else _since(clock, index, told)


def _since(clock: Clock, index: int, told: Value) -> int | None:
    when = moment(told)
    return (clock.of(index) - when).days if when is not None else None


def _unused(graph: Graph, clock: Clock, index: int) -> Value:
    told = graph.peek(index, "services")
    if not isinstance(told, list):
        return told
    return sorted(
        str(each["service"])
        for each in told
        if isinstance(each, dict)
        and ((days := _since(clock, index, each.get("used"))) is None or days > LONG_DAYS)
    )
