"""The report as one HTML page that needs nothing else: no network, no style or script but its own."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from scanner.docs import first_sentence
from scanner.model.finding import Finding, Severity, Verdict
from scanner.model.framework import Compliance
from scanner.model.location import Location
from scanner.model.report import Copied, Report
from scanner.model.rule import Rule
from scanner.report.compliance import covered, label, summary
from scanner.report.copies import LETTER_HEADS, worst_first
from scanner.report.escape import visible
from scanner.report.mask import mask
from scanner.report.options import RenderOptions
from scanner.report.posture import HEADER, overall, rows, vouched
from scanner.report.summary import (
    by_severity,
    checked,
    diagnostic_location,
    headline,
    ordered_diagnostics,
    rules_of,
    split,
)

_MOST_LINES = 6
_MOST_FINDINGS = 5000
_MOST_INSTANCES = 20
_MOST_WIDTH = 300
_SCRIPT = """
const all = [...document.querySelectorAll('details')], find = document.getElementById('find'), least = document.getElementById('least');
function show() { const text = find.value.toLowerCase(), severity = least.value;
  for (const each of all) each.hidden = (severity && each.dataset.severity !== severity) || !each.textContent.toLowerCase().includes(text); }
if (find) { find.addEventListener('input', show); least.addEventListener('change', show); }
"""  # noqa: E501 - a script, hashed as it stands


class Missing(Exception):
    """The extra that writes HTML is not installed."""


def render(report: Report, options: RenderOptions) -> bytes:
    """The page. Everything that comes from the input is escaped by the template engine. Raises Missing."""
    try:
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - only for HTML
        from markupsafe import Markup  # noqa: PLC0415 - as above
    except ImportError as error:
        raise Missing("HTML needs jinja2: pip install 'layerproof[html]'") from error
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((Path(__file__).parent / "report.html.j2").read_text("utf-8"))
    hashed = base64.b64encode(sha256(_SCRIPT.encode()).digest()).decode()
    # our own constant, the one text that is not escaped
    script = Markup(_SCRIPT)  # noqa: S704 - as above
    return template.render(**_page(report, options), script=script, script_hash=hashed).encode() + b"\n"


def _page(report: Report, options: RenderOptions) -> dict[str, Any]:
    found = split(report)
    severities = [(name, count) for name, count in by_severity(found.fails).items() if count]
    shown = (*found.fails, *found.unknowns)[:_MOST_FINDINGS]
    rules = rules_of(report)
    return {
        "headline": headline(found),
        "version": options.tool_version,
        "obligations": checked(report),
        "severities": severities,
        "posture": _posture(report),
        "compliance": [_compliance(each) for each in report.compliance],
        "copies": _copies(report),
        "findings": [_finding(report, each, rules.get(each.rule)) for each in shown],
        "diagnostics": [
            {
                "level": each.level.value,
                "summary": visible(each.summary),
                "remedy": visible(each.remedy or ""),
                "place": _place(diagnostic_location(report, each)),
            }
            for each in ordered_diagnostics(report)
        ],
    }


def _posture(report: Report) -> dict[str, Any] | None:
    if report.posture is None:
        return None
    sentence = overall(report.posture)
    return {
        "sentence": sentence[0].upper() + sentence[1:],
        "header": HEADER[1:],
        "tables": list(rows(report.posture)),
        "attestations": [
            (each.statement, each.state, visible(vouched(each))) for each in report.posture.attestations
        ],
    }


def _compliance(table: Compliance) -> dict[str, Any]:
    return {
        "summary": visible(summary(table)),
        "rows": [
            (visible(each.id), each.state, each.passed, each.failed, each.unknown, visible(label(each)))
            for each in covered(table)
        ],
    }


def _copies(report: Report) -> dict[str, Any] | None:
    if not report.copies:
        return None
    several = len({each.node.partition("#")[0] for each in report.copies}) > 1  # roots have like names
    return {
        "letters": list(LETTER_HEADS.values()),
        "rows": [
            {
                "node": visible(each.node.partition(":" if several else "#")[2]),
                "cells": list(_cells(each)),
            }
            for each in worst_first(report.copies)
        ],
    }


def _cells(copied: Copied) -> Iterator[tuple[str, str]]:
    """What each letter shows, and its verdict; numbers stand beside copies and media."""
    numbers = {"copies": f"{copied.copies}, ", "media": f"{copied.media}, "}
    for letter in LETTER_HEADS:
        verdict = copied.verdict[letter]
        yield f"{numbers.get(letter, '')}{verdict}", verdict


def _finding(report: Report, finding: Finding, rule: Rule | None) -> dict[str, Any]:
    others = [each for each in finding.instances if each != finding.node]
    return {
        "rule": finding.rule,
        "severity": finding.severity.value if isinstance(finding.severity, Severity) else "info",
        "unknown": finding.verdict is Verdict.UNKNOWN,
        "message": visible(finding.message),
        "place": _place(finding.location),
        "lines": list(_lines(report, finding.location)),
        "reason": visible(finding.reason).rstrip("."),
        "steps": [
            {
                "node": visible(step.node.rpartition("#")[2] or step.node),
                "note": visible(step.note),
                "place": _place(step.location),
            }
            for step in finding.path
            if step.note or step.location
        ],
        "cut": visible(finding.cut),
        "assumptions": [visible(each) for each in finding.assumptions],
        "instances": [visible(each.partition("#")[2]) for each in others[:_MOST_INSTANCES]],
        "remedy": visible(first_sentence(rule.remedy)) if rule else "",
    }


def _place(location: Location | None) -> str:
    return f"{visible(location.path)}:{location.line}" if location else ""


def _lines(report: Report, location: Location | None) -> Iterator[tuple[int, str, bool]]:
    """Number, text and whether it is meant, of the lines of a place; secrets are masked."""
    file = report.files.by_path.get(location.path) if location else None
    if location is None or file is None:
        return
    last = min(location.end_line, location.line + _MOST_LINES - 1, file.lines)
    for number in range(location.line, last + 1):
        yield number, visible(mask(file.line(number)[:_MOST_WIDTH])), number == location.line
