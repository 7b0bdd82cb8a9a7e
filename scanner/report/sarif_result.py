"""A finding as a SARIF result: a plain dict, because 10,000 of them are written in 0.2 s and as objects in 4."""

from __future__ import annotations

from typing import Any

from scanner.model.finding import Finding, Step, Verdict
from scanner.model.location import Location
from scanner.model.report import Report, Suppressed
from scanner.report.linehash import line_hashes
from scanner.report.sarif_rules import LEVELS, RANKS
from scanner.report.sarif_text import message, relative_uri
from scanner.report.summary import parted, some_file

_ROOT = "%SRCROOT%"
# GitHub shows the first 1,000 steps of a flow and 100 locations of a result.
_MOST_STEPS = 1000
_MOST_RELATED = 100


class Places:
    """A report's places as SARIF writes them; the line hashes of a file are computed once."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._hashes: dict[str, list[str]] = {}

    def of(self, finding: Finding) -> Location | None:
        """The finding's own place, or the first line of a file that stands for it; None without one."""
        if finding.location:
            return finding.location
        path = some_file(self._report, finding)
        return Location(path, 1, 1, 1, 1) if path else None

    def line_hash(self, place: Location) -> str | None:
        """GitHub's hash of a line; None where the file's text was not kept or has no such line."""
        hashes = self._hashes.get(place.path)
        if hashes is None:
            file = self._report.files.by_path.get(place.path)
            hashes = self._hashes[place.path] = line_hashes(file.text) if file else []
        return hashes[place.line - 1] if 0 < place.line <= len(hashes) else None

    def first_line(self, place: Location) -> Location:
        """The place cut to its first line: GitHub annotates a pull request only where all lines changed."""
        file = self._report.files.by_path.get(place.path)
        if place.end_line == place.line or file is None:
            return place
        end = max(len(file.line(place.line)) + 1, place.column)
        return place._replace(end_line=place.line, end_column=end)

    @staticmethod
    def physical(place: Location) -> dict[str, Any]:
        region = {"startLine": max(place.line, 1), "startColumn": max(place.column, 1)}
        region["endLine"] = max(place.end_line, region["startLine"])
        same_line = region["endLine"] == region["startLine"]
        region["endColumn"] = max(place.end_column, region["startColumn"] if same_line else 1)
        return {"artifactLocation": {"uri": relative_uri(place.path), "uriBaseId": _ROOT}, "region": region}


def result(
    finding: Finding, rule_index: int, places: Places, suppressed: Suppressed | None, profile: str
) -> dict[str, Any]:
    """The result of a finding; `suppressed` says who chose to ignore it."""
    failed = finding.verdict is Verdict.FAIL
    text = finding.message
    if not failed:
        text = f"{text} (unknown because {finding.reason or 'reason not given'})"
    written: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "kind": "fail" if failed else "open",
        "level": LEVELS[finding.severity] if failed else "none",
        "message": {"text": message(text, finding.rule)},
    }
    place = places.of(finding)
    if place and profile == "github":
        place = places.first_line(place)
    written["locations"] = [_location(finding.node, finding.kind, place)]
    fingerprints = {"resourcePath/v1": finding.fingerprint} if finding.fingerprint else {}
    hashed = places.line_hash(place) if place else None
    if hashed:
        fingerprints["primaryLocationLineHash"] = hashed
    if fingerprints:
        written["partialFingerprints"] = fingerprints
    written.update(_paths(finding))
    if suppressed:
        written["suppressions"] = [_suppression(suppressed)]
    if failed:
        written["rank"] = RANKS[finding.severity]
    written["properties"] = _properties(finding)
    return written


def _location(node: str, kind: str, place: Location | None) -> dict[str, Any]:
    name = node.rpartition("#")[2] or node
    logical = {"fullyQualifiedName": node, "name": name, "kind": "resource"}
    located: dict[str, Any] = {"logicalLocations": [logical]} if node else {}
    return {"physicalLocation": Places.physical(place), **located} if place else located


def _paths(finding: Finding) -> dict[str, Any]:
    """A code flow where the path has more than one station, and the module calls as related locations."""
    calls, steps = parted(finding.path)
    written: dict[str, Any] = {}
    if len(steps) > 1:
        flow = [_step(step) for step in steps[:_MOST_STEPS]]
        written["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    beside = [step for step in (calls if len(steps) > 1 else finding.path) if step.location]
    if beside:
        written["relatedLocations"] = [
            {"id": position, **_noted(step)} for position, step in enumerate(beside[:_MOST_RELATED], 1)
        ]
    return written


def _step(step: Step) -> dict[str, Any]:
    return {"location": _noted(step), "importance": "essential"}


def _noted(step: Step) -> dict[str, Any]:
    text = f"{step.relation}: {step.note}" if step.relation and step.note else step.note or step.relation
    return {**_location(step.node, "", step.location), "message": {"text": message(text, step.node or "step")}}


def _suppression(suppressed: Suppressed) -> dict[str, Any]:
    written: dict[str, Any] = {  # without a status it counts as accepted
        "kind": "inSource" if suppressed.in_source else "external",
        "justification": message(suppressed.reason, "no reason given"),
    }
    if suppressed.until:
        written["properties"] = {"until": suppressed.until}
    return written


def _properties(finding: Finding) -> dict[str, Any]:
    """What SARIF has no word for."""
    told = {
        "severity": finding.severity.value,
        "principle": finding.principle,
        "layer": finding.layer.value,
        "tier": finding.tier.value,
        "kind": finding.kind,
        "planes": list(finding.planes),
        "instances": list(finding.instances),
        "cut": finding.cut,
        "assumptions": list(finding.assumptions),
        "reason": finding.reason,
    }
    return {name: value for name, value in told.items() if value}
