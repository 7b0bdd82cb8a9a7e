"""`--with checkov`: a peer's findings in our report, without those that a rule of ours decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.config import Config
from scanner.engine import checkov
from scanner.engine.peer import Joined, join, without_ignored
from scanner.engine.run import Judgement
from scanner.engine.suppress import Ignores
from scanner.model.counted import counted
from scanner.model.report import Report
from scanner.scan import Built, Judging


def with_checkov(
    report: Report, judgement: Judgement, built: Built, config: Config, judging: Judging, options: tuple[str, bool]
) -> Report:
    """The report with checkov's findings beside ours; its notes say what was merged into which rule.

    `options` are the executable ("" to look for one) and whether it may be installed.
    """
    executable, allow_install = options
    result = checkov.run(report.files, executable or None, allow_install=allow_install)
    joined = join(built.graph, report.files, result.failed, report.rules, judgement.decided)
    ignores = Ignores.read(built.graph, report.files, config.ignores, inline=judging.inline_ignores)
    standing, suppressed = without_ignored(joined.findings, ignores, judging.today)
    return replace(
        report,
        findings=tuple(sorted((*report.findings, *standing), key=lambda finding: finding.order)),
        suppressed=(*report.suppressed, *suppressed),
        rules=(*report.rules, *joined.rules),
        diagnostics=(*report.diagnostics, *result.diagnostics),
        notes=(*report.notes, *_notes(result, joined)),
    )


def _notes(result: checkov.CheckovResult, joined: Joined) -> Iterator[str]:
    if result.version:
        total, merged = len(result.failed), len(joined.merged)
        yield f"checkov {result.version}: {counted(total, 'finding')} = {total - merged} shown + {merged} merged"
    for each in joined.merged:
        yield f"merged {each.check} at {each.address} into {each.rule}"
