"""Where the values of a JSON text stand, found without building a tree of them: plans and states are long."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from scanner.model.location import Span

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]|[^\s"\[\]{},:]+')
_BRACE = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]')
_COLON = re.compile(rb"\s*:")
_LIST, _OBJECT = False, True


class _Frame:
    """An object or array that is being read."""

    __slots__ = ("began", "form", "index", "key", "path")

    def __init__(self, form: bool, path: str, began: int) -> None:  # noqa: FBT001 - one of two constants
        self.form = form
        self.path = path
        self.began = began
        self.key: str | None = None
        self.index = 0

    def inner(self) -> str:
        """The path of the value that comes next."""
        if self.form is _LIST:
            return f"{self.path}[{self.index}]"
        return f"{self.path}.{self.key}" if self.path else str(self.key)

    def taken(self) -> None:
        """Go on to the next value."""
        self.key = None
        self.index += 1


def objects(text: bytes, sections: frozenset[str]) -> dict[str, tuple[int, int]]:
    """Start and end of every object below the chosen top-level keys, by path (`a.b[0].c`)."""
    found = _walk(text, 0, len(text), sections)
    return {path: (start, end) for path, start, end, form in found if form is _OBJECT}


def members(text: bytes, start: int, end: int) -> dict[str, tuple[int, int]]:
    """Start and end of every member inside one object, by path from it; a key counts to its value."""
    return {path: (began, stop) for path, began, stop, _ in _walk(text, start, end, None) if path}


def _walk(
    text: bytes, start: int, end: int, sections: frozenset[str] | None
) -> Iterator[tuple[str, int, int, bool | None]]:
    """Path, start, end and form (None for a scalar) of each value of a text that is known to be JSON."""
    stack: list[_Frame] = []
    keyed = start
    position = start
    while True:
        token = _TOKEN.search(text, position, end)
        if token is None:
            return
        position = token.end()
        first = text[token.start()]
        top = stack[-1] if stack else None
        if first in b"]}":
            done = stack.pop() if stack else None
            if done is not None:
                yield done.path, done.began, position, done.form
        elif top is not None and top.form is _OBJECT and top.key is None and first == 34:
            keyed, top.key = token.start(), _text(token.group())
            if sections is not None and len(stack) == 1 and top.key not in sections:
                position = _after(text, position, end)
                top.taken()
        else:
            began = keyed if sections is None and top is not None and top.form is _OBJECT else token.start()
            path = top.inner() if top is not None else ""
            if top is not None:
                top.taken()
            if first in b"[{":
                stack.append(_Frame(first == 123, path, began))
            else:
                yield path, began, position, None


def _after(text: bytes, position: int, end: int) -> int:
    """The end of the value that follows a key."""
    colon = _COLON.match(text, position, end)
    token = _TOKEN.search(text, colon.end() if colon else position, end)
    if token is None or text[token.start()] not in b"[{":
        return token.end() if token else end
    depth = 0
    for each in _BRACE.finditer(text, token.start(), end):
        first = text[each.start()]
        depth += (first in b"[{") - (first in b"]}")
        if not depth:
            return each.end()
    return end


def _text(token: bytes) -> str:
    if b"\\" not in token:
        return token[1:-1].decode("utf-8", "replace")
    try:
        return str(json.loads(token))
    except ValueError:
        return token[1:-1].decode("utf-8", "replace")


class Places(Mapping[str, Span]):
    """Where the attributes of one object stand, worked out when the first is asked for.

    `inside` is the member that holds the attributes (`values`); paths are those of attributes.
    """

    __slots__ = ("_found", "_inside", "_path", "_range", "_text")

    def __init__(self, path: str, text: bytes, start: int, end: int, inside: str) -> None:
        self._path = path
        self._text = text
        self._range = (start, end)
        self._inside = inside + "."
        self._found: dict[str, tuple[int, int]] | None = None

    def _all(self) -> dict[str, tuple[int, int]]:
        if self._found is None:
            inside = members(self._text, *self._range).items()
            self._found = {
                path.removeprefix(self._inside): span for path, span in inside if path.startswith(self._inside)
            }
        return self._found

    def __getitem__(self, path: str) -> Span:
        return Span(self._path, *self._all()[path])

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())
