"""SARIF 2.1.0: the run, its tool and its rules are sarif-om objects, results are plain dicts.

Two profiles: `github` holds what code scanning shows and nothing that it misreads (it shows suppressed results
as open alerts); `full` adds unknown verdicts as kind `open`, and suppressed findings with their justification.
"""

from __future__ import annotations

from typing import Any

from scanner.model.counted import counted
from scanner.model.diagnostic import Level
from scanner.model.finding import Finding, Verdict
from scanner.model.report import Report, Suppressed
from scanner.report import compliance, posture
from scanner.report.encode import encode
from scanner.report.options import RenderOptions
from scanner.report.sarif_notices import Remark, notifications
from scanner.report.sarif_result import Places, result
from scanner.report.sarif_rules import descriptor
from scanner.report.summary import rules_of, some_file

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# GitHub rejects a run with more results than this, and shows the first 5,000: the order of results is ours.
MOST_RESULTS = 25_000
_ROOT = "%SRCROOT%"


def render(report: Report, options: RenderOptions) -> bytes:
    return write(
        report,
        profile=options.sarif_profile,
        tool_version=options.tool_version,
        category=options.category,
    )


def write(
    report: Report, *, profile: str = "github", tool_version: str = "0", category: str = "layerproof/"
) -> bytes:
    """The report as one SARIF run. The same report gives the same bytes."""
    rules = rules_of(report)
    places = Places(report)
    order = {rule: position for position, rule in enumerate(rules)}
    chosen, remarks = _chosen(report, profile)
    run = plain(_run(report, [descriptor(rule) for rule in rules.values()], remarks, tool_version, category))
    if report.posture is not None:
        run.setdefault("properties", {})["posture"] = posture.document(report.posture)
    if report.compliance:
        run.setdefault("properties", {})["compliance"] = compliance.document(report.compliance)
    run["results"] = [result(finding, order[finding.rule], places, given, profile) for finding, given in chosen]
    return encode({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _run(report: Report, rules: list[Any], remarks: list[Remark], version: str, category: str) -> Any:
    """The sarif-om Run without its results."""
    from sarif_om import Invocation, Run, RunAutomationDetails, Tool, ToolComponent  # noqa: PLC0415 - 0.2 s

    notices = notifications(report, remarks)
    driver = ToolComponent(
        name="layerproof",
        full_name=f"layerproof {version}",
        version=version,
        semantic_version=version if _semantic(version) else None,
        rules=rules,
        notifications=notices.descriptors or None,
    )
    invocation = Invocation(
        execution_successful=all(each.level is not Level.ERROR for each in report.diagnostics),
        tool_execution_notifications=notices.execution,
        tool_configuration_notifications=notices.configuration,
    )
    return Run(
        tool=Tool(driver=driver),
        automation_details=RunAutomationDetails(id=category) if category else None,
        invocations=[invocation],
        original_uri_base_ids={_ROOT: {"description": {"text": "The root of the scanned tree."}}},
        column_kind="unicodeCodePoints",
        newline_sequences=None,
    )


def plain(value: Any) -> Any:
    """A sarif-om object as JSON, named by its fields' metadata.

    sarif-om has no serializer. Absent is None, -1 for an index that was not given, or an empty list; every
    other value is written, defaults too: a reader that takes `level` from elsewhere when it is missing would
    misread them.
    """
    fields = getattr(value, "__attrs_attrs__", None)
    if fields is not None:
        named = ((field.metadata["schema_property_name"], getattr(value, field.name)) for field in fields)
        kept = {name: plain(item) for name, item in named if item is not None and not _unset(item)}
        return dict(sorted(kept.items()))
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def _unset(value: object) -> bool:
    return isinstance(value, (int, list)) and value in (-1, [])


def _semantic(version: str) -> bool:
    numbers = version.partition("-")[0].split(".")
    return len(numbers) == 3 and all(each.isdecimal() for each in numbers)


def _chosen(report: Report, profile: str) -> tuple[list[tuple[Finding, Suppressed | None]], list[Remark]]:
    """The findings that the profile shows, in order, and remarks upon what it leaves out."""
    found: list[tuple[Finding, Suppressed | None]] = [(each, None) for each in report.findings]
    if profile == "full":
        found += [(each.finding, each) for each in report.suppressed]
        return sorted(found, key=lambda pair: pair[0].order), []
    remarks: list[Remark] = []
    found = [pair for pair in found if pair[0].verdict is Verdict.FAIL]
    placed = [pair for pair in found if pair[0].location or some_file(report, pair[0])]
    if len(placed) < len(found):
        text = f"not in this log: {counted(len(found) - len(placed), 'finding')} without a file"
        remarks.append(Remark("limit-sarif-location", text))
    placed.sort(key=lambda pair: pair[0].order)
    if len(placed) > MOST_RESULTS:
        text = f"not in this log: {counted(len(placed) - MOST_RESULTS, 'finding')} of the lowest severity"
        remarks.append(Remark("limit-sarif-results", f"{text}, since a run holds {MOST_RESULTS}"))
    return placed[:MOST_RESULTS], remarks
