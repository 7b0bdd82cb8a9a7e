"""`layerproof diff BASE [HEAD]`: what a change newly permits."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import common, ending
from scanner.cli.telling import line
from scanner.config import Config, ConfigError, severity
from scanner.model.counted import counted
from scanner.model.finding import PRINCIPLES, Severity

if TYPE_CHECKING:
    from scanner.cli.diff.writing import Result

_FORMATS = ("text", "json", "markdown")


@click.command(short_help="Say what a change newly permits.")
@click.argument("base")
@click.argument("head", required=False)
@common.reading_in("What of the tree to compare")
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="FMT[=FILE]",
    help="text, json, markdown; repeatable, with a file each.",
)
@click.option("--fail-on", type=common.THRESHOLDS, help="Exit 1 from this severity on. Default: high.")
@click.option(
    "--fail-on-unknown", type=common.THRESHOLDS, help="Exit 1 for what cannot be told, from this severity on."
)
@click.option("--select", multiple=True, metavar="GLOB", help="Only findings of these rules (ids or globs).")
@click.option("--ignore", multiple=True, metavar="GLOB", help="Not findings of these rules.")
@click.option("--principle", multiple=True, type=click.Choice(PRINCIPLES), help="Only rules of this principle.")
@common.further_rules
@click.option("--no-ignores", is_flag=True, help="Count findings that comments and annotations ignore.")
@click.option(
    "--allow-incomplete",
    is_flag=False,
    flag_value="all",
    metavar="[GROUPS]",
    help="Do not exit 3 for these faults of HEAD (see layerproof scan). Alone: for all.",
)
@click.option("--all", "every", is_flag=True, help="Every entry in text, not the first of each section.")
@common.today_option
def command(base: str, head: str | None, **given: Any) -> None:  # fmt: skip
    """Say what a change newly permits: reachability, permissions, copies lost; then findings, ignores, unknowns.

    BASE and HEAD are commits of the repository around --in (default: here), or paths or snapshots. HEAD is the
    work tree where it is not given. A commit is compared from where HEAD parted from it, as a pull request shows
    it; git runs without hooks, filters and external programs, and the work tree is left as it is.

    Exit code 1 where something at or above --fail-on is newly permitted, lost or found.
    """
    outputs = common.outputs(given["formats"], _FORMATS)
    ending.groups(given["allow_incomplete"] or "")
    given["framework"] = ()
    with ExitStack() as held:
        result = _compared(base, head, given, held)
        code, why = _ending(result, given)
        for name, file in outputs:
            common.write(_written(result, name, why, every=given["every"]), file)
    plain = any(name == "text" and file is None for name, file in outputs)
    click.echo(f"exit {code}: {why}", err=not plain)
    raise click.exceptions.Exit(code)


def _compared(base: str, head: str | None, given: dict[str, Any], held: ExitStack) -> Result:
    """Both sides, held against each other."""
    from scanner.cli.diff import copies, findings, policies, reach, rights, shares, sides, ways  # noqa: PLC0415 - heavy
    from scanner.cli.diff.change import ADMIN, together  # noqa: PLC0415 - as above
    from scanner.cli.diff.pairs import Pairs  # noqa: PLC0415 - as above
    from scanner.cli.diff.writing import Result  # noqa: PLC0415 - as above

    both = sides.opened(base, head, given, held)
    pairs = Pairs(both.base.asked.graph, both.head.asked.graph)
    reached = reach.newly_reachable(both, pairs)
    gained = list(ways.new_ways(both, pairs))
    told = frozenset(each.node for each in gained if each.what == ADMIN and each.certain)
    gained += policies.Policies(both, pairs).entries(told)
    gained += rights.new_rights(both)
    gained += shares.new_receivers(both, pairs)
    entries = {
        "reachability": reached.entries,
        "permissions": together(gained),
        "copies": sorted(copies.copies_lost(both, pairs), key=lambda each: each.order),
    }
    return Result(both, entries, findings.compared(both, pairs), reached.closed, reached.assumptions)


def _written(result: Result, name: str, why: str, *, every: bool) -> str | bytes:
    if name == "json":
        from scanner.cli.diff.writing import document  # noqa: PLC0415 - only what is asked for

        return common.dump(document(result))
    if name == "markdown":
        from scanner.cli.diff.markdown import markdown  # noqa: PLC0415 - as above

        return markdown(result, why)
    from scanner.cli.diff.writing import text  # noqa: PLC0415 - as above

    return text(result, every=every)


# how it ends


def _ending(result: Result, given: dict[str, Any]) -> tuple[int, str]:
    """The exit code and its reason; thresholds are those of the base, which the change cannot move."""
    config = _thresholds(result.sides.base.config, given)
    sure = [each.severity for each in result.every if each.certain] + [each.severity for each in result.judged.new]
    failing = _from(sure, config.fail_on)
    if failing and config.fail_on:
        return common.FAILED, f"{failing} newly permitted, lost or found at or above {config.fail_on.value}"
    unsure = [each.severity for each in result.every if not each.certain]
    unsure += [each.severity for each in result.judged.unknown]
    open_ = _from(unsure, config.fail_on_unknown)
    if open_ and config.fail_on_unknown:
        return common.FAILED, f"{open_} became unknown at or above {config.fail_on_unknown.value}"
    faults = _faults(result, given)
    if faults:
        return common.INCOMPLETE, faults
    if sure:
        limit = config.fail_on.value if config.fail_on else "never"
        return common.CLEAN, f"{len(sure)} newly permitted, lost or found, none that fails (--fail-on {limit})"
    return common.CLEAN, "nothing is newly permitted"


def _thresholds(config: Config, given: dict[str, Any]) -> Config:
    changes: dict[str, Any] = {}
    try:
        for name in ("fail_on", "fail_on_unknown"):
            if given[name]:
                changes[name] = severity(given[name])
    except ConfigError as error:
        raise click.UsageError(str(error)) from error
    return replace(config, **changes)


def _from(found: list[Severity], limit: Severity | None) -> int:
    return 0 if limit is None else sum(each.rank <= limit.rank for each in found)


def _faults(result: Result, given: dict[str, Any]) -> str:
    """What of the head could not be read, or that there was nothing on either side; "" where all is well."""
    from scanner.cli.diff.writing import errors  # noqa: PLC0415 - after the comparison

    head = result.sides.head
    found = [each for each in errors(head) if not ending.allowed(given | {"pre_commit": False}, each)]
    for each in found:
        click.echo(line(head.asked.built.target.tree.files, each), err=True)
    if found:
        groups = ", ".join(sorted({each.group for each in found}))
        return f"incomplete: {counted(len(found), 'error')} ({groups})"
    if errors(result.sides.base):
        click.echo("warning: the base could not be read in full, so more may look new than is", err=True)
    nothing = not head.ours and not result.sides.base.ours
    if nothing and not {"all", "empty"} & {*ending.groups(given["allow_incomplete"] or "")}:
        return "incomplete: no Terraform or Kubernetes file was found on either side"
    return ""
