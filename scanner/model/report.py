"""The result of a scan: findings, diagnostics, and what they were counted over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scanner.model.diagnostic import Diagnostic
from scanner.model.finding import Finding
from scanner.model.location import Location, SourceFile, Span
from scanner.model.rule import Rule

if TYPE_CHECKING:
    from scanner.model.framework import Compliance
    from scanner.model.posture import Posture


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that someone chose to ignore, with the reason given and the date it ends (ISO, or empty).

    `in_source` says whether a comment or annotation of the scanned tree ignores it; else the configuration or a
    baseline does.
    """

    finding: Finding
    reason: str
    until: str = ""
    in_source: bool = True


@dataclass(frozen=True, slots=True)
class Coverage:
    """What became of one unit of input: `unit` is a root, a file or `type:NAME`; `status` is `ok`, `partial`,
    `unmapped`, `denied` or `failed`; `count` is how many resources it stands for.
    """

    unit: str
    status: str
    reason: str = ""
    count: int = 0


@dataclass(slots=True)
class Files:
    """The source files of a scan by path, for lines and snippets."""

    by_path: dict[str, SourceFile] = field(default_factory=dict)

    def add(self, file: SourceFile) -> None:
        self.by_path[file.path] = file

    def locate(self, span: Span) -> Location:
        """A span's lines and columns; line 1 where the file was not kept."""
        file = self.by_path.get(span.path)
        return file.locate(span.start, span.end) if file else Location(span.path, 1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Copied:
    """The copies of one data store: places and mediums that are certain, and pass, fail or unknown by letter."""

    node: str
    copies: int
    media: int
    verdict: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one scan has to say.

    `obligations` counts pass, fail and unknown over (rule, node); `statistics` holds what `--statistics`
    prints: unknown attributes by cause, unmapped types by count.
    """

    rules: tuple[Rule, ...]
    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    diagnostics: tuple[Diagnostic, ...]
    coverage: tuple[Coverage, ...]
    obligations: Mapping[str, int]
    files: Files
    statistics: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    posture: Posture | None = None
    compliance: tuple[Compliance, ...] = ()
    copies: tuple[Copied, ...] = ()
