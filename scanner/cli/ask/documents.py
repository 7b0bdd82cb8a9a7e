"""Policy documents that a question is given as files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.model.location import SourceFile

if TYPE_CHECKING:
    from scanner.analysis.access.documents import Document


def document(text: str, kind: str) -> Document:
    """The document in a file (`-`: standard input); its faults are told on standard error with their places."""
    from scanner.analysis.access.documents import read  # noqa: PLC0415 - loads the action catalogue

    data = sys.stdin.buffer.read() if text == "-" else Path(text).read_bytes()
    found = read(data.decode("utf-8-sig", "replace"), text, kind)
    file = SourceFile(text, data)
    for each in found.diagnostics:
        where = file.locate(each.span.start, each.span.end) if each.span else None
        at = f"{text}:{where.line}:{where.column}" if where else text
        click.echo(f"{at}: {each.level.value}[{each.code}]: {each.summary}", err=True)
    return found
