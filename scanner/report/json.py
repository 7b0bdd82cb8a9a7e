"""The JSON report: the shape that programs, baselines and `layerproof` itself read back."""

from __future__ import annotations

from typing import Any

from scanner.model.diagnostic import Diagnostic
from scanner.model.finding import Finding, Step
from scanner.model.location import Location
from scanner.model.report import Coverage, Report
from scanner.report import compliance, posture
from scanner.report.encode import encode
from scanner.report.options import RenderOptions
from scanner.report.summary import diagnostic_location, ordered_diagnostics, summary


def render(report: Report, options: RenderOptions) -> bytes:
    return write(report, tool_version=options.tool_version, statistics=options.statistics)


def write(report: Report, *, tool_version: str, statistics: bool = False) -> bytes:
    """The report as DESIGN section 4 shapes it, in bytes that are the same for the same report.

    What a finding does not have is null (location, cut, reason) or an empty list. With `statistics` the
    document ends in one more key of that name; a posture that was assessed and the tables of frameworks that were
    asked for (`compliance`) have keys of their own.
    """
    document: dict[str, Any] = {
        "tool": {"name": "layerproof", "version": tool_version},
        "summary": summary(report),
        "findings": [finding_json(each) for each in sorted(report.findings, key=lambda each: each.order)],
        "diagnostics": [_diagnostic(report, each) for each in ordered_diagnostics(report)],
        "coverage": [_coverage(each) for each in sorted(report.coverage, key=_coverage_order)],
    }
    if report.notes:
        document["notes"] = list(report.notes)
    if report.posture is not None:
        document["posture"] = posture.document(report.posture)
    if report.compliance:
        document["compliance"] = compliance.document(report.compliance)
    if statistics:
        document["statistics"] = {
            name: dict(sorted(counts.items())) for name, counts in sorted(report.statistics.items())
        }
    return encode(document)


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding in the report's shape."""
    return {
        "rule": finding.rule,
        "principle": finding.principle,
        "layer": finding.layer.value,
        "tier": finding.tier.value,
        "severity": finding.severity.value,
        "verdict": finding.verdict.value,
        "node": finding.node,
        "kind": finding.kind,
        "planes": list(finding.planes),
        "instances": list(finding.instances),
        "message": finding.message,
        "location": _location(finding.location),
        "path": [_step(each) for each in finding.path],
        "cut": finding.cut or None,
        "assumptions": list(finding.assumptions),
        "reason": finding.reason or None,
        "fingerprint": finding.fingerprint,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "node": step.node,
        "relation": step.relation or None,
        "note": step.note,
        "location": _location(step.location),
    }


def _location(location: Location | None) -> dict[str, Any] | None:
    return location._asdict() if location else None


def _diagnostic(report: Report, diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "level": diagnostic.level.value,
        "code": diagnostic.code,
        "summary": diagnostic.summary,
        "location": _location(diagnostic_location(report, diagnostic)),
        "remedy": diagnostic.remedy or None,
    }


def _coverage_order(coverage: Coverage) -> tuple[object, ...]:
    return (coverage.unit, coverage.status, coverage.reason, coverage.count)


def _coverage(coverage: Coverage) -> dict[str, Any]:
    told: dict[str, Any] = {"unit": coverage.unit, "status": coverage.status, "reason": coverage.reason or None}
    if coverage.count:
        told["count"] = coverage.count
    return told
