"""`--with checkov`: a peer's findings in our report, without those that a rule of ours decided."""

from __future__ import annotations

from dataclasses import replace

from scanner.engine import checkov
from scanner.engine.peer import join
from scanner.engine.run import Judgement
from scanner.model.report import Report
from scanner.scan import Built


def with_checkov(
    report: Report, judgement: Judgement, built: Built, executable: str | None, *, allow_install: bool
) -> Report:
    """The report with checkov's findings beside ours; its notes say what was merged into which rule."""
    result = checkov.run(report.files, executable or None, allow_install=allow_install)
    joined = join(built.graph, report.files, result.failed, report.rules, judgement.decided)
    notes = [f"merged {each.check} at {each.address} into {each.rule}" for each in joined.merged]
    if result.version:
        shown, merged = len(result.failed) - len(joined.merged), len(joined.merged)
        counts = f"{len(result.failed)} findings = {shown} shown + {merged} merged"
        notes.insert(0, f"checkov {result.version}: {counts}")
    findings = sorted((*report.findings, *joined.findings), key=lambda finding: finding.order)
    return replace(
        report,
        findings=tuple(findings),
        rules=(*report.rules, *joined.rules),
        diagnostics=(*report.diagnostics, *result.diagnostics),
        notes=(*report.notes, *notes),
    )
