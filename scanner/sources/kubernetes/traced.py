"""Where a rendered object is written: the line of the template, or the base or patch, that says it."""

from __future__ import annotations

import re
from base64 import b64encode
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

from scanner.model.location import SourceFile, Span
from scanner.model.value import Undetermined, Unknown, Value, unwrap
from scanner.sources.kubernetes.aligned import pairs
from scanner.sources.kubernetes.origins import Origins, Traced
from scanner.sources.kubernetes.rendering import RELEASE
from scanner.sources.kubernetes.yaml import load

_TAKEN = re.compile(rb"\.Values\.([\w.]+)")  # by a line of a template
_GIVEN = re.compile(r"\.env\[\d+\]\.value$|^(?:data|stringData)\.")  # what a variable or a Secret is given
_STEP = re.compile(r"\.?([^.\[]+)|\[(\d+)\]")
_NAMES = ("name", "containerPort", "mountPath", "key", "port", "host", "ip", "topologyKey")
_TELLING = 4  # characters of a text that is looked for in other files


class Places(Protocol):
    """Where the paths of one object are written."""

    def nearest(self, path: str) -> Span | None:
        """The place of the longest beginning of a path that is written."""

    def __contains__(self, path: object) -> bool:
        """Whether the path itself is."""

    def __iter__(self) -> Iterator[str]:
        """Every path."""

    def __len__(self) -> int:
        """How many there are."""


class Written(NamedTuple):
    """An object as a file of the tree writes it: its value and its places."""

    value: Value
    origins: Origins


class Layered(Traced):
    """Places of an object that kustomize made: of the patch that says a value or takes it, else of the base."""

    __slots__ = ("_others", "_removed", "_rendered", "_sources")

    def __init__(
        self,
        rendered: Value,
        sources: tuple[Written, ...],
        others: tuple[SourceFile, ...] = (),
        removed: Mapping[str, Span] | None = None,
    ) -> None:
        """`sources` are the patches, the last applied first, then the base; `others` are files that may say a
        value by another way (operations of JSON Patch, replacements); `removed` are the paths that operations take
        away, and where."""
        self._rendered = rendered
        self._sources = sources
        self._others = others
        self._removed = removed or {}

    def taken(self, path: str) -> Span | None:
        """Where a path or what held it was taken away."""
        if not self._removed or _walk(self._rendered, path) is not None:
            return None
        while path and path not in self._removed:
            path = _above(path)
        return self._removed.get(path)

    def nearest(self, path: str) -> Span | None:
        if (taken := self.taken(path)) is not None:
            return taken
        said = _walk(self._rendered, path)
        for source in self._sources:
            there = _translated(self._rendered, source.value, path)
            if there is not None and _alike(said, _walk(source.value, there)):
                return source.origins.nearest(there)
        if isinstance(said, str) and len(said) >= _TELLING and (found := self._elsewhere(said)) is not None:
            return found
        while path and _walk(self._rendered, path) is None:  # what the base says there, a patch may have removed
            path = _above(path)
        return self._around(path)

    def _around(self, path: str) -> Span | None:
        """The nearest of what holds a path: in the base, else in the patch or operation that adds it."""
        *patches, base = self._sources
        while path:
            for source in (base, *patches):
                if (there := _translated(self._rendered, source.value, path)) is not None:
                    return source.origins.nearest(there)
            name = _walk(self._rendered, f"{path}.name") if path.endswith("]") else None
            if isinstance(name, str) and len(name) >= _TELLING and (added := self._elsewhere(name)) is not None:
                return added
            path = _above(path)
        return base.origins.nearest("kind")

    def _elsewhere(self, said: str) -> Span | None:
        """The one line of the other files that gives a text, whichever way it comes from there."""
        found = [(file, each) for file in self._others for each in _lines_giving(file.text, said.encode())]
        if len({file.path for file, _ in found}) != 1:
            return None
        file, each = found[0]
        lead = len(each[0]) - len(each[0].lstrip(b" \t-"))
        return Span(file.path, each.start() + lead, each.end())

    def __contains__(self, path: object) -> bool:
        if not isinstance(path, str):
            return False
        return _walk(self._rendered, path) is not None or self.taken(path) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources[-1].origins)

    def __len__(self) -> int:
        return len(self._sources[-1].origins)


def _lines_giving(text: bytes, said: bytes) -> Iterator[re.Match[bytes]]:
    """The lines of a file that give some key a text. Only lines that hold it are looked at: of a long file, such
    as a definition of custom resources, few do."""
    at = text.find(said)
    if at < 0:
        return
    line = re.compile(
        rb"[ \t-]*[^\s#:][^\n#:]*:[ \t]+([\"']?)" + re.escape(said) + rb"\1[ \t]*(?:#.*)?$", re.MULTILINE
    )
    while at >= 0:
        found = line.match(text, text.rfind(b"\n", 0, at) + 1)
        if found is not None:
            yield found
        end = text.find(b"\n", at)
        at = text.find(said, end + 1) if end >= 0 else -1


def _above(path: str) -> str:
    """The path of what holds it; empty at the top."""
    return path[: max(path.rfind("."), path.rfind("["), 0)]


def _alike(said: Value, written: Value) -> bool:
    """Whether a file may say a value; what became unknown on the way may be anything."""
    try:
        return isinstance(said, Unknown) or bool(said == written)
    except Undetermined:
        return False


def _steps(value: Value, path: str) -> Iterator[tuple[str, str]]:
    """The steps of a path, each a name or an index; a key of the value may hold dots itself."""
    at = 0
    while at < len(path) and (found := _STEP.match(path, at)) is not None:
        name, index = found.group(1) or "", found.group(2) or ""
        at = found.end()
        value = unwrap(value)
        if index:
            value = value[int(index)] if isinstance(value, list) and int(index) < len(value) else None
        elif isinstance(value, dict):
            rest = path[found.start(1) :]
            if name not in value and (long := _long(value, rest)) is not None:
                name, at = long, found.start(1) + len(long)
            value = value.get(name)
        yield name, index


def _long(value: dict[str, Value], path: str) -> str | None:
    """The key with dots that a path begins with."""
    return next((key for key in value if "." in key and (path + ".").startswith((f"{key}.", f"{key}["))), None)


def _walk(value: Value, path: str) -> Value:
    for name, index in _steps(value, path):
        value = unwrap(value)
        if index:
            value = value[int(index)] if isinstance(value, list) and int(index) < len(value) else None
        else:
            value = value.get(name) if isinstance(value, dict) else None
    return unwrap(value)


def _translated(ours: Value, theirs: Value, path: str) -> str | None:
    """A path of one object as the path of the same thing in another: elements of lists by their names."""
    taken = ""
    for name, index in _steps(ours, path):
        ours, theirs = unwrap(ours), unwrap(theirs)
        if index:
            at = int(index)
            if not isinstance(ours, list) or not isinstance(theirs, list) or at >= len(ours):
                return None
            there = _position(ours[at], at, theirs)
            if there is None:
                return None
            ours, theirs, taken = ours[at], theirs[there], f"{taken}[{there}]"
            continue
        if not isinstance(ours, dict) or not isinstance(theirs, dict) or name not in theirs:
            return None
        ours, theirs, taken = ours.get(name), theirs[name], f"{taken}.{name}" if taken else name
    return taken or None


def _position(element: Value, at: int, others: list[Value]) -> int | None:
    """Where the same element stands in another list: by what names it, else by its value, else by its place."""
    element = unwrap(element)
    if isinstance(element, dict):
        for key in _NAMES:
            if element.get(key) is not None:
                named = (
                    place
                    for place, each in enumerate(others)
                    if isinstance(each, dict) and each.get(key) == element[key]
                )
                return next(named, None)
    if element in others:
        return others.index(element)
    return at if at < len(others) and not isinstance(element, dict) else None


class Settings:
    """The values of a chart, to show a credential where it is written: at the value that a line takes."""

    __slots__ = ("_file", "_read", "_template")

    def __init__(self, template: bytes, file: SourceFile) -> None:
        self._template = template
        self._file = file
        self._read: Written | None = None

    def given(self, line: Span, said: str) -> Span | None:
        """The place of the one value that a line takes, where it is what the line gave, in base64 or not."""
        taken = set(_TAKEN.findall(self._template[line.start : line.end]))
        if len(taken) != 1:
            return None
        if self._read is None:
            documents = list(load(self._file.text, self._file.path))
            self._read = Written(documents[0].value, documents[0].origins) if documents else None
        path = taken.pop().decode()
        value = _walk(self._read.value, path) if self._read is not None else None
        if self._read is None or not isinstance(value, str) or not value:
            return None
        spelled = (value, b64encode(value.encode()).decode())
        return self._read.origins.get(path) if said.strip("\"' ") in spelled else None


class Templated(Mapping[str, Span]):
    """Places of an object that a template gave: each line of it at the template's line that it comes from, what a
    container's variable or a Secret is given at the chart's value where that alone says it."""

    __slots__ = ("_lines", "_rendered", "_settings")

    def __init__(self, rendered: Origins, lines: Lines, settings: Settings | None = None) -> None:
        self._rendered = rendered
        self._lines = lines
        self._settings = settings

    def nearest(self, path: str) -> Span | None:
        span = self._rendered.nearest(path)
        if span is None:
            return None
        line = self._lines.of(span.start)
        if self._settings is None or _GIVEN.search(path) is None or path not in self._rendered:
            return line
        return self._settings.given(line, self._rendered.text(path)) or line

    def get(self, path: str, default: Span | None = None) -> Span | None:  # type: ignore[override]  # no other default is of use
        span = self._rendered.get(path)
        return default if span is None else self._lines.of(span.start)

    def __getitem__(self, path: str) -> Span:
        return self._lines.of(self._rendered[path].start)

    def __contains__(self, path: object) -> bool:
        return path in self._rendered

    def __iter__(self) -> Iterator[str]:
        return iter(self._rendered)

    def __len__(self) -> int:
        return len(self._rendered)


class Repeated(Traced):
    """Places of an object that was rendered before and written out: those of its rendering for what both say, its
    own for the rest."""

    __slots__ = ("_kept", "_own", "_rendered")

    def __init__(self, own: tuple[Value, Places], rendered: tuple[Value, Places], kept: dict[Span, Span]) -> None:
        """Each is an object's value and its places. `kept` learns its own place for each that is given."""
        self._own = own
        self._rendered = rendered
        self._kept = kept

    def nearest(self, path: str) -> Span | None:
        own, places = self._own
        rendered, others = self._rendered
        there = _translated(own, rendered, path)
        held = path
        while there is None and held:  # what neither of them says stands nowhere: where it would
            held = _above(held)
            there = _translated(own, rendered, held) if held else None
        if there is not None:
            there += path[len(held) :]
            named = held == path and path.endswith("]")  # an element is the other's by its name
            alike = named or _repeats(_walk(own, path), _walk(rendered, there))
            if alike and (span := others.nearest(there)) is not None:
                self._kept.setdefault(span, places.nearest(path) or span)
                return span
        return places.nearest(path)

    def __contains__(self, path: object) -> bool:
        return path in self._own[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._own[1])

    def __len__(self) -> int:
        return len(self._own[1])


def _repeats(own: Value, rendered: Value) -> bool:
    """Whether both say the same, whatever the release and its namespace are called."""
    own, rendered = unwrap(own), unwrap(rendered)
    if isinstance(own, Unknown) or isinstance(rendered, Unknown):
        return True
    if isinstance(own, dict) and isinstance(rendered, dict):
        return own.keys() == rendered.keys() and all(_repeats(each, rendered[key]) for key, each in own.items())
    if isinstance(own, list) and isinstance(rendered, list):
        return len(own) == len(rendered) and all(map(_repeats, own, rendered))
    if isinstance(own, str) and isinstance(rendered, str):
        return own == rendered.replace(f"{RELEASE}-", "") or own == rendered
    return bool(own == rendered)


class Lines:
    """Which line of a template each line of a rendered text comes from.

    Lines are aligned by what they begin with (the key); a line that no line of the template begins like (it came
    out of `toYaml` or `include`) stands where the last one before it that does.
    """

    __slots__ = ("_rendered", "_starts", "_template", "_there", "path")

    def __init__(self, path: str, template: bytes, rendered: bytes) -> None:
        self.path = path
        self._template = _lines(template)
        self._rendered = _lines(rendered)
        self._starts = [start for start, _ in self._rendered]
        self._there = self._aligned(template, rendered)

    def _aligned(self, template: bytes, rendered: bytes) -> list[int]:
        there = [-1] * len(self._rendered)
        for here, other in pairs(rendered, template):
            there[here] = other
        last = next((each for each in there if each >= 0), 0)
        for position, each in enumerate(there):
            last = there[position] = each if each >= 0 else last
        return there

    def of(self, offset: int) -> Span:
        """The template's line for a byte of the rendered text."""
        line = self._there[max(bisect_right(self._starts, offset) - 1, 0)] if self._there else 0
        start, end = self._template[line] if self._template else (0, 0)
        return Span(self.path, start, max(end, start + 1))


def _lines(text: bytes) -> list[tuple[int, int]]:
    """Start (after the indentation) and end of each line."""
    found = []
    at = 0
    for line in text.split(b"\n"):
        bare = line.strip()
        start = at + (len(line) - len(line.lstrip()) if bare else 0)
        found.append((start, start + len(bare)))
        at += len(line) + 1
    return found
