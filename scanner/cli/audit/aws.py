"""`layerproof audit aws`: collect live accounts, then judge what was read in a process without credentials."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import click

from scanner.cli.audit import collecting, storing
from scanner.cli.scan import command as scan

# What reads files of a tree, of which an audit has none, and what we say to the scan ourselves.
_LEFT = {"paths", "var_files", "variables", "workspace", "pre_commit", "root", "exclude", "jobs", "record",
         "helm_values", "no_render", "changed_since"}  # fmt: skip
_SECRET = ("AWS_", "BOTO_", "SSO_", *storing.SECRET)


def _judging_options(command: Callable[..., Any], left: Collection[str] = _LEFT) -> Callable[..., Any]:
    """Every option of `scan` that judges or reports; those that read files stay out."""
    kept = [each for each in scan.params if isinstance(each, click.Option) and each.name not in left]
    for option in reversed(kept):
        click.decorators._param_memo(command, option)
    return command


@click.command(short_help="Read live AWS accounts, and judge them.")
@collecting.collecting_options
@collecting.policy_option
@click.option(
    "--keep",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep the snapshot (mode 0600).",
)
@storing.storing_options
@_judging_options  # fmt: skip
def command(**given: Any) -> None:
    """Read live AWS accounts by listing alone, and judge what was read as `scan` does."""
    if given["print_policy"]:
        collecting.print_policy(given["print_policy"], storing.writes(given))
        return
    collecting.needs_boto3()
    history = None if given["dry_run"] else storing.storing(given)
    who = collecting.executor(given)
    plan = collecting.planned(given)
    if given["dry_run"]:
        collecting.dry_run(plan, "json" if "json" in given["formats"] else "text")
        return
    with tempfile.TemporaryDirectory(prefix="layerproof-") as folder:
        kept: Path | None = given["keep"]
        out = kept.resolve() if kept else Path(folder) / "aws.jsonl.gz"
        left = history.begin(plan, collecting.wanted(given).access) if history else plan
        done = collecting.write(left, out, who, history.through if history else iter)
        if any(each.status != "ok" for each in done):
            click.echo("coverage\n" + "\n".join(collecting.table(done)) + "\n", err=True)
        record = Path(folder) / "record.json"
        asked = [*_arguments(given), *([f"--record={record}"] if history else [])]
        code = judge(out, asked)
        if history:
            code = history.finish(out, record, code)
    raise click.exceptions.Exit(code)


def _arguments(given: dict[str, Any]) -> Iterator[str]:
    """The options of `scan` as they were given."""
    for option in scan.params:
        if not isinstance(option, click.Option) or option.name in _LEFT or option.name not in given:
            continue
        value = given[option.name]
        flag = max(option.opts, key=len)
        if option.is_flag and not option.multiple:
            if value is True:
                yield flag
        elif option.multiple:
            yield from (f"{flag}={each}" for each in value)
        elif value is not None and value != option.default:
            yield f"{flag}={value}"


def judge(snapshot: Path, arguments: list[str]) -> int:
    """The scan of the snapshot, by a process that has no way to AWS."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_SECRET)}
    nowhere = os.devnull
    environment.update(
        AWS_CONFIG_FILE=nowhere, AWS_SHARED_CREDENTIALS_FILE=nowhere, AWS_EC2_METADATA_DISABLED="true"
    )
    start = "from scanner.cli import main; main()"
    program = [sys.executable, "-P", "-c", start, "scan", str(snapshot), *arguments]
    return subprocess.run(program, env=environment, check=False).returncode
