"""The record of a scan: its JSON report with the rules that ran, for the store of live audits."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from scanner.model.report import Report
from scanner.model.rule import Rule
from scanner.report.encode import encode
from scanner.report.json import finding_json

VERSION = 1


def record(report: Report, known: Collection[str]) -> bytes:
    """`{"layerproof_record": 1, "rules": [...], "known": [id], "findings": [...], "suppressed": [...]}`.

    `known` are the ids of all rules there are; findings have the shape of the JSON report, suppressed ones with
    `suppressed`: the reason that was given.
    """
    ignored = [{**finding_json(each.finding), "suppressed": each.reason} for each in report.suppressed]
    document: dict[str, Any] = {
        "layerproof_record": VERSION,
        "rules": [_rule(each) for each in report.rules],
        "known": sorted(known),
        "findings": [finding_json(each) for each in sorted(report.findings, key=lambda each: each.order)],
        "suppressed": sorted(ignored, key=lambda each: str(each["fingerprint"])),
    }
    return encode(document)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity.value,
        "description": rule.description,
        "remedy": rule.remedy,
        "controls": {name: list(ids) for name, ids in sorted(rule.controls.items())},
    }
