"""`layerproof audit collect`: what live accounts hold, written to a snapshot that can be judged anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from scanner.cli import common
from scanner.cli.audit import collecting


@click.command()
@click.argument("source", type=click.Choice(["aws"]), default="aws", metavar="[aws]")
@click.option("--out", type=click.Path(path_type=Path), help="The snapshot to write (mode 0600).")
@collecting.collecting_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Form of --dry-run.")
def command(**given: Any) -> None:
    """Read live accounts by listing alone and write what was read to a snapshot; judge it with `scan FILE`."""
    collecting.needs_boto3()
    if given["out"] is None and not given["dry_run"]:
        raise click.UsageError("--out FILE is needed (or --dry-run)")
    if str(given["out"] or "").startswith("s3:/"):
        raise click.UsageError("--out writes a file or into a directory; copy it to S3 with a client of your own")
    who = collecting.executor(given)
    plan = collecting.planned(given)
    if given["dry_run"]:
        collecting.dry_run(plan, given["form"])
        return
    out: Path = given["out"]
    if out.is_dir():
        out = out / "snapshot.jsonl.gz"
    done = collecting.write(plan, out, who)
    click.echo("coverage")
    for line in collecting.table(done):
        click.echo(line)
    code = common.INCOMPLETE if collecting.incomplete(done) else common.CLEAN
    click.echo(f"exit {code}: {out} written" + (", but not everything could be read" if code else ""))
    raise click.exceptions.Exit(code)
