"""JSON with the place of every value and key: what `json` reads, and byte offsets by path."""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined] # there since 2.6, not in the stubs
from typing import Any, NamedTuple

_BLANK = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null")
_DEEPEST = 60

Path = tuple[str | int, ...]


class Fault(NamedTuple):
    """Why a text is no JSON, and at which character."""

    reason: str
    at: int


class Read(NamedTuple):
    """A value; `places` by path, of values, and under (*path, KEY, "key") of keys; keys that stand twice."""

    value: Any
    places: dict[Path, tuple[int, int]]
    doubled: list[Path]


def read(text: str) -> Read | Fault:
    """The value of a JSON text, or the first fault in it."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return Fault(error.msg, error.pos)
    except RecursionError:
        return Fault("nested too deeply", 0)
    reader = _Reader(text)
    try:
        value, _ = reader.value(_skip(text, 0), ())
    except RecursionError:
        return Fault("nested too deeply", 0)
    return Read(value, reader.places, reader.doubled)


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


class _Reader:
    """Walks a text that is known to be JSON."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.places: dict[Path, tuple[int, int]] = {}
        self.doubled: list[Path] = []

    def value(self, at: int, path: Path) -> tuple[Any, int]:
        if len(path) > _DEEPEST:
            raise RecursionError
        sign = self.text[at]
        found: Any
        if sign == "{":
            found, end = self._object(at, path)
        elif sign == "[":
            found, end = self._array(at, path)
        elif sign == '"':
            found, end = scanstring(self.text, at + 1)
        else:
            end = self._scalar_end(at)
            found = json.loads(self.text[at:end])
        self.places[path] = (at, end)
        return found, end

    def _scalar_end(self, at: int) -> int:
        found = _SCALAR.match(self.text, at)
        return found.end() if found else at + len("Infinity")

    def _object(self, at: int, path: Path) -> tuple[dict[str, Any], int]:
        held: dict[str, Any] = {}
        at = _skip(self.text, at + 1)
        while self.text[at] != "}":
            start = at
            key, at = scanstring(self.text, at + 1)
            if key in held:
                self.doubled.append((*path, key))
            self.places[*path, key, "key"] = (start, at)
            at = _skip(self.text, _skip(self.text, at) + 1)
            held[key], at = self.value(at, (*path, key))
            at = self._next(at)
        return held, at + 1

    def _array(self, at: int, path: Path) -> tuple[list[Any], int]:
        held: list[Any] = []
        at = _skip(self.text, at + 1)
        while self.text[at] != "]":
            item, at = self.value(at, (*path, len(held)))
            held.append(item)
            at = self._next(at)
        return held, at + 1

    def _next(self, at: int) -> int:
        """Past a comma and blanks; at the closing bracket where there is none."""
        at = _skip(self.text, at)
        return _skip(self.text, at + 1) if self.text[at] == "," else at
