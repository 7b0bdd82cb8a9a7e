"""Faults of the input on standard error, for commands whose answer goes to standard output."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from scanner.cli.nothing import no_input
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.report import Files
from scanner.report.escape import line_start, terminal

if TYPE_CHECKING:
    from scanner.scan import Target


def tell_faults(target: Target, diagnostics: Iterable[Diagnostic], *, all_levels: bool = False) -> bool:
    """A line for each error that was met, or for each diagnostic, and for an input that holds nothing of ours.
    The answer is whether the input could be read in full: no error was among them."""
    told = list(dict.fromkeys((*target.tree.diagnostics, *target.diagnostics, *diagnostics)))
    if not target.ours:
        told.append(no_input(told, target))
    errors = [each for each in told if each.level is Level.ERROR]
    for each in told if all_levels else errors:
        click.echo(line(target.tree.files, each), err=True)
    return not errors


def line(files: Files, diagnostic: Diagnostic) -> str:
    """`path:line:column: error[code]: summary; remedy`."""
    place = files.locate(diagnostic.span) if diagnostic.span is not None else None
    lead = f"{place.path}:{place.line}:{place.column}: " if place is not None else ""
    remedy = f"; {diagnostic.remedy}" if diagnostic.remedy else ""
    said = f"{lead}{diagnostic.level.value}[{diagnostic.code}]: {diagnostic.summary}{remedy}"
    return line_start(terminal(said))
