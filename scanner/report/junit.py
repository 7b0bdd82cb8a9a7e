"""JUnit XML: a suite per principle, a case per finding, and one that passes for each rule without any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from scanner.model.diagnostic import Level
from scanner.model.finding import Finding, Verdict
from scanner.model.posture import Posture
from scanner.model.report import Report
from scanner.report.compliance import covered
from scanner.report.escape import xml
from scanner.report.options import RenderOptions
from scanner.report.posture import document
from scanner.report.summary import diagnostic_location, ordered_diagnostics, rules_of


def render(report: Report, options: RenderOptions) -> bytes:
    return write(report)


def write(report: Report) -> bytes:
    """Fails are failures, unknowns are skipped, error diagnostics are errors of a suite of their own."""
    findings: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in sorted(report.findings, key=lambda each: each.order):
        findings[finding.rule].append(finding)
    suites: defaultdict[str, list[str]] = defaultdict(list)
    for rule in rules_of(report).values():
        cases = [_case(each) for each in findings[rule.id]]
        suites[rule.principle] += cases or [_passed(rule.id)]
    errors = list(_errors(report))
    if errors:
        suites["diagnostics"] += errors
    total = _counts([case for cases in suites.values() for case in cases])
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites {total}>"]
    properties = [*(_properties(report.posture) if report.posture else ()), *_compliance(report)]
    if properties:
        lines += ["  <properties>", *properties, "  </properties>"]
    for name, cases in sorted(suites.items()):
        lines += [f'  <testsuite name="{xml(name)}" {_counts(cases)}>', *cases, "  </testsuite>"]
    lines.append("</testsuites>")
    return ("\n".join(lines) + "\n").encode()


def _properties(posture: Posture) -> Iterator[str]:
    """The shares of each tenet, layer and principle."""
    told = document(posture)
    for group in ("tenets", "layers", "principles"):
        for each in told[group]:
            if each["lower"] is not None:
                value = f"{each['lower']}..{each['upper']}, {each['coverage']} decided"
                yield f'    <property name="posture.{group}.{each["id"]}" value="{value}"/>'


def _compliance(report: Report) -> Iterator[str]:
    """The counts of each framework, and the state of each requirement that something covers."""
    for table in report.compliance:
        name = xml(f"compliance.{table.framework.id}")
        counted = ", ".join(f"{count} {state}" for state, count in table.counts.items())
        yield f'    <property name="{name}" value="{counted}"/>'
        for each in covered(table):
            value = f"{each.state}: {each.passed} pass, {each.failed} fail, {each.unknown} unknown"
            yield f'    <property name="{name}.{xml(each.id)}" value="{value}"/>'


def _counts(cases: list[str]) -> str:
    """The counts that readers of JUnit check; every element stands on a line of its own."""
    failures, errors, skipped = (
        sum(f"\n      <{name} " in case for case in cases) for name in ("failure", "error", "skipped")
    )
    return f'tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="{skipped}"'


def _case(finding: Finding) -> str:
    place = finding.location
    file = f' file="{xml(place.path)}" line="{place.line}"' if place else ""
    head = f'    <testcase classname="{xml(finding.rule)}" name="{xml(finding.node)}"{file}>'
    if finding.verdict is Verdict.UNKNOWN:
        inner = f'      <skipped message="{xml(finding.reason or "unknown")}"/>'
    else:
        where = f"{place.path}:{place.line}:{place.column}: " if place else ""
        text = xml(f"{where}{finding.message}")
        inner = f'      <failure type="{finding.severity.value}" message="{xml(finding.message)}">{text}</failure>'
    return f"{head}\n{inner}\n    </testcase>"


def _passed(rule: str) -> str:
    return f'    <testcase classname="{xml(rule)}" name="no findings"/>'


def _errors(report: Report) -> Iterator[str]:
    for each in ordered_diagnostics(report):
        if each.level is Level.ERROR:
            place = diagnostic_location(report, each)
            name = f"{place.path}:{place.line}" if place else "run"
            error = f'      <error type="{xml(each.code)}" message="{xml(each.summary)}"/>'
            yield f'    <testcase classname="{xml(each.code)}" name="{xml(name)}">\n{error}\n    </testcase>'
