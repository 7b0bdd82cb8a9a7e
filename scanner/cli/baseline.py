"""`layerproof baseline`: keep the findings of today, so that a scan tells only what is new."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from scanner.cli import common, scan
from scanner.cli.telling import line
from scanner.config import ConfigError
from scanner.engine.baseline import Baseline, Change
from scanner.model.counted import counted
from scanner.model.diagnostic import Level
from scanner.model.report import Report

FILE = "layerproof-baseline.json"
_SCAN = {"ignore_unknown_options": True}


@click.group(short_help="Keep the findings of today, and tell only new ones.")
def command() -> None:
    """Keep the findings of today in a file, which `layerproof scan --baseline FILE` does not count.

    Every command takes the options and paths of `layerproof scan`.
    """


def _options(function: Callable[..., None]) -> Callable[..., None]:
    """The file, and what is handed on to the scan."""
    file = click.option(
        "--baseline",
        "file",
        default=FILE,
        show_default=True,
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The baseline.",
    )
    handed = click.argument("args", nargs=-1, type=click.UNPROCESSED, metavar="[SCAN OPTIONS] [PATH]...")
    return file(handed(function))


@command.command(context_settings=_SCAN)
@_options
def create(file: Path, args: tuple[str, ...]) -> None:
    """Write all findings of a scan to a new baseline."""
    if file.exists():
        raise click.UsageError(f"{file} exists: layerproof baseline update brings it up to date")
    baseline = Baseline.of(_scanned(args).findings)
    common.write(baseline.text(), str(file))
    click.echo(f"{file}: {counted(len(baseline.entries), 'finding')}")


@command.command(context_settings=_SCAN)
@_options
def update(file: Path, args: tuple[str, ...]) -> None:
    """Take in what is new, and drop what is gone."""
    known, report = _read(file), _scanned(args)
    _tell(known.beside(report.findings))
    common.write(Baseline.of(report.findings).text(), str(file))


@command.command(context_settings=_SCAN)
@_options
def prune(file: Path, args: tuple[str, ...]) -> None:
    """Drop what is gone, and take in nothing."""
    known, report = _read(file), _scanned(args)
    change = Change((), known.beside(report.findings).gone)
    _tell(change)
    common.write(known.without(change.gone).text(), str(file))


@command.command(context_settings=_SCAN)
@_options
def diff(file: Path, args: tuple[str, ...]) -> None:
    """Show what is new and what is gone; exit 1 where something is new."""
    change = _read(file).beside(_scanned(args).findings)
    _tell(change)
    if change.new:
        raise click.exceptions.Exit(common.FAILED)


def _read(file: Path) -> Baseline:
    try:
        return Baseline.read(file)
    except ConfigError as error:
        raise click.UsageError(str(error)) from error


def _scanned(args: tuple[str, ...]) -> Report:
    """The report of a scan with these options. Raises Exit where it is incomplete: the rest may stand."""
    here = click.get_current_context()
    names = here.help_option_names  # a command keeps the names it is first asked with
    given: dict[str, Any] = scan.command.make_context(
        here.command_path, list(args), auto_envvar_prefix="LAYERPROOF_SCAN", help_option_names=names
    ).params
    report, _ = scan.judged(scan.Request.of(given))
    errors = [each for each in report.diagnostics if each.level is Level.ERROR]
    for each in errors:
        click.echo(line(report.files, each), err=True)
    if errors:
        click.echo("the scan is incomplete, so the baseline was left as it is", err=True)
        raise click.exceptions.Exit(common.INCOMPLETE)
    return report


def _tell(change: Change) -> None:
    for sign, entries in (("+", change.new), ("-", change.gone)):
        for each in entries:
            click.echo(f"{sign} {each.line}")
    click.echo(f"{len(change.new)} new, {len(change.gone)} gone")
