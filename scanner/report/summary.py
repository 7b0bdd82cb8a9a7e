"""What several writers count and look up in a report."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from scanner.model.address import Address
from scanner.model.counted import counted
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.finding import PRINCIPLES, Finding, Severity, Step, Verdict
from scanner.model.layer import Layer
from scanner.model.location import Location
from scanner.model.report import Coverage, Report
from scanner.model.rule import Rule

_CALL = r"module\.[\w-]+(?:\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\])?"
_MODULE = re.compile(rf"{_CALL}(?:\.{_CALL})*")
# What differs between reasons of one form: quoted names, addresses.
_NAME = re.compile(r"\"[^\"]*\"|`[^`]*`|'[^']*'|[\w-]+(?:\[[^\]]*\])?(?:\.[\w*-]+(?:\[[^\]]*\])?)+")
_COMPARED = 400  # characters of a reason that tell its form
_LEVELS = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}


@dataclass(frozen=True, slots=True)
class Split:
    """A report's findings by verdict, each in the order of reports."""

    fails: tuple[Finding, ...]
    unknowns: tuple[Finding, ...]


def split(report: Report) -> Split:
    ordered = sorted(report.findings, key=lambda each: each.order)
    return Split(
        tuple(each for each in ordered if each.verdict is Verdict.FAIL),
        tuple(each for each in ordered if each.verdict is Verdict.UNKNOWN),
    )


def headline(found: Split) -> str:
    """`3 findings, 2 unknown`."""
    told = counted(len(found.fails), "finding") if found.fails else "no findings"
    return f"{told}, {len(found.unknowns)} unknown" if found.unknowns else told


def checked(report: Report) -> str:
    """`24 obligations of 1 rule: 20 pass, 3 fail, 1 unknown`."""
    counts = report.obligations
    told = ", ".join(f"{counts.get(name, 0)} {name}" for name in ("pass", "fail", "unknown"))
    return f"{counted(sum(counts.values()), 'obligation')} of {counted(len(report.rules), 'rule')}: {told}"


def by_severity(fails: Iterable[Finding]) -> dict[str, int]:
    """Fails per severity, worst first, those without any included."""
    counts = Counter(each.severity for each in fails)
    return {severity.value: counts[severity] for severity in Severity}


def by_layer(fails: Iterable[Finding]) -> dict[str, int]:
    """Fails per layer, lowest first, those without any included."""
    counts = Counter(each.layer for each in fails)
    return {layer.value: counts[layer] for layer in Layer}


def by_principle(fails: Iterable[Finding]) -> dict[str, int]:
    """Fails per principle; principles of other people's rules follow ours."""
    counts = Counter(each.principle for each in fails)
    others = sorted(counts.keys() - set(PRINCIPLES))
    return {name: counts[name] for name in (*PRINCIPLES, *others)}


def by_reason(unknowns: Iterable[Finding]) -> list[list[Finding]]:
    """Unknown verdicts whose reasons differ in names only, the most frequent form first."""
    groups: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in unknowns:
        groups[_NAME.sub("…", finding.reason[:_COMPARED])].append(finding)
    return sorted(groups.values(), key=lambda group: (-len(group), group[0].reason))


def _obligations(findings: Iterable[Finding]) -> Iterator[Finding]:
    """A finding once for each (rule, node) that it stands for and no finding before it did."""
    seen: set[tuple[str, str]] = set()
    for finding in findings:
        for node in finding.instances or (finding.node,):
            if (finding.rule, node) not in seen:
                seen.add((finding.rule, node))
                yield finding


def summary(report: Report) -> dict[str, Any]:
    """The `summary` of the JSON report: every number counts obligations, that is rules on nodes, so that a
    finding for eight instances counts eight times and `by_*` add up to `fail`.
    """
    found = split(report)
    fails = list(_obligations(found.fails))
    return {
        "pass": report.obligations.get("pass", 0),
        "fail": len(fails),
        "unknown": len(list(_obligations(found.unknowns))),
        "suppressed": len(report.suppressed),
        "by_severity": by_severity(fails),
        "by_layer": by_layer(fails),
        "by_principle": by_principle(fails),
    }


def ordered_diagnostics(report: Report) -> list[Diagnostic]:
    """Errors first, then by place, code and text."""

    def key(each: Diagnostic) -> tuple[object, ...]:
        span = each.span
        return (_LEVELS[each.level], span is None, span or (), each.code, each.summary, each.remedy)

    return sorted(report.diagnostics, key=key)


def diagnostic_location(report: Report, diagnostic: Diagnostic) -> Location | None:
    return report.files.locate(diagnostic.span) if diagnostic.span else None


def unmapped(report: Report) -> list[Coverage]:
    """Coverage of types without a mapping, most frequent first."""
    found = [each for each in report.coverage if each.status == "unmapped"]
    return sorted(found, key=lambda each: (-each.count, each.unit))


def rules_of(report: Report) -> dict[str, Rule]:
    """The report's rules by id, in order; a finding of a rule that is not listed (another tool's) gets one
    made from what the finding says."""
    rules = {rule.id: rule for rule in sorted(report.rules, key=lambda rule: rule.id)}
    shown = (*report.findings, *(each.finding for each in report.suppressed))
    for finding in sorted(shown, key=lambda each: (each.rule, each.order)):
        if finding.rule not in rules:
            title = re.sub(r"[^\w .]+", " ", finding.rule.rpartition("/")[2]).strip()
            rules[finding.rule] = Rule(finding.rule, title, finding.severity, (finding.kind,), finding.message)
    return dict(sorted(rules.items()))


def parted(path: tuple[Step, ...]) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """A path as (module calls, stations): it begins with the calls that lead to the code, outermost first."""
    calls = 0
    while calls < len(path) and _MODULE.fullmatch(path[calls].node.partition("#")[2]):
        calls += 1
    return path[:calls], path[calls:]


def some_file(report: Report, finding: Finding) -> str | None:
    """A file that stands for a finding without a place: the first of its node's root, None where none is."""
    try:
        root = Address.parse(finding.node).root
    except ValueError:
        return None
    if root in report.files.by_path:
        return root
    folder = "" if root in ("", ".") else root.rstrip("/") + "/"
    inside = [path for path in report.files.by_path if path.startswith(folder)]
    return min(inside, key=lambda path: (path.count("/"), path), default=None)
