"""What `--framework` means to the commands: rules limited to frameworks, tables, and what is attested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import click

from scanner.config import Config
from scanner.model.report import Report
from scanner.model.rule import Rule

if TYPE_CHECKING:
    from scanner.engine.run import Judgement
    from scanner.graph.columns import Graph
    from scanner.model.framework import Framework


@dataclass(frozen=True, slots=True)
class Frameworks:
    """The frameworks that were asked for, and every rule that could cover something of them."""

    chosen: tuple[Framework, ...] = ()
    rules: tuple[Rule, ...] = ()

    @classmethod
    def of(cls, names: Sequence[str], rules: Sequence[Rule]) -> Frameworks:
        """Load what was asked for. Raises UsageError for a framework that nobody knows."""
        if not names:
            return cls()
        from scanner.engine import frameworks  # noqa: PLC0415 - only with --framework

        known = frameworks.known(rules)
        for name in names:
            if name not in known:
                raise click.UsageError(f"--framework {name}: no such framework (known: {', '.join(known)})")
        return cls(tuple(frameworks.load(name, rules) for name in dict.fromkeys(names)), tuple(rules))

    def limit(self, rules: Sequence[Rule]) -> list[Rule]:
        """Those of the rules that cover something of any framework asked for; all where none was."""
        if not self.chosen:
            return list(rules)
        from scanner.engine.frameworks import named  # noqa: PLC0415 - only with --framework

        told = {rule.id: rule for rule in rules}
        fitting: set[str] = set()
        for framework in self.chosen:
            for rule in named(framework, told.values()):
                told[rule.id] = rule
                fitting.add(rule.id)
        return [rule for rule in told.values() if rule.id in fitting]

    def told(self, report: Report, judgement: Judgement, graph: Graph, config: Config, today: date) -> Report:
        """The report with the tables of the frameworks, and with what is attested where that is shown."""
        if not (self.chosen or config.attestations or report.posture):
            return report
        from scanner.engine import catalogue  # noqa: PLC0415 - only where statements are told of
        from scanner.engine.frameworks import comply  # noqa: PLC0415 - as above

        standing = catalogue.standing(config.attestations, today)
        counted = {each.statement for each in standing if each.state == "attested"}
        counts = {**judgement.by_rule, **self._by_kind(judgement, graph)}
        tables = tuple(comply(each, self.rules, counts, counted) for each in self.chosen)
        posture = report.posture and replace(report.posture, attestations=tuple(standing))
        remarks = (*report.diagnostics, *catalogue.remarks(config.attestations, today))
        return replace(report, compliance=tables, posture=posture, diagnostics=remarks)

    def _by_kind(self, judgement: Judgement, graph: Graph) -> dict[str, dict[str, int]]:
        """Counts by `ID@KIND`, for the rules that a framework limits to kinds."""
        found: dict[str, Counter[str]] = {}
        for rule in {rule for framework in self.chosen for _, rule in framework.kinds}:
            failed = judgement.failed.get(rule, set())
            passed = judgement.decided.get(rule, set()) - failed
            for name, nodes in (
                ("pass", passed),
                ("fail", failed),
                ("unknown", judgement.unknown.get(rule, set())),
            ):
                for index in nodes:
                    counts = found.setdefault(f"{rule}@{graph.kind(index).name}", Counter[str]())
                    counts[name] += 1
        return {part: dict(counts) for part, counts in found.items()}
