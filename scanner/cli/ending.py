"""Why a scan ends as it does: the exit code and its reason (DESIGN section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from scanner.cli import common
from scanner.config import Config
from scanner.model.counted import counted
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.finding import Severity, Verdict
from scanner.model.report import Report

GROUPS = ("parse", "read", "render", "denied", "rule", "limit", "empty", "ignore", "config", "evaluate", "module")


def verdict(given: Mapping[str, Any], config: Config, report: Report) -> tuple[int, str]:
    """The exit code and the reason for it (DESIGN section 4): 1 wins over 3."""
    failing = _at_or_above(report, Verdict.FAIL, config.fail_on)
    if failing and config.fail_on:
        return common.FAILED, f"{counted(failing, 'finding')} at or above {config.fail_on.value}"
    open_ = _at_or_above(report, Verdict.UNKNOWN, config.fail_on_unknown)
    if open_ and config.fail_on_unknown:
        return common.FAILED, f"{counted(open_, 'unknown verdict')} at or above {config.fail_on_unknown.value}"
    least = given["posture_at_least"]
    if least is not None and report.posture is not None and (report.posture.overall or 0) < least:
        proven = f"{report.posture.overall:.0%}" if report.posture.overall is not None else "nothing"
        return (
            common.FAILED,
            f"{report.posture.weakest or 'no tenet'} is proven to {proven}, less than {least:.0%}",
        )
    unmapped = report.statistics.get("unmapped", {})
    if given["fail_on_unmapped"] and unmapped:
        return common.FAILED, f"{counted(len(unmapped), 'resource type')} without a mapping"
    errors = [each for each in report.diagnostics if each.level is Level.ERROR and not allowed(given, each)]
    if errors:
        groups = ", ".join(sorted({each.group for each in errors}))
        return common.INCOMPLETE, f"incomplete: {counted(len(errors), 'error')} ({groups})"
    below = sum(finding.verdict is Verdict.FAIL for finding in report.findings)
    if below:
        limit = config.fail_on.value if config.fail_on else "never"
        return common.CLEAN, f"{counted(below, 'finding')}, none that fails the scan (--fail-on {limit})"
    return common.CLEAN, "no findings"


def allowed(given: Mapping[str, Any], diagnostic: Diagnostic) -> bool:
    """Whether --allow-incomplete (or --pre-commit, of an empty input) lets a fault pass."""
    chosen_groups = given["allow_incomplete"]
    if given["pre_commit"] and diagnostic.code == "empty-input":
        return True
    if not chosen_groups:
        return False
    chosen = groups(chosen_groups)
    names = {diagnostic.group, "parse" if diagnostic.group == "read" else diagnostic.group}
    return "all" in chosen or bool(names & set(chosen))


def groups(allowed: str) -> list[str]:
    """The groups that --allow-incomplete names. Raises UsageError for one that there is not."""
    chosen = [each.strip() for each in allowed.split(",") if each.strip()]
    for group in chosen:
        if group not in (*GROUPS, "all"):
            raise click.UsageError(f"--allow-incomplete knows {', '.join(GROUPS)}, all; not {group!r}")
    return chosen


def _at_or_above(report: Report, kind: Verdict, limit: Severity | None) -> int:
    if limit is None:
        return 0
    return sum(each.verdict is kind and each.severity.rank <= limit.rank for each in report.findings)
