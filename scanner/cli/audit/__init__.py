"""`layerproof audit`: live accounts and clusters, read and judged."""

from __future__ import annotations

from importlib import import_module

import click

# Command to the module that holds it, so that only what is asked for is imported.
_COMMANDS: dict[str, str] = {
    "aws": "aws",
    "cluster": "cluster",
    "collect": "collect",
    "record": "record",
    "report": "report",
}


class _Commands(click.Group):
    """Loads a command's module when it is called or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = import_module(f"scanner.cli.audit.{module}").command
        return command


@click.group(cls=_Commands)
def command() -> None:
    """Audit live accounts: collect what they hold by listing alone, judge it, keep it."""
