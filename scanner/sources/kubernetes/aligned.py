"""Which lines of a template gave which lines of its text: an alignment in order that keeps as much as it can."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_MOST_CELLS = 400_000  # pairs of lines that are weighed; about a tenth of a second
_MOST_LINES = 6000  # of a template or what it gives; longer ones are traced by their beginning only
_WELL = 0.7  # of a document's lines, from which on it is held to be found
_ACTION = re.compile(rb"\{\{.*?\}\}")
_QUOTED = re.compile(rb"\{\{-?\s*[\"`]([^\"`]*)[\"`]\s*-?\}\}")  # an action that is a text, and gives it
_GIVEN, _INDENTED = 2, 1  # by a line as it stands or one that an action may have filled; at the same column
_STATED = 1  # by an action that is the text itself, often the other branch of one that takes it from values


class Line(NamedTuple):
    """One line: its key (b"" for actions, comments and blanks), its text and its column."""

    key: bytes
    text: bytes
    column: int


def pairs(rendered: bytes, template: bytes) -> Iterator[tuple[int, int]]:
    """Lines of a text with the lines of a template that gave them; of long ones, by their keys alone."""
    ours, theirs = _read(rendered), _read(template)
    found = dict(_ordered(ours, theirs))
    yield from {**found, **_repeated(ours, theirs, found)}.items()


def share(rendered: bytes, template: bytes) -> float:
    """How much of a text a template may have given: of its lines that say something, those that are found."""
    said = sum(bool(line.key) for line in _read(rendered))
    return sum(True for _, other in pairs(rendered, template) if other >= 0) / max(said, 1)


def _repeated(ours: Sequence[Line], theirs: Sequence[Line], found: Mapping[int, int]) -> dict[int, int]:
    """The pairs of documents that a `range` gave again: in order, only the first of them has its lines."""
    again: dict[int, int] = {}
    printed = _documents(ours)
    for begin, end in printed if len(printed) > 1 else ():
        said = sum(bool(line.key) for line in ours[begin:end])
        held = sum(at in found for at in range(begin, end))
        if held >= said * _WELL:
            continue
        tried = (
            {begin + here: first + other for here, other in _ordered(ours[begin:end], theirs[first:last])}
            for first, last in _documents(theirs)
        )
        best = max(tried, key=len)
        if len(best) > held + said // 4:
            again |= {at: -1 for at in range(begin, end) if at in found} | best
    return again


def _documents(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Where each document of several begins and ends."""
    marks = [at for at, line in enumerate(lines) if line.text == b"---"]
    return list(zip([0, *(at + 1 for at in marks)], [*marks, len(lines)], strict=True))


def _ordered(ours: Sequence[Line], theirs: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Pairs that rise in both."""
    if len(ours) * len(theirs) <= _MOST_CELLS:
        yield from aligned(ours, theirs)
        return
    keys, others = [each.key for each in ours], [each.key for each in theirs]
    for here, other, count in SequenceMatcher(None, keys, others, autojunk=False).get_matching_blocks():
        yield from ((here + step, other + step) for step in range(count) if keys[here + step])


def _read(text: bytes) -> list[Line]:
    return [read(line) for line in text.split(b"\n")[:_MOST_LINES]]


def read(text: bytes) -> Line:
    return Line(_key(text), text.strip(), len(text) - len(text.lstrip()))


def _key(line: bytes) -> bytes:
    """What a line says before its value: its key, or an element's text; b"" for actions, comments and blanks."""
    bare = line.strip()
    while bare.startswith((b"- ", b"{{- ")) and bare.startswith(b"- "):
        bare = bare[2:].lstrip()
    if not bare or bare.startswith((b"{{", b"#", b"---")):
        return b""
    key, colon, _ = bare.partition(b":")
    return key.strip(b"\"'") if colon else bare


def weight(template: Line, rendered: Line) -> int:
    """How much speaks for a line of the template having given a line of the text; 0 where it cannot have."""
    if not rendered.key or template.key != rendered.key:
        return 0
    if b'{{ "' in template.text and _QUOTED.sub(rb"\1", template.text) == rendered.text:
        return _GIVEN + _STATED + _INDENTED * (template.column == rendered.column)
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
    branches = _branches(template)
    for line in reversed(rendered):
        here = {at: found for at in places.get(line.key, ()) if (found := weight(template[at], line))}
        for at in here.keys() & branches:
            here[at] += _STATED * (template[at].text == line.text)
        weights.append(here)
        rows.append(_row(rows[-1], here) if here else rows[-1])
    weights.reverse()
    rows.reverse()
    return _followed(rows, weights, len(template))


def _branches(template: Sequence[Line]) -> set[int]:
    """Lines of one key with nothing but actions between them: branches, of which one gives the line."""
    found: set[int] = set()
    last = -1
    for position, line in enumerate(template):
        if line.key:
            if last >= 0 and last + 1 < position and template[last][::2] == line[::2]:
                found |= {last, position}
            last = position
    return found


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
