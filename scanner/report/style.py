"""Colours, widths and line filling for terminals, without a library: rich takes 100 ms to import."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from scanner.model.diagnostic import Level
from scanner.model.finding import Severity
from scanner.report.escape import line_start

_TAB = 4
_WORD = re.compile(r"\S+")
_CODES = {
    "bold": "1",
    "dim": "2",
    "critical": "1;97;41",
    "high": "1;31",
    "medium": "1;33",
    "low": "1;36",
    "info": "1;34",
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "good": "1;32",
    "gutter": "34",
}


class Style:
    """Paints words, or leaves them as they are. Names are severities, levels, `bold`, `dim`, `good`, `gutter`."""

    __slots__ = ("on",)

    def __init__(self, *, on: bool) -> None:
        self.on = on

    def paint(self, text: str, name: str) -> str:
        return f"\x1b[{_CODES[name]}m{text}\x1b[0m" if self.on and text else text

    def level(self, level: Severity | Level) -> str:
        return self.paint(level.value, level.value)


def cells(text: str) -> int:
    """How many cells a terminal takes for a text without controls."""
    return len(text) if text.isascii() else sum(map(_cell, text))


def _cell(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in {"W", "F"} else 1


def expand(line: str) -> tuple[str, list[int]]:
    """A source line with its tabs expanded, and at which cell each of its characters begins (one more entry
    for the end). The line's other characters are kept."""
    starts: list[int] = []
    parts: list[str] = []
    at = 0
    for sign in line:
        starts.append(at)
        step = _TAB - at % _TAB if sign == "\t" else _cell(sign)
        parts.append(" " * step if sign == "\t" else sign)
        at += step
    starts.append(at)
    return "".join(parts), starts


def clip(text: str, most: int) -> str:
    """The text in at most that many cells, `…` for what was cut."""
    if cells(text) <= most:
        return text
    kept, used = [], 0
    for sign in text:
        used += _cell(sign)
        if used > most - 1:
            break
        kept.append(sign)
    return "".join(kept) + "…"


def fill(text: str, width: int, indent: int = 0, first: int = 0) -> Iterator[str]:
    """The text broken at blanks into lines of at most `width` cells: the first begins at cell `first`, the
    others are indented. A word that is longer than a line stands alone, whole, so that it can be copied.
    """
    room = max(width - first, 20)
    line: list[str] = []
    used = 0
    lead = ""
    for word in _WORD.findall(text):
        size = cells(word)
        if line and used + 1 + size > room:
            yield lead + line_start(" ".join(line)) if lead else " ".join(line)
            line, used, lead = [], 0, " " * indent
            room = max(width - indent, 20)
        used += size + (1 if line else 0)
        line.append(word)
    if line:
        yield lead + line_start(" ".join(line)) if lead else " ".join(line)
