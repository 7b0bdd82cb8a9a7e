"""What is wrong with plans as they are written: each becomes a diagnostic, and the copies do not count."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.analysis.copies.clock import Clock
from scanner.analysis.copies.making import Making, Subject, parts_of
from scanner.analysis.copies.vaults import Vaults
from scanner.config import Config
from scanner.graph.columns import Graph
from scanner.model.diagnostic import Diagnostic, Level

_CODE = "input-backup"


def complaints(graph: Graph, config: Config) -> Iterator[Diagnostic]:
    """Malformed ARNs, schedules that never run, retentions that are none, vaults that do not exist."""
    making = Making(
        graph,
        Vaults(graph, Clock(graph)),
        config.backup,
        complete="backup" in config.complete,
    )
    for plan in graph.nodes("backup_plan"):
        making.of(plan, Subject("EBS", *parts_of(graph, plan)))
    for plan, at, why in making.faults:
        span = graph.origins[plan].get(at) or graph.spans[plan]
        name = graph.addresses[plan].name
        yield Diagnostic(Level.WARNING, _CODE, f"{name}: {why}", span, "no copy of it is counted")
