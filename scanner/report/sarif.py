"""SARIF 2.1.0: the run, its tool and its rules are sarif-om objects, results are plain dicts.

Two profiles: `github` holds what code scanning shows and nothing that it misreads (it shows suppressed results
as open alerts); `full` adds unknown verdicts as kind `open`, and suppressed findings with their justification.
"""

from __future__ import annotations

from typing import Any

from scanner.model.diagnostic import Level
from scanner.model.finding import Finding, Verdict
from scanner.model.report import Report, Suppressed
from scanner.report.encode import encode
from scanner.report.options import RenderOptions
from scanner.report.sarif_result import Places, result
from scanner.report.sarif_rules import descriptor
from scanner.report.sarif_text import message
from scanner.report.summary import diagnostic_location, ordered_diagnostics, rules_of, some_file

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# GitHub rejects a run with more results than this, and shows the first 5,000: the order of results is ours.
MOST_RESULTS = 25_000
_ROOT = "%SRCROOT%"
_REMARK = "A remark about the run."
# By the group of a diagnostic's code (model/diagnostic.py).
_MEANINGS = {
    "parse": "A file, or a part of it, could not be parsed; the rest was scanned.",
    "render": "A template was not rendered; what it would give was not scanned.",
    "denied": "A request was refused; what it asks for is unknown.",
    "rule": "A rule failed; its verdicts are unknown.",
    "limit": "A limit was reached; what lies beyond it was left out.",
    "empty": "There was nothing to scan or nothing to judge.",
    "read": "A file could not be read.",
    "config": "The configuration of the scanner has a fault.",
    "ignore": "An ignore comment or entry has a fault or is not needed.",
    "module": "A module was not read; what depends on it is unknown.",
    "evaluate": "An expression could not be evaluated; what depends on it is unknown.",
}


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
    remarks: list[dict[str, Any]] = []
    chosen = _chosen(report, profile, remarks)
    results = [result(finding, order[finding.rule], places, given, profile) for finding, given in chosen]

    from sarif_om import Invocation, Run, RunAutomationDetails, Tool, ToolComponent  # noqa: PLC0415 - 0.2 s

    notices, codes = _notifications(report, remarks)
    failed = any(each.level is Level.ERROR for each in report.diagnostics)
    run = Run(
        tool=Tool(
            driver=ToolComponent(
                name="layerproof",
                full_name=f"layerproof {tool_version}",
                version=tool_version,
                semantic_version=tool_version if _semantic(tool_version) else None,
                rules=[descriptor(rule) for rule in rules.values()],
                notifications=codes or None,
            )
        ),
        automation_details=RunAutomationDetails(id=category) if category else None,
        invocations=[
            Invocation(
                execution_successful=not failed,
                tool_execution_notifications=[each for each, config in notices if not config],
                tool_configuration_notifications=[each for each, config in notices if config],
            )
        ],
        original_uri_base_ids={_ROOT: {"description": {"text": "The root of the scanned tree."}}},
        column_kind="unicodeCodePoints",
        newline_sequences=None,
    )
    written = plain(run)
    written["results"] = results
    return encode({"$schema": _SCHEMA, "version": "2.1.0", "runs": [written]})


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


def _chosen(
    report: Report, profile: str, remarks: list[dict[str, Any]]
) -> list[tuple[Finding, Suppressed | None]]:
    """The findings that the profile shows, in order; what it leaves out is remarked upon."""
    found: list[tuple[Finding, Suppressed | None]] = [(each, None) for each in report.findings]
    if profile == "full":
        found += [(each.finding, each) for each in report.suppressed]
        return sorted(found, key=lambda pair: pair[0].order)
    found = [pair for pair in found if pair[0].verdict is Verdict.FAIL]
    placed = [pair for pair in found if pair[0].location or some_file(report, pair[0])]
    if len(placed) < len(found):
        text = f"{len(found) - len(placed)} findings stand in no file and are not in this log"
        remarks.append({"code": "limit-sarif-location", "text": text})
    placed.sort(key=lambda pair: pair[0].order)
    if len(placed) > MOST_RESULTS:
        text = f"{len(placed) - MOST_RESULTS} findings of the lowest severity are not in this log"
        remarks.append({"code": "limit-sarif-results", "text": f"{text}: a run holds {MOST_RESULTS}"})
    return placed[:MOST_RESULTS]


def _notifications(report: Report, remarks: list[dict[str, Any]]) -> tuple[list[tuple[Any, bool]], list[Any]]:
    """(notification, whether it is about the configuration) of each diagnostic and remark, and descriptors of
    their codes."""
    from sarif_om import (  # noqa: PLC0415 - 0.2 s
        MultiformatMessageString,
        Notification,
        ReportingDescriptor,
        ReportingDescriptorReference,
    )

    diagnostics = ordered_diagnostics(report)
    codes = sorted({each.code for each in diagnostics} | {each["code"] for each in remarks})
    place = {code: position for position, code in enumerate(codes)}
    notices = []
    for each in diagnostics:
        where = diagnostic_location(report, each)
        text = f"{each.summary}. {each.remedy}" if each.remedy else each.summary
        notice = Notification(
            message={"text": message(text, each.code)},
            level=each.level.value,
            descriptor=ReportingDescriptorReference(id=each.code, index=place[each.code]),
            locations=[{"physicalLocation": Places.physical(where)}] if where else None,
        )
        notices.append((notice, each.group in ("config", "ignore")))
    for remark in remarks:
        reference = ReportingDescriptorReference(id=remark["code"], index=place[remark["code"]])
        notice = Notification(message={"text": remark["text"]}, level="warning", descriptor=reference)
        notices.append((notice, False))
    texts = [MultiformatMessageString(text=_MEANINGS.get(code.partition("-")[0], _REMARK)) for code in codes]
    described = [
        ReportingDescriptor(id=code, short_description=text, full_description=text, help=text)
        for code, text in zip(codes, texts, strict=True)
    ]
    return notices, described

