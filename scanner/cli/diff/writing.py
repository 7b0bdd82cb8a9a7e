"""What `diff` writes: JSON for programs, text for people; Markdown is beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scanner import __version__
from scanner.cli.diff.change import Entry, Place
from scanner.cli.diff.findings import Judged
from scanner.cli.diff.sides import Side, Sides
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.finding import Finding, Severity
from scanner.model.location import Location

_SHOWN = 10  # entries of a section, unless all are asked for
_UNSURE = 3
TITLES = {"reachability": "Newly reachable", "permissions": "Newly permitted", "copies": "Copies lost"}


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that one comparison has to say; `entries` by section."""

    sides: Sides
    entries: dict[str, list[Entry]]
    judged: Judged
    closed: int
    assumptions: tuple[str, ...]

    @property
    def every(self) -> list[Entry]:
        return [entry for section in self.entries.values() for entry in section]


# JSON


def document(result: Result) -> dict[str, Any]:
    """`{"tool", "base", "head", "summary", "reachability", "permissions", "copies", "findings", ...}`."""
    judged, files = result.judged, result.sides.head.asked.built.target.tree.files
    return {
        "tool": {"name": "layerproof", "version": __version__},
        "base": _side(result.sides.base),
        "head": _side(result.sides.head),
        "summary": summary(result),
        **{name: [_entry(each) for each in section] for name, section in result.entries.items()},
        "findings": {
            "new": [_finding(each) for each in judged.new],
            "fixed": [_finding(each) for each in judged.fixed],
            "unknown": [_finding(each) for each in judged.unknown],
        },
        "ignores": [
            {**each._asdict(), "location": _location(each.location), "until": each.until or None}
            for each in judged.ignores
        ],
        "configuration": [each._asdict() for each in judged.settings],
        "assumptions": list(result.assumptions),
        "notes": list(result.sides.notes),
        "diagnostics": [
            {
                "side": name,
                "level": each.level.value,
                "code": each.code,
                "summary": each.summary,
                "location": files.locate(each.span)._asdict() if each.span and name == "head" else None,
            }
            for name, side in (("base", result.sides.base), ("head", result.sides.head))
            for each in errors(side)
        ],
    }


def summary(result: Result) -> dict[str, Any]:
    """Numbers: what is certain by section and severity, what is not, findings, what is gone."""
    sure = {name: [each for each in section if each.certain] for name, section in result.entries.items()}
    judged = result.judged
    found = [each.severity for section in sure.values() for each in section] + [
        each.severity for each in judged.new
    ]
    return {
        **{name: len(section) for name, section in sure.items()},
        "unknown": sum(not each.certain for each in result.every) + len(judged.unknown),
        "new": len(judged.new),
        "fixed": len(judged.fixed),
        "no_longer_reachable": result.closed,
        "ignores": len(judged.ignores),
        "by_severity": {each.value: found.count(each) for each in Severity},
    }


def _side(side: Side) -> dict[str, Any]:
    return {"name": side.named.label, "commit": side.named.commit or None}


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "what": entry.what,
        "severity": entry.severity.value,
        "verdict": "fail" if entry.certain else "unknown",
        "message": entry.message,
        "node": entry.node,
        "instances": list(entry.instances or (entry.node,)),
        "location": _location(entry.place.location),
        "side": entry.place.side if entry.place.location else None,
        "note": entry.place.note or None,
        "reason": entry.reason or None,
        **entry.details,
    }


def _location(location: Location | None) -> dict[str, Any] | None:
    return location._asdict() if location is not None else None


def _finding(finding: Finding) -> dict[str, Any]:
    from scanner.report.json import finding_json  # noqa: PLC0415 - JSON only

    found: dict[str, Any] = finding_json(finding)
    return found


def errors(side: Side) -> list[Diagnostic]:
    """What could not be read of one side, each once."""
    return [each for each in side.report.diagnostics if each.level is Level.ERROR]


# text


def text(result: Result, *, every: bool) -> str:
    """The same for people: what counts first, what is not certain in few lines."""
    from scanner.report.escape import line_start, terminal  # noqa: PLC0415 - text only

    return "".join(f"{line_start(terminal(line))}\n" for line in _lines(result, every=every))


def _lines(result: Result, *, every: bool) -> Iterator[str]:
    yield f"{_named(result.sides.base)} -> {_named(result.sides.head)}"
    yield from (f"note: {each}" for each in result.sides.notes)
    for name, section in result.entries.items():
        sure = [each for each in section if each.certain]
        if sure:
            yield ""
            yield f"{TITLES[name]} ({len(sure)})"
            yield from _several(sure, _entry_lines, every=every)
    yield from _finding_lines(result, every=every)
    unsure = [each for each in result.every if not each.certain]
    if unsure or result.judged.unknown:
        yield ""
        yield f"Became unknown ({len(unsure) + len(result.judged.unknown)})"
        yield from _several(unsure, _entry_lines, every=every, most=_UNSURE)
        yield from _reasons(result.judged.unknown)
    yield from _declared(result)
    yield ""
    yield _counts(result)


def _named(side: Side) -> str:
    return f"{side.named.label} ({side.named.commit[:12]})" if side.named.commit else side.named.label


def _several(
    found: Sequence[Any], lines: Callable[[Any], Iterator[str]], *, every: bool, most: int = _SHOWN
) -> Iterator[str]:
    shown = found if every else found[:most]
    for each in shown:
        yield from lines(each)
    if len(found) > len(shown):
        yield f"  and {len(found) - len(shown)} more (--all)"


def _entry_lines(entry: Entry) -> Iterator[str]:
    yield f"  {entry.severity.value:<8} {entry.message}"
    if entry.place.location is not None:
        yield f"           {where(entry.place)}"
    if entry.reason:
        yield f"           unknown: {entry.reason}"
    witness = entry.details.get("witness")
    if witness is not None:
        yield f"           for example {told_witness(witness)}"


def where(place: Place) -> str:
    """A place as people write it; of the base, that it is gone."""
    at = place.location
    if at is None:
        return ""
    note = f" ({place.note})" if place.note else ""
    return (
        f"{at.path}:{at.line}{note}" if place.side == "head" else f"removed: {at.path}:{at.line} of the base{note}"
    )


def told_witness(witness: dict[str, Any]) -> str:
    """One request in words."""
    by = f" by {witness['principal']}" if witness["principal"] else ""
    context = ", ".join(
        f"{key} {'absent' if value is None else value}" for key, value in witness["context"].items()
    )
    on = f" on {witness['resource']}" if witness["resource"] else ""
    return f"{witness['action']}{on}{by}{f', where {context}' if context else ''}"


def _finding_lines(result: Result, *, every: bool) -> Iterator[str]:
    judged = result.judged
    for title, found in (("New findings", judged.new), ("Fixed findings", judged.fixed)):
        if found:
            yield ""
            yield f"{title} ({len(found)})"
            yield from _several(found, _one_finding, every=every, most=_SHOWN if found is judged.new else _UNSURE)


def _one_finding(finding: Finding) -> Iterator[str]:
    at = finding.location
    place = f"  {at.path}:{at.line}" if at is not None else ""
    yield f"  {finding.severity.value:<8} {finding.rule}: {finding.message}{place}"


def _reasons(found: Sequence[Finding]) -> Iterator[str]:
    """Unknown verdicts by reason, the most frequent first."""
    from scanner.report.summary import by_reason  # noqa: PLC0415 - only where there are some

    for group in by_reason(found)[:_UNSURE]:
        rules = sorted({each.rule for each in group})
        more = f" and {len(rules) - 2} more" if len(rules) > 2 else ""
        yield f"  {len(group)} of {', '.join(rules[:2])}{more}: {group[0].reason}"


def _declared(result: Result) -> Iterator[str]:
    """Ignores that were added, and keys of the configuration that changed."""
    if result.judged.ignores:
        yield ""
        yield f"Ignores added ({len(result.judged.ignores)})"
    for each in result.judged.ignores:
        until = f", until {each.until}" if each.until else ""
        at = f"  {each.location.path}:{each.location.line}" if each.location else ""
        covers = f"; covers {each.covers}" if each.covers else ""
        yield f"  {each.rule}: {each.reason or 'no reason given'}{until}{covers}{at}"
    if result.judged.settings:
        yield ""
        yield f"Configuration ({len(result.judged.settings)})"
    for setting in result.judged.settings:
        yield f"  {setting.key}: {setting.base} -> {setting.head}"


def _counts(result: Result) -> str:
    told = summary(result)
    parts = [f"{told[name]} {title.lower()}" for name, title in TITLES.items()]
    parts += [f"{told['new']} new findings", f"{told['fixed']} fixed", f"{told['unknown']} became unknown"]
    return ", ".join(parts)
