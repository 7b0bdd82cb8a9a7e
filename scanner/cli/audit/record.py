"""`layerproof audit record`: a snapshot that was collected elsewhere, judged and taken into the history."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from scanner.cli.audit import aws, storing


@click.command(short_help="Judge a SNAPSHOT, and keep it in the history.")
@click.argument("snapshot", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@storing.storing_options
@aws._judging_options
def command(**given: Any) -> None:
    """Judge a SNAPSHOT as `scan` does, and take what was found into the history."""
    history = storing.kept_in(storing.named(given) or "", given)
    snapshot: Path = given["snapshot"].resolve()
    history.begin_read("snapshot", {"snapshot": str(snapshot)})
    with tempfile.TemporaryDirectory(prefix="layerproof-") as folder:
        record = Path(folder) / "record.json"
        asked = [*aws._arguments(given), f"--record={record}"]
        code = aws.judge(snapshot, asked)
        code = history.finish(snapshot, record, code)
    raise click.exceptions.Exit(code)
