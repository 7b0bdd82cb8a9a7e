"""A rule as a SARIF reportingDescriptor."""

from __future__ import annotations

from typing import Any

from scanner.docs import first_sentence, help_markdown, help_text, layers_of
from scanner.model.finding import Severity
from scanner.model.rule import Rule
from scanner.report.sarif_text import message

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
RANKS = {
    Severity.CRITICAL: 95.0,
    Severity.HIGH: 80.0,
    Severity.MEDIUM: 55.0,
    Severity.LOW: 30.0,
    Severity.INFO: 5.0,
}
# GitHub's scale: above 9.0 critical, 7.0 high, 4.0 medium, below low. It must be a string.
_SECURITY = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
}
_PROBLEMS = {"error": "error", "warning": "warning", "note": "recommendation"}
_MOST_TAGS = 10
_PEERS = ("checkov", "trivy", "tfsec", "kubescape", "prowler")  # ids of other scanners are no controls


def descriptor(rule: Rule) -> Any:
    """The sarif-om ReportingDescriptor of a rule; every text that GitHub requires is there and not empty."""
    from sarif_om import (  # noqa: PLC0415 - 0.2 s, only where SARIF is asked for
        MultiformatMessageString,
        ReportingConfiguration,
        ReportingDescriptor,
    )

    title = message(rule.title, rule.id)
    level = LEVELS[rule.severity]
    properties: dict[str, Any] = {
        "tags": tags(rule),
        "precision": "high",
        "problem.severity": _PROBLEMS[level],
    }
    if rule.severity in _SECURITY:
        properties["security-severity"] = _SECURITY[rule.severity]
    return ReportingDescriptor(
        id=rule.id,
        name=_pascal(rule.id),
        short_description=MultiformatMessageString(text=_sentence(title)),
        full_description=MultiformatMessageString(
            text=_sentence(message(first_sentence(rule.description), title))
        ),
        help=MultiformatMessageString(text=help_text(rule), markdown=help_markdown(rule)),
        default_configuration=ReportingConfiguration(level=level, rank=RANKS[rule.severity]),
        properties=properties,
    )


def tags(rule: Rule) -> list[str]:
    """At most ten: `security`, the principle, layers, then controls as FRAMEWORK/ID."""
    controls = [
        f"{framework}/{control}"
        for framework, ids in sorted(rule.controls.items())
        if framework not in _PEERS
        for control in ids
    ]
    layers = [f"layer/{layer.value}" for layer in layers_of(rule)]
    given = ["security", rule.principle, *layers, *controls]
    return list(dict.fromkeys(given))[:_MOST_TAGS]


def _pascal(rule: str) -> str:
    """`backup/object-store-unversioned` as `ObjectStoreUnversioned`."""
    words = rule.rpartition("/")[2].replace("_", "-").split("-")
    return "".join(word[:1].upper() + word[1:] for word in words)[:255] or "Rule"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else text + "."
