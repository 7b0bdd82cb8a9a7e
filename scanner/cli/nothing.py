"""What is said where a scan found nothing to judge, nothing to judge by, or nothing that could be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from scanner.model.diagnostic import Diagnostic, Level

if TYPE_CHECKING:
    from scanner.model.report import Report
    from scanner.model.rule import Rule

_RENDERED = ("render-template", "render-overlay")


def empty(report: Report, ours: int, rules: Sequence[Rule]) -> Report:
    """Say so where nothing was found to judge, or nothing to judge by."""
    told = list(report.diagnostics)
    if not ours:
        told.append(
            Diagnostic(Level.ERROR, "empty-input", "no Terraform or Kubernetes file was found",
                       remedy="check the path and --exclude; .gitignore is honoured")
        )  # fmt: skip
    if not rules:
        told.append(
            Diagnostic(Level.ERROR, "empty-rules", "no rule was evaluated", remedy="check --select and --ignore")
        )
    return replace(report, diagnostics=tuple(told))


def unrendered(report: Report) -> Report:
    """Say so where all that there is was to be rendered, and nothing was: no finding is then no answer."""
    if sum(report.obligations.values()) or not any(each.code in _RENDERED for each in report.diagnostics):
        return report
    told = Diagnostic(Level.ERROR, "render-nothing", "nothing was rendered, so that nothing could be judged",
                      remedy="see what the warnings say of the charts and overlays")  # fmt: skip
    return replace(report, diagnostics=(*report.diagnostics, told))
