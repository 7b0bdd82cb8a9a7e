"""Where each key and value of a document stands, found when it is asked for.

The builder keeps, beside each mapping and list, a tree of the same shape that holds code point offsets. A path
such as `spec.template.spec.containers[0].image` is followed through it only on look-up: a scan asks for a
handful of the thousands of places that a file has.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from scanner.model.location import Span

# (key start, key end, value start, value end, what lies inside); the key is -1, -1 for an element of a list.
# Offsets are code points from where the parser began.
Leaf = tuple[int, int, int, int, "Tree | None"]
Tree = dict[str, Leaf] | list[Leaf]
Keys = dict[str, Leaf]
Elements = list[Leaf]

_STEP = re.compile(r"\.?([^.\[]+)|\[(\d+)\]")


class Offsets:
    """Turns code point offsets of one text into byte offsets; free of cost where the text is ASCII."""

    __slots__ = ("_at", "_extra", "start")

    def __init__(self, text: bytes, start: int = 0) -> None:
        """`start` is the byte at which the parser began. The text must be UTF-8 from there on."""
        self.start = start
        self._at: list[int] = []
        self._extra: list[int] = []
        if not text.isascii():
            self._tabulate(text[start:].decode("utf-8"))

    def _tabulate(self, text: str) -> None:
        extra = 0
        for found in re.finditer(r"[^\x00-\x7f]", text):
            extra += len(found.group().encode("utf-8")) - 1
            self._at.append(found.start())
            self._extra.append(extra)

    def byte(self, offset: int) -> int:
        if not self._at:
            return self.start + offset
        before = bisect_left(self._at, offset)
        return self.start + offset + (self._extra[before - 1] if before else 0)


class Origins(Mapping[str, Span]):
    """Attribute path -> the syntax that says it: from the key to the end of its value, or of the line.

    An element of a list is shown from its first character to the end of its line. Keys that hold dots are
    found too (`metadata.labels.app.kubernetes.io/name`). Iterating lists every path of the document.
    """

    __slots__ = ("_bytes", "_path", "_text", "tree")

    def __init__(self, path: str, text: bytes, tree: Tree | None, offsets: Callable[[int], int]) -> None:
        self._path = path
        self._text = text
        self._bytes = offsets
        self.tree = tree

    def __getitem__(self, path: str) -> Span:
        span = self.get(path)
        if span is None:
            raise KeyError(path)
        return span

    def get(self, path: str, default: Span | None = None) -> Span | None:  # type: ignore[override]  # no other default is of use
        leaf = _follow(self.tree, path)
        return default if leaf is None else self._shown(leaf)

    def nearest(self, path: str) -> Span | None:
        """The span of the longest beginning of a path that stands in the text; None where not even its first
        step does."""
        leaf: Leaf | None = None
        tree = self.tree
        for step, rest in _steps(path):
            inner: Leaf | None = None
            if isinstance(tree, dict):
                inner = tree.get(step) if isinstance(step, str) else None
                if inner is None:
                    leaf = _follow_long(tree, rest) or leaf
                    break
            elif isinstance(tree, list) and isinstance(step, int) and step < len(tree):
                inner = tree[step]
            else:
                break
            leaf = inner
            tree = inner[4]
        return None if leaf is None else self._shown(leaf)

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and _follow(self.tree, path) is not None

    def __iter__(self) -> Iterator[str]:
        for path, _ in _paths(self.tree, ""):
            yield path

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def key(self, path: str) -> Span | None:
        """The key alone; None for an element of a list and for what is not there."""
        leaf = _follow(self.tree, path)
        if leaf is None or leaf[0] < 0:
            return None
        return Span(self._path, self._bytes(leaf[0]), self._bytes(leaf[1]))

    def value(self, path: str) -> Span | None:
        """The whole value, all its lines; None for what is not there."""
        leaf = _follow(self.tree, path)
        if leaf is None:
            return None
        start, end = self._bytes(leaf[2]), self._bytes(leaf[3])
        return Span(self._path, start, start + len(self._text[start:end].rstrip()))

    def text(self, path: str) -> str:
        """The value as it is written; "" for what is not there."""
        span = self.value(path)
        return self._text[span.start : span.end].decode("utf-8", "replace") if span is not None else ""

    def inside(self, path: str) -> Origins:
        """The places inside a value, by paths that begin there (the items of a List)."""
        leaf = _follow(self.tree, path)
        return Origins(self._path, self._text, leaf[4] if leaf else None, self._bytes)

    def _shown(self, leaf: Leaf) -> Span:
        start = leaf[2] if leaf[0] < 0 else leaf[0]
        return self._line(self._bytes(start), self._bytes(max(leaf[3], leaf[1])))

    def _line(self, start: int, end: int) -> Span:
        stop = self._text.find(b"\n", start, end)
        shown = self._text[start : end if stop < 0 else stop].rstrip()
        return Span(self._path, start, start + max(len(shown), 1))


class Traced(Mapping[str, Span]):
    """Places that are worked out when one is asked for. Who derives says `nearest`, and which paths there are."""

    __slots__ = ()

    def nearest(self, path: str) -> Span | None:
        """The span of the longest beginning of a path that is written."""
        raise NotImplementedError

    def get(self, path: str, default: Span | None = None) -> Span | None:  # type: ignore[override]  # no other default is of use
        return self.nearest(path) if path in self else default

    def __getitem__(self, path: str) -> Span:
        span = self.get(path)
        if span is None:
            raise KeyError(path)
        return span


def _follow(tree: Tree | None, path: str) -> Leaf | None:
    """The leaf at a path."""
    leaf: Leaf | None = None
    for step, rest in _steps(path):
        if isinstance(tree, dict):
            leaf = tree.get(step) if isinstance(step, str) else None
            if leaf is None:
                return _follow_long(tree, rest)
        elif isinstance(tree, list) and isinstance(step, int) and step < len(tree):
            leaf = tree[step]
        else:
            return None
        tree = leaf[4]
    return leaf


def _follow_long(tree: Keys, path: str) -> Leaf | None:
    """The leaf at a path that begins with a key that holds dots or brackets itself."""
    for key, leaf in tree.items():
        if path.startswith(key) and ("." in key or "[" in key):
            rest = path[len(key) :]
            if not rest:
                return leaf
            if rest[0] in ".[":
                found = _follow(leaf[4], rest.lstrip("."))
                if found is not None:
                    return found
    return None


@lru_cache(maxsize=8192)
def _steps(path: str) -> tuple[tuple[str | int, str], ...]:
    """Each step of a path, a name or an index, with the path from there on."""
    found: list[tuple[str | int, str]] = []
    for match in _STEP.finditer(path):
        name, index = match.groups()
        found.append((name if index is None else int(index), path[match.start() :].lstrip(".")))
    return tuple(found)


def _paths(tree: Tree | None, prefix: str) -> Iterator[tuple[str, Leaf]]:
    named: Iterator[tuple[str, Leaf]] = iter(())
    if isinstance(tree, list):
        named = ((f"{prefix}[{position}]", leaf) for position, leaf in enumerate(tree))
    elif tree is not None:
        named = ((f"{prefix}.{name}" if prefix else name, leaf) for name, leaf in tree.items())
    for path, leaf in named:
        yield path, leaf
        yield from _paths(leaf[4], path)
