"""`layerproof config show`: the configuration in force and where it comes from."""

from __future__ import annotations

from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import Any

import click

from scanner.cli import common
from scanner.sources.tree import tree_root


@click.group()
def command() -> None:
    """Show what is configured."""


@command.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True), default=Path())
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Configuration to use instead of the tree's layerproof.toml.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Output form.")
def show(path: Path, config_file: Path | None, form: str) -> None:
    """Show the configuration that a scan of PATH would use."""
    config = common.load_config(path, tree_root(path.resolve()), config_file)
    shown = {name: _plain(value) for name, value in asdict(config).items() if name != "origin"}
    if form == "json":
        common.write(common.dump({"origin": config.origin, **shown}))
        return
    click.echo(f"# from {config.origin}")
    for name, value in shown.items():
        click.echo(f"{name} = {value!r}")


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if key != "span"}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return "never" if value is None else value
