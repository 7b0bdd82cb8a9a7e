"""Which lines of a template gave which lines of its text: an alignment in order that keeps as much as it can."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

MOST_CELLS = 400_000  # pairs of lines that are weighed; about a tenth of a second
_ACTION = re.compile(rb"\{\{.*?\}\}")
_GIVEN, _INDENTED = 2, 1  # by a line as it stands or one that an action may have filled; at the same column


class Line(NamedTuple):
    """One line: its key (b"" for actions, comments and blanks), its text and its column."""

    key: bytes
    text: bytes
    column: int


def read(text: bytes, key: bytes) -> Line:
    bare = text.strip()
    return Line(key, bare, len(text) - len(text.lstrip()))


def weight(template: Line, rendered: Line) -> int:
    """How much speaks for a line of the template having given a line of the text; 0 where it cannot have."""
    if not rendered.key or template.key != rendered.key:
        return 0
    if b"{{" not in template.text:
        if template.text != rendered.text:
            return 0
    else:
        at = 0
        for piece in _ACTION.split(template.text.partition(b"{{/*")[0]):
            at = rendered.text.find(piece.strip(), at)
            if at < 0:
                return 0
            at += len(piece.strip())
    return _GIVEN + _INDENTED * (template.column == rendered.column)


def aligned(rendered: Sequence[Line], template: Sequence[Line]) -> list[tuple[int, int]]:
    """Pairs of (line of the text, line of the template), both rising, of the greatest weight together; of several
    such the one that begins first."""
    rows = [[0] * (len(template) + 1)]  # from the last line up: the best of what follows each pair
    weights: list[dict[int, int]] = []
    places: dict[bytes, list[int]] = {}
    for position, line in enumerate(template):
        places.setdefault(line.key, []).append(position)
    for line in reversed(rendered):
        here = {at: found for at in places.get(line.key, ()) if (found := weight(template[at], line))}
        weights.append(here)
        rows.append(_row(rows[-1], here) if here else rows[-1])
    weights.reverse()
    rows.reverse()
    return _followed(rows, weights, len(template))


def _row(below: list[int], here: dict[int, int]) -> list[int]:
    row = below[:]
    best = 0
    for at in range(len(below) - 2, -1, -1):
        found = below[at]
        if at in here and (with_it := below[at + 1] + here[at]) > found:
            found = with_it
        best = max(best, found)
        row[at] = best
    return row


def _followed(rows: list[list[int]], weights: list[dict[int, int]], width: int) -> list[tuple[int, int]]:
    pairs = []
    line = at = 0
    while line < len(weights) and at < width:
        found = weights[line].get(at, 0)
        if found and rows[line][at] == rows[line + 1][at + 1] + found:
            pairs.append((line, at))
            line, at = line + 1, at + 1
        elif rows[line][at] == rows[line + 1][at]:
            line += 1
        else:
            at += 1
    return pairs
