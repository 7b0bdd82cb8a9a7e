"""Baselines: the findings of one day, which later scans do not count.

A baseline is a JSON file `{"version": 1, "findings": [{"rule", "node", "path", "verdict", "fingerprint"}]}`,
sorted, so that a change of it reads well in a review. An entry covers by its fingerprint alone; the rest is for
readers. What was unknown and has become a fail is told again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scanner.config import ConfigError
from scanner.model.finding import Finding, Verdict
from scanner.model.report import Report, Suppressed

_MAKES = "layerproof baseline create makes one"
VERSION = 1
REASON = "in the baseline"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One finding of a baseline."""

    rule: str
    node: str
    path: str
    fingerprint: str
    verdict: str

    @classmethod
    def of(cls, finding: Finding) -> Entry:
        """What a baseline keeps of a finding."""
        path = finding.location.path if finding.location is not None else ""
        return cls(finding.rule, finding.node, path, finding.fingerprint, finding.verdict.value)

    @property
    def line(self) -> str:
        """The entry as a person reads it."""
        return f"{self.verdict}[{self.rule}] {self.node}" + (f"  {self.path}" if self.path else "")


@dataclass(frozen=True, slots=True)
class Change:
    """What a scan finds beside a baseline: what is `new`, and what is `gone` of it."""

    new: tuple[Entry, ...]
    gone: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a file, by fingerprint."""

    entries: Mapping[str, Entry]

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Baseline:
        """All findings, the unknown too."""
        return cls({each.fingerprint: Entry.of(each) for each in findings})

    @classmethod
    def read(cls, path: Path) -> Baseline:
        """The baseline of a file. Raises ConfigError, naming the file and what is wrong with it."""
        try:
            told = json.loads(path.read_text("utf-8"))
            if not isinstance(told, dict) or not isinstance(told.get("findings"), list):
                raise ConfigError(f"{path} is no baseline: it has no list of findings; {_MAKES}")
            if told.get("version") != VERSION:
                raise ConfigError(
                    f"{path} is a baseline of version {told.get('version')!r}; this release reads {VERSION}"
                )
            entries = [_entry(path, each) for each in told["findings"]]
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise ConfigError(f"{path} is no baseline: {error}; {_MAKES}") from error
        return cls({each.fingerprint: each for each in entries})

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is an old one."""
        entry = self.entries.get(finding.fingerprint)
        return entry is not None and (entry.verdict == finding.verdict.value or finding.verdict is Verdict.UNKNOWN)

    def beside(self, findings: Iterable[Finding]) -> Change:
        """What is new among findings, and what they no longer hold."""
        found = list(findings)
        now = {each.fingerprint for each in found}
        new = [Entry.of(each) for each in found if not self.covers(each)]
        gone = [each for each in self.entries.values() if each.fingerprint not in now]
        return Change(tuple(sorted(new)), tuple(sorted(gone)))

    def without(self, entries: Iterable[Entry]) -> Baseline:
        """The baseline less some of its entries."""
        out = {each.fingerprint for each in entries}
        return Baseline({mark: each for mark, each in self.entries.items() if mark not in out})

    def text(self) -> str:
        """The file."""
        findings = [
            {
                "rule": each.rule,
                "node": each.node,
                "path": each.path,
                "verdict": each.verdict,
                "fingerprint": each.fingerprint,
            }
            for each in sorted(self.entries.values())
        ]
        return json.dumps({"version": VERSION, "findings": findings}, indent=2, ensure_ascii=False) + "\n"


def _entry(path: Path, told: Any) -> Entry:
    names = ("rule", "node", "path", "fingerprint", "verdict")
    if not isinstance(told, dict) or not all(isinstance(told.get(name), str) for name in names):
        raise ConfigError(f"{path} is no baseline: each finding needs {', '.join(names)}")
    return Entry(*(told[name] for name in names))


def without_old(report: Report, baseline: Baseline, *, whole: bool) -> Report:
    """The report with the findings of a baseline set aside, and a note of what no longer occurs, where the scan
    was of everything that the baseline is of (`whole`)."""
    old = [each for each in report.findings if baseline.covers(each)]
    ran = {rule.id for rule in report.rules}
    gone = [each for each in baseline.beside(report.findings).gone if each.rule in ran] if whole else []
    notes = report.notes
    if gone:
        told = f"of the baseline, {len(gone)} no longer {'occurs' if len(gone) == 1 else 'occur'}"
        notes = (*notes, f"{told}: layerproof baseline prune")
    return replace(
        report,
        findings=tuple(each for each in report.findings if not baseline.covers(each)),
        suppressed=(*report.suppressed, *(Suppressed(each, REASON, in_source=False) for each in old)),
        notes=notes,
    )
