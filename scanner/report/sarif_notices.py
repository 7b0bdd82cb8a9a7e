"""Diagnostics as SARIF notifications, and descriptors of their codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scanner.model.diagnostic import Diagnostic
from scanner.model.report import Report
from scanner.report.sarif_result import Places
from scanner.report.sarif_text import message
from scanner.report.summary import diagnostic_location, ordered_diagnostics

_CONFIGURATION = ("config", "ignore")
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


class Remark(NamedTuple):
    """What the writer itself has to say of the log."""

    code: str
    text: str


@dataclass(slots=True)
class Notices:
    """sarif-om objects: notifications about the run and about its configuration, descriptors of their codes."""

    execution: list[Any] = field(default_factory=list)
    configuration: list[Any] = field(default_factory=list)
    descriptors: list[Any] = field(default_factory=list)


def notifications(report: Report, remarks: Iterable[Remark]) -> Notices:
    """Diagnostics, errors first, then the remarks."""
    from sarif_om import Notification, ReportingDescriptorReference  # noqa: PLC0415 - 0.2 s

    diagnostics, remarks = ordered_diagnostics(report), list(remarks)
    codes = sorted({each.code for each in diagnostics} | {each.code for each in remarks})
    references = {code: ReportingDescriptorReference(id=code, index=at) for at, code in enumerate(codes)}
    notices = Notices(descriptors=[_descriptor(code) for code in codes])
    for each in diagnostics:
        where = diagnostic_location(report, each)
        notice = Notification(
            message={"text": _text(each)},
            level=each.level.value,
            descriptor=references[each.code],
            locations=[{"physicalLocation": Places.physical(where)}] if where else None,
        )
        (notices.configuration if each.group in _CONFIGURATION else notices.execution).append(notice)
    for remark in remarks:
        notice = Notification(message={"text": remark.text}, level="warning", descriptor=references[remark.code])
        notices.execution.append(notice)
    return notices


def _text(diagnostic: Diagnostic) -> str:
    told = f"{diagnostic.summary}. {diagnostic.remedy}" if diagnostic.remedy else diagnostic.summary
    return message(told, diagnostic.code)


def _descriptor(code: str) -> Any:
    """What a code means; all three texts, since GitHub's rules ask for them."""
    from sarif_om import MultiformatMessageString, ReportingDescriptor  # noqa: PLC0415 - 0.2 s

    text = MultiformatMessageString(text=_MEANINGS.get(code.partition("-")[0], _REMARK))
    return ReportingDescriptor(id=code, short_description=text, full_description=text, help=text)
