"""`layerproof ask`: questions about the graph, each answered with what it rests on."""

from __future__ import annotations

import click

from scanner.cli.lazy import LazyGroup

# Question to the module that holds it, so that only what is asked for is imported.
_QUESTIONS: dict[str, str] = {
    "compare": "compare",
    "copies": "copies",
    "escalations": "escalations",
    "flows": "flows",
    "reach": "reach",
    "who-can": "who_can",
}


@click.group(
    cls=LazyGroup,
    package="scanner.cli.ask",
    modules=_QUESTIONS,
    short_help="Ask who can reach, do, become or restore what.",
)
def command() -> None:
    """Ask who can reach, do, become or restore what; every answer shows what it rests on."""
