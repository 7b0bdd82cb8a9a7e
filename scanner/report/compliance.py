"""The tables of frameworks as the writers show them: a document for programs, tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from scanner.model.framework import STATES, Compliance, Requirement
from scanner.report.escape import markdown, terminal, unicode_text

_WIDEST = 60  # characters of a title in the text report


def document(tables: Sequence[Compliance]) -> list[dict[str, Any]]:
    """The tables in JSON; states are those of `scanner.model.framework.STATES`."""
    return [_table(each) for each in tables]


def _table(table: Compliance) -> dict[str, Any]:
    framework = table.framework
    return {
        "framework": framework.id,
        "name": framework.name,
        "version": framework.version or None,
        "source": framework.source or None,
        "licence": framework.licence or None,
        "counts": {state.replace(" ", "_"): count for state, count in table.counts.items()},
        "requirements": [_requirement(each) for each in table.requirements],
    }


def _requirement(row: Requirement) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title or None,
        "state": row.state.replace(" ", "_"),
        "pass": row.passed,
        "fail": row.failed,
        "unknown": row.unknown,
        "partial": row.partial,
        "rules": list(row.rules),
        "note": row.note or None,
    }


def summary(table: Compliance) -> str:
    """One line: how many requirements there are of each state."""
    counted = ", ".join(f"{table.counts[state]} {state}" for state in STATES)
    return f"{_name(table)}: {len(table.requirements)} requirements: {counted}"


def _name(table: Compliance) -> str:
    return " ".join(part for part in (table.framework.name, table.framework.version) if part)


def covered(table: Compliance) -> list[Requirement]:
    """The requirements that some rule or attestation stands for, in the framework's order."""
    return [each for each in table.requirements if each.state != "not covered"]


def text_lines(tables: Sequence[Compliance]) -> Iterator[str]:
    """The tables for a terminal; requirements that nothing covers are counted, not listed."""
    for table in tables:
        rows = covered(table)
        yield f"compliance: {_safe(summary(table))}"
        if rows:
            width = max(len(each.id) for each in rows)
            yield f"  {'':<{width}}  {'state':<12}  {'pass':>6}  {'fail':>6}  {'unknown':>7}"
            for each in rows:
                told = f"  {_safe(each.id):<{width}}  {each.state:<12}  {each.passed:>6}  {each.failed:>6}"
                yield f"{told}  {each.unknown:>7}  {_safe(label(each))}".rstrip()
        yield ""


def label(row: Requirement) -> str:
    """The title on one line, and whether the rules cover the requirement in part only."""
    title = row.title
    short = title if len(title) <= _WIDEST else f"{title[: _WIDEST - 3]}..."
    return f"{short}{' (in part)' if row.partial else ''}"


def markdown_lines(tables: Sequence[Compliance]) -> Iterator[str]:
    """The tables in Markdown."""
    for table in tables:
        yield f"### Compliance: {markdown(_name(table))}"
        yield ""
        yield f"{markdown(summary(table))}."
        yield ""
        rows = covered(table)
        if rows:
            yield "| requirement | state | pass | fail | unknown | |"
            yield "| --- | --- | ---: | ---: | ---: | --- |"
        for each in rows:
            counts = f"{each.passed} | {each.failed} | {each.unknown}"
            yield f"| {markdown(each.id)} | {each.state} | {counts} | {markdown(label(each))} |"
        if rows:
            yield ""


def _safe(text: str) -> str:
    return terminal(unicode_text(text))
