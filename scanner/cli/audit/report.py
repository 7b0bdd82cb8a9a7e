"""`layerproof audit report`: what the audits of a store found, what is new, fixed and stale, and the trend."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from scanner.cli import common
from scanner.cli.audit import storing


@click.command(short_help="What is new, fixed and stale in the history.")
@storing.store_option("The history in")
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Configuration that names the store.",
)
@click.option(
    "--since",
    metavar="DATE",
    help="What happened from this day (or time, ISO 8601) on. Default: by the last audit.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Form of the report.",
)
@click.option("--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write it to this file.")
def command(**given: Any) -> None:
    """Show what is new, fixed and stale in the history, by layer and tenet, with the trend."""
    since = _since(given["since"]) if given["since"] else ""
    store = storing.opened(storing.named(given) or "", create=False)
    from scanner.audit import overview, render  # noqa: PLC0415 - after what is wrong with the store
    from scanner.audit.store import StoreError  # noqa: PLC0415 - as above

    try:
        found = overview.overview(store, since)
    except StoreError as error:
        raise storing.failed(error) from error
    finally:
        store.close()
    forms: dict[str, Callable[[Any], bytes | str]] = {
        "text": render.text,
        "markdown": render.document,
        "json": common.dump,
    }
    common.write(forms[given["form"]](found), given["output"])


def _since(text: str) -> str:
    """A day or time as the store writes times. Raises UsageError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(f"--since takes a date as 2026-01-31, not {text!r}") from error
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
