"""`layerproof drift`: code against the live account or cluster."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner import __version__
from scanner.cli import common, drifting
from scanner.cli.audit import cluster, collecting
from scanner.cli.telling import tell_faults
from scanner.model.counted import counted
from scanner.model.location import SourceFile

if TYPE_CHECKING:
    from scanner.audit.cluster_drift import Objects
    from scanner.audit.drifts import Drift, Result
    from scanner.config import Config
    from scanner.model.report import Coverage
    from scanner.model.rule import Rule
    from scanner.scan import Built
    from scanner.sources.aws.session import Access

_FAILS = click.Choice(["weaker", "changed", "any", "never"])


@click.command(short_help="Compare code with what is really there.")
@common.input_options
@click.option(
    "--snapshot",
    "snapshots",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="What was collected of the live account or cluster; repeatable. Default: it is collected now.",
)
@collecting.collecting_options
@cluster.cluster_options
@click.option("--no-trail", is_flag=True, help="Do not ask CloudTrail who changed what. Snapshots never do.")
@click.option(
    "--fail-on",
    type=_FAILS,
    default="any",
    show_default=True,
    help="Exit 1 for: weaker, what nobody owns or is weaker; changed, any change too; any, what is missing too.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Output form.")
def command(**given: Any) -> None:
    """Compare the code below PATH with what is really there: an account, or with --context or --in-cluster a
    cluster."""
    from scanner import scan  # noqa: PLC0415 - after the usage errors
    from scanner.audit.cluster_drift import Objects  # noqa: PLC0415 - as above
    from scanner.audit.drift import drift, services  # noqa: PLC0415 - as above

    _fits(given)
    tree, config, chosen = common.prepare(given["paths"], given["root"], given["config_file"], given["exclude"])
    live = _Live() if given["snapshots"] else _collected(given)
    snapshots = tuple(map(_snapshot, given["snapshots"])) or live.files
    target = common.target(tree, config, chosen, given, snapshots=snapshots)
    objects = Objects()
    built = scan.build(target, objects.through(scan.read(target)), config)
    rules, _ = common.load_rules()
    result = drift(built.whole, built.twins, rules, recorded=built.recorded, services=services())
    _with_clusters(result, objects, built, rules)
    result.drifts = [each for each in result.drifts if not _ignored(config, each)]
    trails = _trails(result, built, live)
    common.write(
        common.dump(drifting.document(built, result, trails))
        if given["form"] == "json"
        else drifting.text(built, result, trails)
    )
    raise click.exceptions.Exit(_exit(built, result, given["fail_on"]))


def _snapshot(path: Path) -> SourceFile:
    """A snapshot that was named. Raises Exit where the file is none: nothing could be compared."""
    from scanner.sources.aws.snapshot import begins  # noqa: PLC0415 - only with snapshots

    data = path.read_bytes()
    if not begins(data):
        click.echo(
            f"error[read-snapshot]: {path} is no snapshot; layerproof audit collect --out makes one", err=True
        )
        click.echo(f"exit {common.INCOMPLETE}: nothing to compare with", err=True)
        raise click.exceptions.Exit(common.INCOMPLETE)
    return SourceFile(str(path), data)


@dataclass(frozen=True, slots=True)
class _Live:
    """What was collected now, and how the accounts are reached, where their trails shall be asked."""

    files: tuple[SourceFile, ...] = ()
    accesses: dict[str, Access] = field(default_factory=dict)


def _fits(given: dict[str, Any]) -> None:
    """Raises UsageError for a snapshot and a live cluster or account at once."""
    if given["snapshots"] and (given["context"] or given["in_cluster"]):
        raise click.UsageError("--snapshot is what was collected; --context and --in-cluster collect now")
    if (given["context"] or given["in_cluster"]) and (given["accounts"] or given["organization"]):
        raise click.UsageError("a cluster or accounts: give the other as --snapshot")


def _collected(given: dict[str, Any]) -> _Live:
    """The account or cluster as it is now."""
    if given["context"] or given["in_cluster"]:
        return _Live((_cluster(given),))
    collecting.needs_boto3()
    who = collecting.executor(given)
    plan = collecting.planned(given)
    accesses = {} if given["no_trail"] else {work.unit.account: work.access for work in plan.works}
    with tempfile.TemporaryDirectory(prefix="layerproof-") as folder:
        out = Path(folder) / "aws.jsonl.gz"
        collecting.write(plan, out, who)
        return _Live((SourceFile("live", out.read_bytes()),), accesses)


def _cluster(given: dict[str, Any]) -> SourceFile:
    """The cluster as it is now; nothing of it is written."""
    access, listed = cluster.collected(given)
    from scanner.sources.cluster.snapshot import pack  # noqa: PLC0415 - only for clusters

    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return SourceFile("live", pack(given["name"] or access.name, listed, now, __version__, conceal=False))


def _with_clusters(result: Result, objects: Objects, built: Built, rules: Sequence[Rule]) -> None:
    """Add what differs in clusters."""
    if not objects.clusters:
        return
    from scanner.audit import cluster_drift  # noqa: PLC0415 - only with clusters

    found = cluster_drift.drift(objects, built.whole, rules)
    result.managed += found.managed
    result.drifts = sorted([*result.drifts, *found.drifts], key=lambda each: each.order)


def _trails(result: Result, built: Built, live: _Live) -> list[Coverage]:
    """Ask who did it, where the account is before us."""
    if not live.accesses:
        return []
    from scanner.audit.actors import ask  # noqa: PLC0415 - only for live accounts
    from scanner.sources.aws.session import forget  # noqa: PLC0415 - as above

    try:
        return ask(result, built.whole, live.accesses)
    finally:
        forget()


def _ignored(config: Config, found: Drift) -> bool:
    """Whether an `[[ignore]]` of `drift/CLASS` (or `drift/*`) fits and has not expired."""
    from fnmatch import fnmatchcase  # noqa: PLC0415 - only where something is ignored

    today = date.today().isoformat()
    return any(
        fnmatchcase(f"drift/{found.kind_of.value}", entry.rule)
        and any(fnmatchcase(name, f"*{entry.address}") for name in (found.node, found.twin))
        and bool(entry.reason)
        and (not entry.until or entry.until >= today)
        for entry in config.ignores
    )


def _exit(built: Built, result: Result, fail_on: str) -> int:
    """1 for drift that counts, 3 where something could not be read, and the last line says why."""
    from scanner.audit.drifts import CONTROLLER, NOBODY, Class  # noqa: PLC0415 - after the comparison

    def counts(each: Drift) -> bool:
        if fail_on == "never" or each.kind_of is Class.UNKNOWN:
            return False
        if each.kind_of is Class.CHANGED and each.owner == CONTROLLER and each.direction != "weaker":
            return False  # what an autoscaler is there for
        snowflake = each.kind_of is Class.UNMANAGED and each.owner == NOBODY
        if fail_on == "weaker":
            return snowflake or each.direction == "weaker"
        if fail_on == "changed":
            return snowflake or each.kind_of is Class.CHANGED
        return each.kind_of is not Class.UNMANAGED or snowflake

    failing = sum(map(counts, result.drifts))
    in_full = tell_faults(built.target, built.diagnostics)
    bad = [each for each in built.units if each.status not in ("ok", "partial", "not-enabled", "not_enabled")]
    if failing:
        click.echo(f"exit {common.FAILED}: {failing} not as written (--fail-on {fail_on})", err=True)
        return common.FAILED
    if bad or not in_full:
        what = f"{counted(len(bad), 'unit')} of the account" if bad else "some of the code"
        click.echo(f"exit {common.INCOMPLETE}: incomplete: {what} could not be read", err=True)
        return common.INCOMPLETE
    click.echo(f"exit {common.CLEAN}: no drift that counts", err=True)
    return common.CLEAN
