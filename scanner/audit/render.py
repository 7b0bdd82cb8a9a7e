"""The overview as text for a terminal and as Markdown for an issue or a mail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scanner.audit.overview import LISTS
from scanner.report.escape import line_start, markdown, markdown_code, terminal

_MOST = 50  # findings listed per heading; the rest is counted
_POINTS = 15  # scans in the trend
_HEADINGS = {
    "new": "New",
    "reopened": "Reopened",
    "fixed": "Fixed",
    "stale": "Stale (could not be checked again)",
    "overdue": "Overdue",
}
_COLUMNS = ("open", *LISTS)


def text(found: Mapping[str, Any]) -> str:
    """Plain text; what comes from accounts cannot steer the terminal."""
    return "\n".join(line_start(each) for each in _text(found)) + "\n"


def _text(found: Mapping[str, Any]) -> Iterator[str]:
    if not found["trend"] and not found["summary"]["open"]:
        yield f"no audit is in {terminal(found['store'])} yet"
        yield from _unfinished(found)
        return
    summary = found["summary"]
    yield f"since {found['since'] or 'the first audit'}: " + _headline(summary)
    for name in LISTS:
        listed = found[name]
        if not listed:
            continue
        yield f"\n{_HEADINGS[name]} ({len(listed)})"
        for each in listed[:_MOST]:
            yield f"  {each['severity']:<8} {terminal(each['rule'])}  {terminal(each['node'])}"
            yield f"           {terminal(_detail(name, each))}"
        if len(listed) > _MOST:
            yield f"  and {len(listed) - _MOST} more (--format json lists all)"
    for title, key in (("layer", "by_layer"), ("tenet (NIST SP 800-207)", "by_tenet")):
        if summary[key]:
            yield f"\nBy {title}"
            yield "  " + " " * 22 + "".join(f"{name:>10}" for name in _COLUMNS)
            for group, counted in summary[key].items():
                yield f"  {terminal(group):<22}" + "".join(f"{counted[name]:>10}" for name in _COLUMNS)
    yield from _trend(found["trend"])
    if found["units"]:
        yield "\nNot read whole by the last audit"
        yield from (f"  {terminal(each['unit'])}  {each['status']}  {terminal(each['reason'] or '')}"
                    for each in found["units"])  # fmt: skip
    yield from _unfinished(found)


def _headline(summary: Mapping[str, Any]) -> str:
    told = ", ".join(f"{summary[name]} {name}" for name in LISTS)
    worst = ", ".join(f"{number} {name}" for name, number in summary["by_severity"].items())
    return f"{told}; {summary['open']} open{f' ({worst})' if worst else ''}, {summary['unknown']} unknown"


def _detail(name: str, finding: Mapping[str, Any]) -> str:
    told = f"{finding['message']}; first seen {finding['first_seen'][:10]}"
    if name == "fixed":
        return f"{told}, fixed {str(finding['closed'] or '')[:10]}: {finding['why'] or ''}"
    if name == "stale":
        return f"{told}, last seen {finding['last_seen'][:10]}: {finding['why'] or ''}"
    if finding["reopened"]:
        told += f", reopened {finding['reopened']}x"
    return f"{told}, due {finding['due'][:10]}" if finding["due"] else told


def _trend(points: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not points:
        return
    names = ("open", "new", "fixed", "reopened", "stale", "unknown")
    yield "\nTrend"
    yield "  " + " " * 22 + "".join(f"{name:>10}" for name in names)
    for point in points[-_POINTS:]:
        yield f"  {point['at']:<22}" + "".join(f"{point.get(name, 0):>10}" for name in names)


def _unfinished(found: Mapping[str, Any]) -> Iterator[str]:
    for each in found["unfinished"]:
        told = f"an audit began {each['began']} and is not done (last sign {each['last_sign']})"
        yield f"\n{told}; the next of its scope goes on with it"


def document(found: Mapping[str, Any]) -> str:
    """Markdown; what comes from accounts is inert."""
    return "\n".join(_markdown(found)) + "\n"


def _markdown(found: Mapping[str, Any]) -> Iterator[str]:
    summary = found["summary"]
    yield "## layerproof: history"
    yield ""
    yield f"Since {found['since'] or 'the first audit'}: {_headline(summary)}."
    for name in LISTS:
        listed = found[name]
        if not listed:
            continue
        yield f"\n### {_HEADINGS[name]} ({len(listed)})\n"
        yield "| severity | rule | node | |"
        yield "|---|---|---|---|"
        for each in listed[:_MOST]:
            cells = (markdown_code(each["rule"]), markdown_code(each["node"]), markdown(_detail(name, each)))
            yield f"| {each['severity']} | {' | '.join(cells)} |"
        if len(listed) > _MOST:
            yield f"\n_and {len(listed) - _MOST} more_"
    for title, key in (("layer", "by_layer"), ("tenet", "by_tenet")):
        if summary[key]:
            yield f"\n### By {title}\n"
            yield from _table(title, _COLUMNS, ((group, counted) for group, counted in summary[key].items()))
    if found["trend"]:
        yield "\n### Trend\n"
        names = ("open", "new", "fixed", "reopened", "stale", "unknown")
        yield from _table("audit", names, ((point["at"], point) for point in found["trend"][-_POINTS:]))
    if found["units"]:
        yield "\n### Not read whole by the last audit\n"
        for each in found["units"]:
            yield f"- {markdown_code(each['unit'])} {each['status']}: {markdown(each['reason'] or '')}"


def _table(title: str, names: Sequence[str], rows: Iterator[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    yield f"| {title} | {' | '.join(names)} |"
    yield "|---" * (len(names) + 1) + "|"
    for label, counted in rows:
        yield f"| {markdown(label)} | {' | '.join(str(counted.get(name, 0)) for name in names)} |"
