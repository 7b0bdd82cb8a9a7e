"""What the analysis says of an account that a path is written for."""

from __future__ import annotations

from pathlib import Path

from scanner.analysis.access.escalation import Escalations
from tests.analysis.access.paths.accounts import Case
from tests.analysis.access.reading import at, graph_of


def asked(folder: Path, case: Case, *complete: str) -> tuple[str, set[str]]:
    """Whether the principal of the case is an administrator, and the ids of its ways there."""
    graph = graph_of(folder, main_tf=case.text)
    found = Escalations(graph, complete)
    index = at(graph, case.principal)
    return found.admin(index), {way.id for way in found.ways(index)}


def assert_nothing_missing_is_made_up(folder: Path, case: Case) -> None:
    """Without what a path asks for it makes no administrator; where the rest may lie outside the scan, perhaps."""
    assert asked(folder, case, "trust")[0] == "no"
    assert asked(folder, case)[0] in ("no", "unknown"), "it may lie outside the scan"
