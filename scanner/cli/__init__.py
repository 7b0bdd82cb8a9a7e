"""The command line: the only place that reads arguments, prints, and chooses the exit code."""

from __future__ import annotations

import gc
import sys

import click

from scanner import __version__
from scanner.cli.lazy import LazyGroup
from scanner.model.garbage import process_ends

# Command to the module that holds it, so that only what is asked for is imported.
_COMMANDS = {
    "scan": "scan",
    "audit": "audit",
    "resources": "resources",
    "ask": "ask",
    "drift": "drift",
    "diff": "diff",
    "graph": "graph",
    "explain": "explain",
    "rules": "rules",
    "baseline": "baseline",
    "schema": "schema",
    "init": "init",
    "doctor": "doctor",
    "config": "config",
    "completion": "completion",
    "pages": "pages",
}


@click.group(
    cls=LazyGroup,
    package="scanner.cli",
    modules=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "LAYERPROOF"},
)
@click.version_option(__version__, prog_name="layerproof")
def cli() -> None:
    """Policy and compliance over one layered graph of Terraform, Kubernetes and live cloud state."""


def main() -> None:
    """Run the command line: 2 for usage errors, 4 for our own faults, 130 when interrupted."""
    gc.set_threshold(100_000, 50, 50)  # graphs are kept, not dropped: looking for garbage often finds none
    process_ends()
    try:
        _run()
    finally:
        gc.freeze()  # the process ends here: no need to look through what is left


def _run() -> None:
    try:
        sys.exit(cli.main(standalone_mode=False))
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as fault:  # the last resort: whatever it is, it is ours
        _internal(fault)
        sys.exit(4)


def _internal(fault: Exception) -> None:
    import traceback  # noqa: PLC0415 - only when something is broken

    click.echo("".join(traceback.format_exception(fault)), err=True)
    click.echo(
        f"layerproof {__version__}: internal error: {fault} (please report it with the lines above)", err=True
    )
