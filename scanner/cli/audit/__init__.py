"""`layerproof audit`: live accounts and clusters, read and judged."""

from __future__ import annotations

import click

from scanner.cli.lazy import LazyGroup

# Command to the module that holds it, so that only what is asked for is imported.
_COMMANDS: dict[str, str] = {
    "aws": "aws",
    "cluster": "cluster",
    "collect": "collect",
    "record": "record",
    "report": "report",
}


@click.group(
    cls=LazyGroup,
    package="scanner.cli.audit",
    modules=_COMMANDS,
    short_help="Collect live accounts and clusters, judge, keep.",
)
def command() -> None:
    """Audit live accounts: collect what they hold by listing alone, judge it, keep it."""
