"""What is wrong with plans as they are written: each becomes a diagnostic, and the copies do not count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scanner.analysis.copies.clock import Clock
from scanner.analysis.copies.globs import written
from scanner.analysis.copies.making import Making, Subject, parts_of
from scanner.analysis.copies.vaults import Vaults
from scanner.config import Config
from scanner.graph.columns import Graph
from scanner.model.diagnostic import Diagnostic, Level

_CODE = "input-backup"
_ARN_PARTS = 6


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
    told = [*making.faults, *(each for plan in graph.nodes("backup_plan") for each in _no_arns(graph, plan))]
    for plan, at, why in told:
        span = graph.origins[plan].get(at) or graph.spans[plan]
        name = graph.addresses[plan].name
        yield Diagnostic(Level.WARNING, _CODE, f"{name}: {written(why)}", span, "no copy of it is counted")


def _no_arns(graph: Graph, plan: int) -> Iterator[tuple[int, str, str]]:
    """What selections name that is neither an ARN nor a pattern of one (API BackupSelection, Resources)."""
    listed = graph.peek(plan, "selections")
    for position, selection in enumerate(listed if isinstance(listed, list) else ()):
        for path in ("resources", "not_resources"):
            named = selection.get(path) if isinstance(selection, Mapping) else None
            for text in named if isinstance(named, list) else ():
                if isinstance(text, str) and not _may_be_arn(text):
                    yield plan, f"selections[{position}]", f"{text!r} is no ARN, so that it selects nothing"


def _may_be_arn(text: str) -> bool:
    if text in ("*", "{}") or text.startswith(("@", "{")):
        return True
    parts = text.split(":", 5)
    return parts[0] == "arn" and (len(parts) == _ARN_PARTS or "*" in parts[-1] or "{}" in text)
