"""The report in Markdown, for job summaries and comments on pull requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.docs import first_sentence
from scanner.model.diagnostic import Level
from scanner.model.finding import Finding, Severity
from scanner.model.location import Location
from scanner.model.report import Report
from scanner.report import compliance
from scanner.report.copies import copies_table
from scanner.report.escape import markdown, markdown_code, unicode_text
from scanner.report.options import RenderOptions
from scanner.report.posture import markdown_lines
from scanner.report.summary import (
    by_layer,
    by_reason,
    by_severity,
    diagnostic_location,
    headline,
    ordered_diagnostics,
    parted,
    rules_of,
    split,
    unmapped,
)

_LONGEST = 300
_MOST_REASONS = 10
_MOST_TYPES = 10
_MOST_DIAGNOSTICS = 50
_RESERVE = 200  # bytes kept for the line that says how much was cut


def render(report: Report, options: RenderOptions) -> bytes:
    return write(report, limit_bytes=options.limit_bytes).encode()


def write(report: Report, *, limit_bytes: int = 1_000_000) -> str:
    """The report in at most that many bytes of UTF-8: counts first, then findings worst first; what does not
    fit is counted at the end."""
    room = limit_bytes - _RESERVE
    kept: list[str] = []
    left = 0
    for block in _blocks(report):
        size = len(block.encode()) + 1
        if left or size > room:
            left += 1
            continue
        room -= size
        kept.append(block)
    if left:
        kept.append(f"\n_The report was cut here: {left} more lines did not fit._")
    return "\n".join(kept) + "\n"


def _blocks(report: Report) -> Iterator[str]:
    """Lines of Markdown, in the order of their worth."""
    found = split(report)
    yield f"## layerproof: {headline(found)}"
    yield ""
    yield from _counts(report, found.fails)
    if report.posture is not None:
        yield from markdown_lines(report.posture)
    yield from compliance.markdown_lines(report.compliance)
    yield from copies_table(report.copies)
    yield from _findings(report, found.fails)
    yield from _diagnostics(report)
    yield from _unknowns(found.unknowns)
    yield from _unmapped(report)


def _counts(report: Report, fails: Iterable[Finding]) -> Iterator[str]:
    severities = {name: count for name, count in by_severity(fails).items() if count}
    if severities:
        yield f"| {' | '.join(severities)} |"
        yield f"| {' | '.join('---' for _ in severities)} |"
        yield f"| {' | '.join(map(str, severities.values()))} |"
        yield ""
    told = [f"{report.obligations.get(name, 0)} {name}" for name in ("pass", "fail", "unknown")]
    if report.suppressed:
        told.append(f"{len(report.suppressed)} suppressed")
    yield "Obligations: " + ", ".join(told) + "."
    layers = [f"{name} {count}" for name, count in by_layer(fails).items() if count]
    if layers:
        yield f"Findings by layer: {', '.join(layers)}."
    yield ""


def _findings(report: Report, fails: Iterable[Finding]) -> Iterator[str]:
    rules = rules_of(report)
    current: Severity | None = None
    for finding in fails:
        if finding.severity is not current:
            if current is not None:
                yield ""
            current = finding.severity
            yield f"### {current.value}"
            yield ""
        yield from _finding(finding, first_sentence(rules[finding.rule].remedy))
    if current is not None:
        yield ""


def _finding(finding: Finding, remedy: str) -> Iterator[str]:
    """A list item; what belongs to it is one block with it, so that a cut never parts them."""
    place = f" at {_place(finding.location)}" if finding.location else ""
    lines = [f"- **{_text(finding.message) or _code(finding.rule)}**{place} ({_code(finding.rule)})"]
    stations = parted(finding.path)[1]
    if len(stations) > 1:
        steps = (_code(step.node.rpartition("#")[2] or step.node) for step in stations)
        lines.append(f"  Path: {' → '.join(steps)}")
    if finding.cut:
        lines.append(f"  Cut: {_text(finding.cut)}")
    if remedy:
        lines.append(f"  Fix: {_text(remedy)}")
    yield "  \n".join(lines)


def _diagnostics(report: Report) -> Iterator[str]:
    shown = [each for each in ordered_diagnostics(report) if each.level is not Level.NOTE]
    if not shown:
        return
    yield "### Diagnostics"
    yield ""
    for each in shown[:_MOST_DIAGNOSTICS]:
        where = diagnostic_location(report, each)
        place = f" at {_place(where)}" if where else ""
        remedy = f" ({_text(each.remedy)})" if each.remedy else ""
        yield f"- {each.level.value} {_code(each.code)}{place}: {_text(each.summary)}{remedy}"
    if len(shown) > _MOST_DIAGNOSTICS:
        yield f"- and {len(shown) - _MOST_DIAGNOSTICS} more"
    yield ""


def _unknowns(unknowns: tuple[Finding, ...]) -> Iterator[str]:
    if not unknowns:
        return
    yield "### Unknown"
    yield ""
    yield "| Verdicts | Because |"
    yield "| --- | --- |"
    groups = by_reason(unknowns)
    for group in groups[:_MOST_REASONS]:
        alike = len({each.reason for each in group}) - 1
        also = f" (and {alike} like it)" if alike else ""
        yield f"| {len(group)} | {_text(group[0].reason) or 'reason not given'}{also} |"
    if len(groups) > _MOST_REASONS:
        yield f"| {sum(map(len, groups[_MOST_REASONS:]))} | other reasons |"
    yield ""


def _unmapped(report: Report) -> Iterator[str]:
    types = unmapped(report)
    if not types:
        return
    named = [f"{_code(each.unit.removeprefix('type:'))} {each.count}" for each in types[:_MOST_TYPES]]
    if len(types) > _MOST_TYPES:
        named.append(f"{len(types) - _MOST_TYPES} more types")
    yield f"Types without a mapping: {', '.join(named)}."


def _place(location: Location) -> str:
    return _code(f"{location.path}:{location.line}")


def _text(text: str) -> str:
    return markdown(_short(text))


def _code(text: str) -> str:
    return markdown_code(_short(text))


def _short(text: str) -> str:
    whole = unicode_text(text)
    return whole if len(whole) <= _LONGEST else whole[: _LONGEST - 1] + "…"
