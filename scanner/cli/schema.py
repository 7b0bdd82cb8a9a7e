"""`layerproof schema`: the JSON Schema of the graph, which is also the input of Rego rules."""

from __future__ import annotations

import click

from scanner.cli import common


@click.command(short_help="Print the JSON Schema of the graph.")
def command() -> None:
    """Print the JSON Schema of `graph --format json`, generated from the kinds."""
    from scanner.graph.schema import schema  # noqa: PLC0415 - only here

    common.write(common.dump(schema()))
