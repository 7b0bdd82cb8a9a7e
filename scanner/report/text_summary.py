"""The end of the text report: what could not be told and why, and the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from scanner.model.counted import counted
from scanner.model.finding import Finding, Severity
from scanner.model.report import Report
from scanner.report.escape import terminal, unicode_text
from scanner.report.style import Style, clip, fill
from scanner.report.summary import Split, by_layer, by_reason, by_severity, checked, unmapped

_MOST_REASONS = 6
_MOST_TYPES = 5
_VARIABLES = "give the variables: --var NAME=VALUE or --var-file FILE"
_PLAN = "scan a plan, which knows more: terraform show -json PLAN"
_CONTEXT = "say in layerproof.toml what this scan holds all of: [scope] complete = [...]"
# What would decide a verdict, by words of the reason.
_REMEDIES = (
    ("has no default", _VARIABLES),
    ("is not given", _VARIABLES),
    ("not on disk", "bring the modules: terraform init -backend=false"),
    ("data source", _PLAN),
    ("known after apply", _PLAN),
    ("not part of this scan", _CONTEXT),
    ("not in the scanned tree", _CONTEXT),
    ("outside", _CONTEXT),
    ("not mapped", "scan the live account, or report the type as missing"),
)
# Reasons that say it themselves, by words of theirs.
_TOLD = ("run terraform init", "give it with", "a plan (terraform")


def unknown_lines(unknowns: Sequence[Finding], style: Style, width: int) -> Iterator[str]:
    """Unknown verdicts by reason, the most frequent first, each with what would decide it."""
    ordered = by_reason(unknowns)
    yield f"{style.paint(f'{len(unknowns)} unknown', 'bold')}: neither passed nor failed, for want of facts"
    for group in ordered[:_MOST_REASONS]:
        yield from _reason_lines(group, style, width)
    if len(ordered) > _MOST_REASONS:
        count = sum(map(len, ordered[_MOST_REASONS:]))
        yield f"  {count:>5}  for {len(ordered) - _MOST_REASONS} other reasons"
    yield style.paint("  --show-unknown lists them one by one", "dim")


def _reason_lines(group: Sequence[Finding], style: Style, width: int) -> Iterator[str]:
    reason = _safe(group[0].reason) or "reason not given"
    alike = len({finding.reason for finding in group}) - 1
    also = f" (and {alike} like it)" if alike else ""
    yield from _labelled(f"  {len(group):>5}  ", f"because {reason}{also}", width)
    remedy = next((remedy for word, remedy in _REMEDIES if word in group[0].reason), "")
    if remedy and not any(word in reason for word in _TOLD):
        yield f"         {style.paint(remedy, 'dim')}"


def summary_lines(
    report: Report, found: Split, style: Style, width: int, *, statistics: bool = False
) -> Iterator[str]:
    """The counts, a line each; what does not occur has no line."""
    yield _findings_line(report, found, style)
    layers = ", ".join(f"{name} {count}" for name, count in by_layer(found.fails).items() if count)
    if layers:
        yield from _labelled("layers:   ", layers, width)
    if report.obligations:
        yield f"checked:  {checked(report)}"
    yield from _unmapped_lines(report, width)
    for note in report.notes:
        yield from _labelled("note:     ", _safe(note), width)
    if statistics:
        yield from _statistics(report)


def _findings_line(report: Report, found: Split, style: Style) -> str:
    if found.fails:
        severities = by_severity(found.fails)
        parts = [f"{severities[each.value]} {style.level(each)}" for each in Severity if severities[each.value]]
        total = style.paint(counted(len(found.fails), "finding"), "bold")
        line = f"{total}: {', '.join(parts)}"
    else:
        line = style.paint("no findings", "good" if not found.unknowns else "bold")
    if report.suppressed:
        line += f"; {len(report.suppressed)} suppressed"
    return line


def _unmapped_lines(report: Report, width: int) -> Iterator[str]:
    types = unmapped(report)
    if not types:
        return
    named = [f"{_safe(each.unit.removeprefix('type:'))} {each.count}" for each in types[:_MOST_TYPES]]
    if len(types) > _MOST_TYPES:
        named.append(f"and {counted(len(types) - _MOST_TYPES, 'more type')}")
    total = sum(each.count for each in types)
    text = f"{counted(total, 'resource')} of {counted(len(types), 'type')}: "
    yield from _labelled("unmapped: ", text + ", ".join(named), width)


def _statistics(report: Report) -> Iterator[str]:
    for name, counts in sorted(report.statistics.items()):
        yield ""
        yield f"{_safe(name)}:"
        for key, count in Counter(dict(sorted(counts.items()))).most_common():
            yield f"  {count:>7}  {_safe(key)}"


def _labelled(label: str, text: str, width: int) -> Iterator[str]:
    """The text filled beside its label."""
    filled = list(fill(text, width, len(label), len(label))) or [""]
    yield (label + filled[0]).rstrip()
    yield from filled[1:]


def _safe(text: str) -> str:
    return clip(terminal(unicode_text(text)), 300)
