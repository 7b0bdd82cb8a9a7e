"""`layerproof audit collect`: what live accounts or a cluster hold, in a snapshot that can be judged anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from scanner import __version__
from scanner.cli import common
from scanner.cli.audit import cluster, collecting
from scanner.cli.audit.destination import Destination, destination

if TYPE_CHECKING:
    from scanner.sources.aws.session import Access
    from scanner.sources.cluster.listing import Listed

_CLUSTER = ("context", "kubeconfig", "in_cluster", "secrets", "name")


@click.command(short_help="Read accounts or a cluster into a snapshot.")
@click.argument("source", type=click.Choice(["aws", "cluster"]), default="aws", metavar="[aws|cluster]")
@click.option("--out", metavar="FILE|DIR|s3://BUCKET/KEY", help="The snapshot to write (files: mode 0600).")
@collecting.collecting_options
@cluster.cluster_options
@collecting.policy_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Form of --dry-run.")
def command(**given: Any) -> None:
    """Read live accounts or a cluster by listing alone and write what was read to a snapshot, which `scan FILE`
    judges anywhere."""
    _fits(given["source"])
    if given["source"] == "cluster":
        _cluster(given)
    else:
        _aws(given)


def _fits(source: str) -> None:
    """Raises UsageError for an option that is not of the source."""
    context = click.get_current_context()
    ours = {"source", "out", "form"} | ({"hmac_key"} if source == "cluster" else set())
    for option in context.command.params:
        name = str(option.name)
        of_cluster = name in _CLUSTER
        asked = context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
        if asked and name not in ours and of_cluster is (source == "aws"):
            raise click.UsageError(f"{option.opts[0]} is for `collect {'cluster' if of_cluster else 'aws'}`")


def _aws(given: dict[str, Any]) -> None:
    """Collect accounts."""
    out: str = given["out"] or ""
    if given["print_policy"]:
        collecting.print_policy(given["print_policy"], _writes(out))
        return
    collecting.needs_boto3()
    if not out and not given["dry_run"]:
        raise click.UsageError("--out FILE is needed (or --dry-run)")
    where = destination(out) if out else None
    who = collecting.executor(given)
    plan = collecting.planned(given)
    if where is None or given["dry_run"]:
        collecting.dry_run(plan, given["form"])
        return
    done = collecting.write(plan, where.file, who)
    _end(where, collecting.table(done), collecting.wanted(given).access, whole=not collecting.incomplete(done))


def _writes(out: str) -> dict[str, list[str]]:
    """What writing the snapshot needs, by action."""
    from scanner.audit.writing import needed  # noqa: PLC0415 - only for objects of S3

    url = destination(out).url
    return needed(url) if url else {}


def _cluster(given: dict[str, Any]) -> None:
    """Collect a cluster."""
    if not given["out"]:
        raise click.UsageError("--out FILE is needed")
    early = destination(given["out"])  # a usage error comes before the work
    if early.url:
        collecting.needs_boto3()
    access, listed = cluster.collected(given)
    from scanner.sources.cluster.snapshot import pack  # noqa: PLC0415 - only for clusters

    name = given["name"] or access.name
    where = destination(given["out"], f"cluster-{re.sub(r'[^A-Za-z0-9._-]+', '-', name)}.jsonl.gz")
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    data = pack(name, listed, now, __version__, conceal=True, key=collecting.hmac_key(given))
    try:
        cluster.write_private(where.file, data)
    except OSError as error:
        raise click.ClickException(f"{where.file} cannot be written: {error.strerror or error}") from error
    from scanner.sources.aws.session import Access  # noqa: PLC0415 - as above

    _end(where, _table(name, listed), Access(), whole=all(each.status == "ok" for each in listed))


def _table(name: str, listed: Sequence[Listed]) -> Iterator[str]:
    """The coverage table: lists that could not be read, then the sum."""
    for each in listed:
        if each.status != "ok":
            yield f"  k8s:{name}/{each.type.name}  {each.status}: {each.reason[:160]}"
    ok = sum(each.status == "ok" for each in listed)
    yield f"  {len(listed)} lists ({ok} ok), {sum(len(each.objects) for each in listed)} objects"


def _end(where: Destination, table: Iterator[str], access: Access, *, whole: bool) -> None:
    """Print the coverage, bring the snapshot where it belongs, and exit."""
    click.echo("coverage")
    for line in table:
        click.echo(line)
    if not where.deliver(access):
        click.echo(f"exit {common.INCOMPLETE}: {where.shown} could not be written")
        raise click.exceptions.Exit(common.INCOMPLETE)
    code = common.CLEAN if whole else common.INCOMPLETE
    click.echo(f"exit {code}: {where.shown} written" + (", but not everything could be read" if code else ""))
    raise click.exceptions.Exit(code)
