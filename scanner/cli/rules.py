"""`layerproof rules`: list, test, new, lint, review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from scanner.cli import common, new_rule
from scanner.cli.frameworks import Frameworks
from scanner.model.counted import counted
from scanner.model.finding import PRINCIPLES, Finding, Severity, Verdict
from scanner.model.report import Files
from scanner.model.rule import Rule


@click.group()
def command() -> None:
    """List, test, write and judge rules."""


command.add_command(new_rule.command)


@command.command("list")
@common.further_rules
@click.option("--principle", multiple=True, type=click.Choice(PRINCIPLES), help="Only this principle.")
@click.option(
    "--severity",
    "severities",
    multiple=True,
    type=click.Choice([each.value for each in Severity]),
    help="Only this severity.",
)
@click.option("--framework", "names", multiple=True, metavar="NAME", help="Only rules that cover something of it.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", help="Output form."
)
def list_rules(
    rule_dirs: Sequence[Path],
    policy_dirs: Sequence[Path],
    principle: Sequence[str],
    severities: Sequence[str],
    names: Sequence[str],
    form: str,
) -> None:
    """List the rules."""
    rules, diagnostics = common.load_rules(rule_dirs, policy_dirs)
    rules = Frameworks.of(names, rules).limit(rules)
    chosen = [
        rule
        for rule in rules
        if (not principle or rule.principle in principle) and (not severities or rule.severity.value in severities)
    ]
    if form == "json":
        common.write(common.dump([_record(rule) for rule in chosen]))
    elif form == "markdown":
        from scanner import docs  # noqa: PLC0415 - Markdown only

        common.write(docs.index(chosen))
    else:
        width = max((len(rule.id) for rule in chosen), default=0)
        for rule in chosen:
            ids = " ".join(f"[{name} {', '.join(rule.controls[name])}]" for name in names if name in rule.controls)
            told = f"{rule.id:<{width}}  {rule.severity.value:<8}  {rule.language:<6}  {rule.title}"
            click.echo(f"{told}  {ids}" if ids else told)
        click.echo(counted(len(chosen), "rule"))
    _stop_on(diagnostics)


def _record(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "principle": rule.principle,
        "severity": rule.severity.value,
        "language": rule.language,
        "selects": list(rule.selects),
        "reads": list(rule.reads),
        "description": rule.description,
        "remedy": rule.remedy,
        "controls": {name: list(ids) for name, ids in rule.controls.items()},
    }


def _stop_on(diagnostics: Sequence[Any]) -> None:
    for each in diagnostics:
        click.echo(f"{each.level.value}[{each.code}]: {each.summary}", err=True)
    if diagnostics:
        raise click.exceptions.Exit(common.INCOMPLETE)


@command.command("test", short_help="Run rules over their fixtures.")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@common.further_rules
@click.option(
    "--fixtures",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Where the fixtures lie. Default: ours, or the folder fixtures beside --rules and --policies.",
)
def test_rules(
    ids: Sequence[str], rule_dirs: Sequence[Path], policy_dirs: Sequence[Path], fixtures: Path | None
) -> None:
    """Run each rule over its fixtures: findings must equal the marks (ids or globs; all without any)."""
    from scanner import fixture  # noqa: PLC0415 - only here
    from scanner.bundle import bundled  # noqa: PLC0415 - only here

    rules, diagnostics = common.load_rules(rule_dirs, policy_dirs)
    _stop_on(diagnostics)
    chosen = common.matching(rules, ids) if ids else rules
    if not chosen:
        raise click.UsageError("no rule matches (see layerproof rules list)")
    broken = 0
    for rule in chosen:
        result = fixture.check(rule, fixtures or _fixtures_of(rule) or bundled("fixtures"))
        broken += bool(result.problems)
        for problem in result.problems:
            click.echo(f"{rule.id}: {problem}")
    click.echo(f"{counted(len(chosen), 'rule')} tested on fixtures, {broken} failed")
    if broken:
        raise click.exceptions.Exit(common.FAILED)


def _fixtures_of(rule: Rule) -> Path | None:
    """The folder of examples beside that of a user's rules."""
    beside = rule.path.parent.parent.parent / "fixtures" if rule.path is not None and not rule.ours else None
    return beside if beside is not None and beside.is_dir() else None


@command.command("lint", short_help="Hold rules against the house's form.")
@common.further_rules
def lint_rules(rule_dirs: Sequence[Path], policy_dirs: Sequence[Path]) -> None:
    """Hold every rule against the house's form: reads, selects, texts, fixtures."""
    from scanner.bundle import bundled  # noqa: PLC0415 - only here
    from scanner.engine.lint import lint  # noqa: PLC0415 - only here

    rules, diagnostics = common.load_rules(rule_dirs, policy_dirs)
    found = [*diagnostics]
    for place, some in groupby(rules, lambda rule: _fixtures_of(rule) or bundled("fixtures")):
        found.extend(lint(list(some), place))
    for each in found:
        click.echo(f"{each.level.value}[{each.code}]: {each.summary}")
    click.echo(f"{counted(len(rules), 'rule')}, {counted(len(found), 'problem')}")
    if found:
        raise click.exceptions.Exit(common.FAILED)


@command.command("review", short_help="Draw findings at random, for people to judge.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--sample", type=click.IntRange(min=1), default=40, help="How many findings to draw.")
@click.option("--seed", type=int, default=0, help="Seed of the draw.")
@click.option("--verdict", type=click.Choice(["fail", "unknown"]), default="fail", help="Which findings.")
@click.option(
    "--severity",
    "severities",
    multiple=True,
    type=click.Choice([each.value for each in Severity]),
    help="Draw only from findings of this severity.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Output form.")
def review_rules(
    paths: Sequence[Path], sample: int, seed: int, verdict: str, severities: Sequence[str], form: str
) -> None:
    """Draw findings at random over several trees and print them with their source, to be judged by a person."""
    from random import Random  # noqa: PLC0415 - only here

    found: list[tuple[str, Finding, Files]] = []
    for path in paths:
        every = _findings(path, Verdict(verdict))
        found.extend(each for each in every if not severities or each[1].severity.value in severities)
    found.sort(key=lambda each: (each[0], each[1].order))
    drawn = Random(seed).sample(found, min(sample, len(found)))  # noqa: S311 - a draw, not a secret
    if form == "json":
        common.write(common.dump([_drawn(name, finding) for name, finding, _ in drawn]))
        return
    for number, (name, finding, files) in enumerate(drawn, 1):
        click.echo("".join(_shown(number, name, finding, files)))


def _findings(path: Path, verdict: Verdict) -> Iterator[tuple[str, Finding, Files]]:
    """What `scan` of the path would find: overlays and charts are rendered, as there."""
    from datetime import date  # noqa: PLC0415 - only here

    from scanner import scan  # noqa: PLC0415 - only here

    tree, config, _ = common.prepare([path], None, None, ())
    rules, _ = common.load_rules()
    charts, version = common.charts(config, tree), config.kubernetes_version
    target = scan.Target(tree=tree, charts=charts, find=common.find_program(tree), kubernetes=version)
    built = scan.build(target, scan.read(target), config)
    report, _ = scan.judge(built, config, scan.Judging(rules, date.today()))
    for finding in report.findings:
        if finding.verdict is verdict:
            yield tree.root.name, finding, tree.files


def _drawn(name: str, finding: Finding) -> dict[str, Any]:
    place = finding.location
    return {
        "repository": name,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "node": finding.node,
        "message": finding.message,
        "path": place.path if place else None,
        "line": place.line if place else None,
        "fingerprint": finding.fingerprint,
    }


def _shown(number: int, name: str, finding: Finding, files: Files) -> Iterator[str]:
    from scanner.report.escape import terminal  # noqa: PLC0415 - text only

    yield f"{'=' * 78}\n{number}. {finding.rule} [{finding.severity.value}] {terminal(finding.message)}\n"
    if finding.reason:
        yield f"   reason: {terminal(finding.reason)}\n"
    yield f"   fingerprint {finding.fingerprint}\n"
    place = finding.location
    file = files.by_path.get(place.path) if place else None
    if place is None or file is None:
        return
    yield f"   {name}: {terminal(place.path)}:{place.line}\n"
    for line in range(max(1, place.line - 6), min(file.lines, place.line + 24) + 1):
        mark = ">" if place.line <= line <= place.end_line else " "
        yield f" {mark}{line:5} | {terminal(file.line(line))}\n"
