"""GitLab's Code Quality JSON: fails only, each under a fingerprint of its own."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

from scanner.model.finding import Finding, Severity
from scanner.model.report import Report
from scanner.report.encode import encode
from scanner.report.escape import visible
from scanner.report.options import RenderOptions
from scanner.report.summary import some_file, split

_SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render(report: Report, options: RenderOptions) -> bytes:
    return write(report)


def write(report: Report) -> bytes:
    """GitLab shows one item per fingerprint and needs a path: findings without any file are left out."""
    seen: Counter[str] = Counter()
    items = []
    for finding in split(report).fails:
        path = finding.location.path if finding.location else some_file(report, finding)
        if path is not None:
            items.append(_item(finding, path, seen))
    return encode(items)


def _item(finding: Finding, path: str, seen: Counter[str]) -> dict[str, Any]:
    seen[finding.fingerprint] += 1
    line = finding.location.line if finding.location else 1
    return {
        "description": visible(finding.message) or finding.rule,
        "check_name": finding.rule,
        "fingerprint": _unique(finding.fingerprint, seen[finding.fingerprint]),
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": path.removeprefix("./"), "lines": {"begin": max(line, 1)}},
    }


def _unique(fingerprint: str, times: int) -> str:
    """The fingerprint, made another for the second finding that carries it."""
    if times == 1:
        return fingerprint
    return hashlib.sha256(f"{fingerprint}:{times}".encode()).hexdigest()[:32]
