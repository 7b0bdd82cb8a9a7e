"""What all questions share: what is read, and how the answer is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from scanner import scan
from scanner.cli import common
from scanner.cli.telling import tell_faults
from scanner.config import Config
from scanner.graph.columns import Graph


@dataclass(frozen=True, slots=True)
class Asked:
    """The graph that a question is put to, with what was learned while building it."""

    graph: Graph
    config: Config
    built: scan.Built


def question_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--in` and what says how it is read; `--format`."""
    form = click.option(
        "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Output form."
    )
    return common.reading_in("What to ask about")(form(command))


def names_nothing(text: str, more: str = "") -> click.UsageError:
    """To be raised where a name that the user gave is that of no node."""
    return click.UsageError(
        f"{text!r} names nothing in the scan{more}; `layerproof graph --in PATH` lists its nodes"
    )


def ask(given: dict[str, Any]) -> Asked:
    """Read and build what the options name; faults of the input are told on standard error."""
    tree, config, chosen = common.prepare(given["paths"], given["root"], given["config_file"], given["exclude"])
    target = common.target(tree, config, chosen, given)
    built = scan.build(target, scan.read(target), config)
    tell_faults(target, built.diagnostics)
    if not target.ours:
        raise click.exceptions.Exit(common.INCOMPLETE)
    return Asked(built.graph, config, built)
