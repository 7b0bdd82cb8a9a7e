"""`layerproof ask`: questions about the graph, each answered with what it rests on."""

from __future__ import annotations

from importlib import import_module

import click

# Question to the module that holds it, so that only what is asked for is imported.
_QUESTIONS: dict[str, str] = {
    "compare": "compare",
    "copies": "copies",
    "escalations": "escalations",
    "flows": "flows",
    "reach": "reach",
    "who-can": "who_can",
}


class _Questions(click.Group):
    """Loads a question's module when it is asked or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_QUESTIONS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _QUESTIONS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = import_module(f"scanner.cli.ask.{module}").command
        return command


@click.group(cls=_Questions)
def command() -> None:
    """Ask who can reach, do, become or restore what; every answer shows what it rests on."""
