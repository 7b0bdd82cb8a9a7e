"""YAML at the C parser's speed, with the place of every key and value.

PyYAML's C event parser does the scanning; the values and the tree of places are built here, because anchors,
merge keys, duplicate keys and what a scalar means have to follow Kubernetes (see `scalars`), within limits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from yaml.cyaml import CParser  # type: ignore[attr-defined]  # the stubs leave it out of the module's names
from yaml.error import YAMLError
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import SourceFile, Span
from scanner.model.value import Value
from scanner.sources.kubernetes import scalars
from scanner.sources.kubernetes.faults import Fault, Halt, syntax
from scanner.sources.kubernetes.origins import Elements, Keys, Leaf, Offsets, Origins, Tree

DEPTH = 100  # levels of nesting; a manifest has about a dozen
ALIASED = 100_000  # values that the aliases of one document may stand for, all told

_MARK = re.compile(rb"^---(?=\s|$)", re.MULTILINE)
# Line breaks of YAML 1.1 that are plain characters in JSON.
_BREAKS = re.compile(rb"\xc2\x85|\xe2\x80[\xa8\xa9]")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file.

    `span` reaches from the end of the document before it (so that comments above it belong to it) to the end
    of its content. Where it could not be read, `broken` is set, `value` is None and an error says why.
    """

    value: Value
    origins: Origins
    span: Span
    diagnostics: tuple[Diagnostic, ...] = ()
    broken: bool = field(default=False)


def load(text: bytes, path: str) -> Iterator[Document]:
    """The documents of a YAML or JSON text in order. A document with a fault costs only itself: reading goes
    on at the next line that begins with `---`."""
    start = len(_BOM) if text.startswith(_BOM) else 0
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        yield _not_utf8(text, path, error)
        return
    while start >= 0:
        reading = _Reading(text, path, start)
        yield from reading.documents()
        start = reading.resume


def load_json(text: bytes, path: str) -> Iterator[Document]:
    """The documents of a file that should be JSON: read as YAML, of which JSON is a part, for the places; by
    the JSON parser where that fails (escaped surrogates), then without places; its words say what is wrong."""
    documents = list(load(text, path))
    told = [fault.code for document in documents if document.broken for fault in document.diagnostics]
    if "parse-encoding" in told or not (told or _BREAKS.search(text)):
        yield from documents
        return
    whole = Span(path, 0, len(text.rstrip()))
    nowhere = Origins(path, text, None, lambda offset: offset)
    try:
        value = json.loads(text)
        yield replace(documents[0], value=value) if not told else Document(value, nowhere, whole)
    except (json.JSONDecodeError, RecursionError) as error:
        at = len(text.decode("utf-8", "replace")[: getattr(error, "pos", 0)].encode())
        words = getattr(error, "msg", "nested too deeply")
        fault = Diagnostic(Level.ERROR, "parse-json", f"not JSON: {words}", Span(path, at, at + 1))
        yield Document(None, nowhere, whole, (fault,), broken=True)


def _not_utf8(text: bytes, path: str, error: UnicodeDecodeError) -> Document:
    summary = f"not UTF-8: byte 0x{text[error.start]:02x} ({error.reason})"
    span = Span(path, error.start, error.start + 1)
    fault = Diagnostic(Level.ERROR, "parse-encoding", summary, span, "save the file as UTF-8")
    nowhere = Origins(path, text, None, lambda offset: offset)
    return Document(None, nowhere, Span(path, 0, len(text)), (fault,), broken=True)


class _Reading:
    """One run of the C parser, from a byte to the end of the text or to the first document with a fault."""

    def __init__(self, text: bytes, path: str, start: int) -> None:
        self._text = text
        self._path = path
        self._start = start
        self._offsets = Offsets(text, start)
        self.resume = -1

    def documents(self) -> Iterator[Document]:
        get: Callable[[], Any] = CParser(self._text[self._start :] if self._start else self._text).get_event
        since = 0
        try:
            while True:
                event = get()
                kind = type(event)
                if kind is DocumentStartEvent:
                    builder = _Builder(get)
                    value, tree = builder.document()
                    yield self._document(value, tree, since, builder)
                elif kind is DocumentEndEvent:
                    since = event.end_mark.index
                elif kind is StreamEndEvent:
                    return
        except Halt as halt:
            fault = halt.fault
        except YAMLError as error:
            began = self._text.count(b"\n", 0, self._start)
            fault = syntax(error, self._text[self._start :].decode("utf-8"), began)
        yield self._broken(fault, since)

    def _document(self, value: Value, tree: Tree | None, since: int, builder: _Builder) -> Document:
        byte = self._offsets.byte
        start, end = byte(since), byte(builder.end)
        span = Span(self._path, start, start + len(self._text[start:end].rstrip()))
        origins = Origins(self._path, self._text, tree, byte)
        return Document(value, origins, span, tuple(self._duplicates(builder)))

    def _duplicates(self, builder: _Builder) -> Iterator[Diagnostic]:
        if not builder.duplicates:
            return
        byte = self._offsets.byte
        file = SourceFile(self._path, self._text)
        for name, first, start, end in builder.duplicates:
            line = file.locate(byte(first), byte(first)).line
            again = file.locate(byte(start), byte(start)).line
            summary = f"key {name!r} on line {again} was set before, on line {line}"
            span = Span(self._path, byte(start), byte(end))
            yield Diagnostic(Level.ERROR, "parse-duplicate-key", summary, span, "keep one of the two")

    def _broken(self, fault: Fault, since: int) -> Document:
        byte = self._offsets.byte
        size = len(self._text)
        start, end = (min(byte(offset), size) for offset in (fault.start, fault.end))
        begin = byte(since)
        after = _MARK.search(self._text, max(start, begin))
        if after is not None and after.start() <= self._start:
            after = _MARK.search(self._text, after.end())
        self.resume = after.start() if after is not None else -1
        stop = after.start() if after is not None else size
        told = Diagnostic(
            Level.ERROR, fault.code, fault.summary, Span(self._path, start, max(end, start)), fault.remedy
        )
        nowhere = Origins(self._path, self._text, None, byte)
        return Document(None, nowhere, Span(self._path, begin, stop), (told,), broken=True)


class _Builder:
    """Builds one document from events: the value, and the tree of places beside it."""

    __slots__ = ("_anchors", "_depth", "_get", "_nodes", "_open", "_spent", "duplicates", "end")

    def __init__(self, get: Callable[[], Any]) -> None:
        self._get = get
        self._depth = 0
        self._nodes = 0
        self._spent = 0
        self._anchors: dict[str, tuple[Value, Tree | None, int]] = {}
        self._open: set[str] = set()
        self.duplicates: list[tuple[str, int, int, int]] = []
        self.end = 0

    def document(self) -> tuple[Value, Tree | None]:
        value, leaf = self._value(self._get(), -1, -1)
        return value, leaf[4]

    def _value(self, event: Any, key: int, key_end: int) -> tuple[Value, Leaf]:
        """The value that begins with an event, and its leaf; the key's offsets are passed through."""
        self._nodes += 1
        kind = type(event)
        if kind is ScalarEvent:
            text: str = event.value
            if event.tag is not None:
                value = scalars.tagged(text, event.tag, quoted=event.style != "")
            else:
                value = text if event.style else scalars.plain(text)
            self.end = end = event.end_mark.index
            if event.anchor is not None:
                self._anchors[event.anchor] = (value, None, 1)
            return value, (key, key_end, event.start_mark.index, end, None)
        if kind is AliasEvent:
            return self._alias(event, key, key_end)
        return self._container(event, key, key_end)

    def _container(self, event: Any, key: int, key_end: int) -> tuple[Value, Leaf]:
        start = event.start_mark.index
        self._depth += 1
        if self._depth > DEPTH:
            summary = f"nested deeper than {DEPTH} levels"
            raise Halt(Fault("limit-depth", summary, start, start + 1))
        anchor: str | None = event.anchor
        before = self._nodes + self._spent
        if anchor is not None:
            self._open.add(anchor)
        self.end = max(self.end, event.end_mark.index)
        value: Value
        tree: Tree
        if type(event) is SequenceStartEvent:
            value, tree = self._sequence()
        else:
            value, tree = self._mapping()
        if anchor is not None:
            self._open.discard(anchor)
            self._anchors[anchor] = (value, tree, self._nodes + self._spent - before + 1)
        self._depth -= 1
        return value, (key, key_end, start, self.end, tree)

    def _sequence(self) -> tuple[list[Value], Elements]:
        values: list[Value] = []
        leaves: Elements = []
        event = self._get()
        while type(event) is not SequenceEndEvent:
            value, leaf = self._value(event, -1, -1)
            values.append(value)
            leaves.append(leaf)
            event = self._get()
        self._close(event)
        return values, leaves

    def _mapping(self) -> tuple[dict[str, Value], Keys]:
        values: dict[str, Value] = {}
        leaves: Keys = {}
        merged: list[tuple[Value, Leaf]] = []
        get = self._get
        plain = scalars.plain
        event = get()
        while type(event) is not MappingEndEvent:
            start: int = event.start_mark.index
            end: int = event.end_mark.index
            name = self._key(event, start, end)
            event = get()
            kind = type(event)
            if name is None:
                merged.append(self._value(event, start, end))
            else:
                if name in values:
                    self.duplicates.append((name, leaves[name][0], start, end))
                if kind is ScalarEvent and event.tag is None and event.anchor is None:
                    # what _value does, inline: two thirds of all values come this way
                    text: str = event.value
                    self._nodes += 1
                    self.end = stop = event.end_mark.index
                    values[name] = text if event.style else plain(text)
                    leaves[name] = (start, end, event.start_mark.index, stop, None)
                else:
                    values[name], leaves[name] = self._value(event, start, end)
            event = get()
        self._close(event)
        for value, leaf in merged:
            _merge(values, leaves, value, leaf)
        return values, leaves

    def _key(self, event: Any, start: int, end: int) -> str | None:
        """The key's text; None for the merge key."""
        kind = type(event)
        if kind is ScalarEvent:
            value: Value = event.value
            if not event.style and event.tag is None:
                if value == "<<":
                    return None
                value = scalars.plain(event.value)
            if event.anchor is not None:
                self._anchors[event.anchor] = (value, None, 1)
        elif kind is AliasEvent:
            value = self._alias(event, -1, -1)[0]
        else:
            summary = "a mapping or list as a key: expected a text"
            raise Halt(Fault("parse-yaml", summary, start, end, "quote a value that begins with '{' or '['"))
        name = value if type(value) is str else scalars.key(value)
        if name is None:
            raise Halt(Fault("parse-yaml", "expected a text as a key", start, max(end, start + 1)))
        return name

    def _close(self, event: Any) -> None:
        """A closing bracket has a width; the end of a block has none, its last value ends it."""
        if event.end_mark.index > event.start_mark.index:
            self.end = event.end_mark.index

    def _alias(self, event: Any, key: int, key_end: int) -> tuple[Value, Leaf]:
        name: str = event.anchor
        start, end = event.start_mark.index, event.end_mark.index
        if name in self._open:
            raise Halt(Fault("parse-yaml", f"the anchor {name!r} contains itself", start, end))
        known = self._anchors.get(name)
        if known is None:
            raise Halt(Fault("parse-yaml", f"no anchor {name!r} stands before this alias", start, end))
        value, tree, size = known
        self._spent += size
        if self._spent > ALIASED:
            summary = f"the aliases of this document stand for more than {ALIASED:,} values"
            raise Halt(Fault("limit-aliases", summary, start, end))
        self.end = end
        return value, (key, key_end, start, end, tree)


def _merge(values: dict[str, Value], leaves: Keys, value: Value, leaf: Leaf) -> None:
    """A merge key gives what the mapping does not say itself; of several, the first wins."""
    if isinstance(value, dict) and isinstance(leaf[4], dict):
        for name, item in value.items():
            if name not in values:
                values[name] = item
                leaves[name] = leaf[4][name]
        return
    if isinstance(value, list) and isinstance(leaf[4], list) and all(isinstance(each, dict) for each in value):
        for item, inner in zip(value, leaf[4], strict=True):
            _merge(values, leaves, item, inner)
        return
    summary = "expected a mapping, or a list of mappings, after the merge key '<<'"
    raise Halt(Fault("parse-yaml", summary, leaf[2], max(leaf[3], leaf[2] + 1)))
