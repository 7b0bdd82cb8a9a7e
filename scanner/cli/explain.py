"""`layerproof explain`: a rule with its reasons, remedy and examples; or one finding with all of its evidence."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import common

if TYPE_CHECKING:
    from scanner.model.report import Report
    from scanner.model.rule import Rule

_FINGERPRINT = re.compile(r"[0-9a-f]{8,32}")


@click.command(short_help="Explain a rule, or a finding.")
@click.argument("name", metavar="ID|FINGERPRINT")
@common.further_rules
@common.reading_in("Where the finding lies")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    help="Output form.",
)
def command(**given: Any) -> None:
    """Explain a rule of ours, the rules that cover a peer's id (CKV_AWS_20), or a finding.

    A finding is named by its fingerprint, of which the first eight characters are enough; shown are where it
    stands, the way to it, and why an unknown cannot be told.
    """
    name = given["name"]
    rules, _ = common.load_rules(given["rule_dirs"], given["policy_dirs"])
    if _FINGERPRINT.fullmatch(name):
        _finding(name, rules, given)
        return
    from scanner.engine.frameworks import with_controls  # noqa: PLC0415 - not for a fingerprint

    rules = with_controls(rules)
    found = [rule for rule in rules if rule.id == name]
    found = found or [rule for rule in rules if any(name in ids for ids in rule.controls.values())]
    if not found:
        from scanner.engine.declined import reason_of, same  # noqa: PLC0415 - only where no rule is meant

        check = name.removeprefix("AVD-")  # as older versions of trivy spell its ids
        found = [rule for rule in rules if rule.id in same().get(check, ())]
    if not found:
        reason = reason_of(check)
        if reason is not None:
            common.write(f"{name} has no rule of ours. {reason}\n")
            return
        close = get_close_matches(name, [rule.id for rule in rules], 3, 0.4)
        hint = f"; did you mean {' or '.join(close)}?" if close else " (see layerproof rules list)"
        raise click.UsageError(f"no rule is called or covers {name!r}{hint}")
    if given["form"] == "json":
        common.write(common.dump([_described(rule) for rule in found]))
        return
    _write_rules(found, markdown=given["form"] == "markdown")


def _write_rules(rules: list[Rule], *, markdown: bool) -> None:
    from scanner import docs  # noqa: PLC0415 - after the usage errors
    from scanner.bundle import bundled  # noqa: PLC0415 - as above

    fixtures = bundled("fixtures")
    for rule in rules:
        common.write(docs.rule_page(rule, fixtures) if markdown else docs.explain(rule, fixtures))


def _described(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity.value,
        "selects": list(rule.selects),
        "description": rule.description,
        "remedy": rule.remedy,
        "controls": {name: list(ids) for name, ids in rule.controls.items()},
    }


def _finding(mark: str, rules: list[Rule], given: dict[str, Any]) -> None:
    """Scan, and show what has this fingerprint. Raises UsageError where nothing has it, or several have."""
    report = _scanned(rules, given)
    found = [each for each in report.findings if each.fingerprint.startswith(mark)]
    if not found:
        raise click.UsageError(
            f"nothing that --in reads has the fingerprint {mark} (layerproof scan --format json lists them)"
        )
    if len({each.fingerprint for each in found}) > 1:
        raise click.UsageError(f"{mark} begins the fingerprints of {len(found)} findings; give more of it")
    from scanner.report import RenderOptions, render  # noqa: PLC0415 - after the usage errors

    shown = replace(report, findings=tuple(found), diagnostics=())
    if given["form"] == "json":
        from scanner.report.json import finding_json  # noqa: PLC0415 - JSON only

        common.write(common.dump(finding_json(found[0])))
        return
    if given["form"] == "markdown":
        common.write(render("markdown", shown, RenderOptions(show_unknown=True)))
    else:
        from scanner.report.text import one  # noqa: PLC0415 - text only

        common.write("".join(f"{line}\n" for line in one(shown, found[0], RenderOptions(color=common.colored()))))
    _write_rules([rule for rule in rules if rule.id == found[0].rule], markdown=given["form"] == "markdown")


def _scanned(rules: list[Rule], given: dict[str, Any]) -> Report:
    from scanner import scan  # noqa: PLC0415 - only for a finding
    from scanner.cli.ask.asking import ask  # noqa: PLC0415 - as above

    asked = ask(given)
    known = frozenset(rule.id for rule in rules)
    report, _ = scan.judge(asked.built, asked.config, scan.Judging(rules, date.today(), known_rules=known))
    return report
