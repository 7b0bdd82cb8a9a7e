"""What `diff` writes for a pull request: one line, then what counts, then the rest folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.cli.diff.change import Entry
from scanner.cli.diff.writing import TITLES, Result, summary, told_witness
from scanner.model.finding import Finding
from scanner.report.escape import markdown as safe
from scanner.report.escape import markdown_code as code

_MOST = 65_000  # characters: a comment of GitHub takes 65,536
_SHOWN = 20


def markdown(result: Result, why: str) -> str:
    """A comment; what does not fit into one is counted."""
    lines: list[str] = []
    size = 0
    for line in _lines(result, why):
        size += len(line) + 1
        if size > _MOST:
            lines.append("\nThe rest does not fit; `layerproof diff --format json` has all of it.")
            break
        lines.append(line)
    return "\n".join(lines) + "\n"


def _lines(result: Result, why: str) -> Iterator[str]:
    told = summary(result)
    nothing = not result.every and not result.judged.new
    yield f"### layerproof: {'nothing is newly permitted' if nothing else 'what this change permits'}"
    yield ""
    yield f"{code(result.sides.base.named.label)} → {code(result.sides.head.named.label)}: {safe(why)}"
    for name, section in result.entries.items():
        sure = [each for each in section if each.certain]
        if sure:
            yield ""
            yield f"**{TITLES[name]}** ({len(sure)})"
            yield ""
            yield from _entries(sure)
    judged = result.judged
    if judged.new:
        yield ""
        yield f"**New findings** ({len(judged.new)})"
        yield ""
        yield from _findings(judged.new)
    for each in judged.ignores:
        until = f" until {safe(each.until)}" if each.until else ""
        at = f" at {code(f'{each.location.path}:{each.location.line}')}" if each.location else ""
        yield f"- ignored: {code(each.rule)}{until}{at}: {safe(each.reason) or 'no reason given'}"
    for setting in judged.settings:
        yield f"- configuration {code(setting.key)}: {code(setting.base)} → {code(setting.head)}"
    unsure = [each for each in result.every if not each.certain]
    if unsure or judged.unknown:
        yield ""
        yield f"<details><summary>Became unknown ({len(unsure) + len(judged.unknown)})</summary>"
        yield ""
        yield from _entries(unsure)
        yield from _findings(judged.unknown)
        yield ""
        yield "</details>"
    if judged.fixed:
        yield ""
        yield f"<details><summary>Fixed findings ({told['fixed']})</summary>"
        yield ""
        yield from _findings(judged.fixed)
        yield ""
        yield "</details>"


def _entries(entries: Sequence[Entry]) -> Iterator[str]:
    for each in entries[:_SHOWN]:
        at = each.place.location
        gone = "removed " if each.place.side == "base" else ""
        place = f" ({gone}{code(f'{at.path}:{at.line}')})" if at is not None else ""
        yield f"- **{each.severity.value}** {safe(each.message)}{place}"
        witness = each.details.get("witness")
        if witness is not None:
            yield f"  for example {code(told_witness(witness))}"
        if each.reason:
            yield f"  unknown: {safe(each.reason)}"
    if len(entries) > _SHOWN:
        yield f"- and {len(entries) - _SHOWN} more"


def _findings(found: Sequence[Finding]) -> Iterator[str]:
    for each in found[:_SHOWN]:
        at = each.location
        place = f" ({code(f'{at.path}:{at.line}')})" if at is not None else ""
        yield f"- **{each.severity.value}** {code(each.rule)} {safe(each.message)}{place}"
    if len(found) > _SHOWN:
        yield f"- and {len(found) - _SHOWN} more"
