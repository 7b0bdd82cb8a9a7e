"""Policy variables in comparisons: the values that are worth trying.

A variable has the same value in every statement and in its context key. Tried are: a value that no policy names
(the variable as its own sign), no value at all (then a statement that holds it does not match), and each literal
that stands where the variable could take its place. Between these, a policy tells no two values apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product
from math import prod
from typing import NamedTuple

from scanner.analysis.access import globs, resources
from scanner.analysis.access.policy import Box, variable, variables_in

MOST = 64  # combinations of values
_CUTS = re.compile(r"[:/]")


class Binding(NamedTuple):
    """Values of variables by sign (None: absent), and with them of context keys."""

    signs: dict[str, str | None]
    keys: dict[str, str | None]


def bindings(boxes: Iterable[Box]) -> Iterator[Binding]:
    """The values to try, those that no policy names first; one empty binding where no variable is used. Raises
    globs.TooMany after the first where there are too many to try them all."""
    pieces = sorted({piece for box in boxes for piece in _pieces(box)})
    signs = sorted({sign for piece in pieces for sign in variables_in(piece.text)})
    if not signs:
        yield Binding({}, {})
        return
    keys = {sign: variable(sign) for sign in signs}
    tried: dict[str, list[str | None]] = {}
    for sign in signs:
        key, default = keys[sign]
        if key not in tried:
            same = [other for other in signs if keys[other][0] == key]
            literals = {each for other in same for each in _literals(other, pieces)}
            tried[key] = [sign, None, *sorted(literals | ({default} if default else set()))]
    yield _binding({key: values[0] for key, values in tried.items()}, keys)
    names = sorted(tried)
    if prod(len(tried[name]) for name in names) > MOST:
        raise globs.TooMany
    for values in product(*(tried[name] for name in names)):
        yield _binding(dict(zip(names, values, strict=True)), keys)


def _binding(held: dict[str, str | None], keys: dict[str, tuple[str, str | None]]) -> Binding:
    signs = {sign: held[key] if held[key] is not None else default for sign, (key, default) in keys.items()}
    return Binding(signs, held)


def bound(box: Box, binding: Binding) -> Box | None:
    """A box with its variables replaced; None where one is absent, so that the statement cannot match."""
    if not binding.signs:
        return box
    listed = box.resources
    if listed is not None:
        filled = [_filled(text, binding) for text in listed]
        if None in filled:
            return None
        listed = tuple(text for text in filled if text is not None)
    clauses = []
    for one in box.clauses:
        values = [_filled(text, binding) for text in one.values]
        if None in values:
            return None
        clauses.append(one._replace(values=tuple(text for text in values if text is not None)))
    return box._replace(resources=listed, clauses=tuple(clauses))


def _filled(text: str, binding: Binding) -> str | None:
    if text.isascii():
        return text
    for sign in variables_in(text):
        value = binding.signs[sign]
        if value is None:
            return None
        text = text.replace(sign, value)
    return text


class _Piece(NamedTuple):
    """A part of a text, and where it stands: the segment of an ARN and its service, or a condition key."""

    place: str
    service: str
    text: str


def _pieces(box: Box) -> Iterator[_Piece]:
    for text in box.resources or ():
        for segments in resources.split(text):
            for number, segment in enumerate(segments):
                for part in segment.split("/"):
                    yield _Piece(f"segment {number}", segments[2], part)
    for one in box.clauses:
        for text in one.values:
            for part in _CUTS.split(text):
                yield _Piece(one.key, "", part)


def _literals(sign: str, pieces: list[_Piece]) -> Iterator[str]:
    """What could stand for a variable: parts of other texts, in the same place, that begin and end as the part
    that holds it."""
    for piece in pieces:
        if piece.text.count(sign) != 1 or len(variables_in(piece.text)) != 1:
            continue
        head, _, tail = piece.text.partition(sign)
        for other in pieces:
            inner = other.text[len(head) : len(other.text) - len(tail)]
            if inner and other.text == head + inner + tail and _same_place(piece, other) and _plain(inner):
                yield inner


def _same_place(one: _Piece, other: _Piece) -> bool:
    return one.place == other.place and (one.service == other.service or "*" in one.service + other.service)


def _plain(text: str) -> bool:
    return not ("*" in text or "?" in text or variables_in(text))
