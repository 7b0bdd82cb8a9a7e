"""`layerproof explain`: a rule with its reasons, its remedy and its examples."""

from __future__ import annotations

from difflib import get_close_matches

import click

from scanner.cli import common


@click.command()
@click.argument("name", metavar="ID")
@click.option(
    "--rules", "rule_dirs", multiple=True, type=click.Path(file_okay=False, exists=True), help="Further rules."
)
@click.option(
    "--policies",
    "policy_dirs",
    multiple=True,
    type=click.Path(file_okay=False, exists=True),
    help="Further Rego rules.",
)
@click.option("--format", "form", type=click.Choice(["text", "markdown"]), default="text", help="Output form.")
def command(name: str, rule_dirs: tuple[str, ...], policy_dirs: tuple[str, ...], form: str) -> None:
    """Explain a rule of ours, or the rules that cover a peer's id (CKV_AWS_20)."""
    from pathlib import Path  # noqa: PLC0415 - kept beside its one use

    from scanner import docs  # noqa: PLC0415 - after the usage errors
    from scanner.bundle import bundled  # noqa: PLC0415 - as above

    rules, _ = common.load_rules([Path(each) for each in rule_dirs], [Path(each) for each in policy_dirs])
    found = [rule for rule in rules if rule.id == name]
    found = found or [rule for rule in rules if any(name in ids for ids in rule.controls.values())]
    if not found:
        close = get_close_matches(name, [rule.id for rule in rules], 3, 0.4)
        hint = f"; did you mean {' or '.join(close)}?" if close else " (see layerproof rules list)"
        raise click.UsageError(f"no rule is called or covers {name!r}{hint}")
    for rule in found:
        fixtures = bundled("fixtures")
        page = docs.rule_page(rule, fixtures) if form == "markdown" else docs.explain(rule, fixtures)
        common.write(page)
