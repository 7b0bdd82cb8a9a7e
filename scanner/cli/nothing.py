"""What is said where a scan found nothing to judge, nothing to judge by, or nothing that could be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from scanner.model.diagnostic import Diagnostic, Level

if TYPE_CHECKING:
    from scanner.model.report import Report
    from scanner.model.rule import Rule
    from scanner.scan import Target

_RENDERED = ("render-template", "render-overlay", "render-partial")


def no_input(told: Sequence[Diagnostic], target: Target) -> Diagnostic:
    """Why there is nothing of ours, next to what was told of the input already."""
    if any(each.level is Level.ERROR and each.group in ("parse", "read") for each in told):
        said, remedy = "no Terraform or Kubernetes file could be read", "mend what the other errors tell"
    elif target.stdin is not None:
        said = "standard input holds neither manifests nor a plan, state or snapshot"
        remedy = "pipe the output of `terraform show -json`, `helm template` or `kubectl get -o yaml`"
    elif target.only:
        said = f"no Terraform, plan, state, manifest or snapshot: {', '.join(target.only[:3])}"
        remedy = "a plan is read as JSON: terraform show -json PLANFILE > plan.json"
    else:
        said = "no Terraform or Kubernetes file was found"
        remedy = "check the path and --exclude; .gitignore is honoured"
    return Diagnostic(Level.ERROR, "empty-input", said, remedy=remedy)


def empty(report: Report, ours: int, rules: Sequence[Rule], target: Target) -> Report:
    """Say so where nothing was found to judge, or nothing to judge by."""
    told = list(report.diagnostics)
    if not ours:
        told.append(no_input(told, target))
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
