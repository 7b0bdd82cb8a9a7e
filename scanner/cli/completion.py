"""`layerproof completion`: what a shell needs to complete our commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command(short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of a shell: eval "$(layerproof completion bash)"."""
    from scanner.cli import cli  # noqa: PLC0415 - the group imports this module

    completion = get_completion_class(shell)
    if completion is None:  # pragma: no cover - the choice above allows known shells only
        raise click.UsageError(f"no completion for {shell}")
    click.echo(completion(cli, {}, "layerproof", "_LAYERPROOF_COMPLETE").source())
