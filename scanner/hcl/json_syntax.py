"""Terraform's JSON syntax (`.tf.json`, `.tfvars.json`): the same bodies, blocks and attributes as the native one.

Strings are templates; a lone "${x}" keeps the type of x. At the top level the known block types become blocks;
what is nested stays an Object expression, since only a provider's schema tells blocks from arguments there. For
`locals` each name is an attribute. Offsets are those of the JSON values and keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal

from scanner.hcl.errors import SyntaxFault
from scanner.hcl.expression import number, read_expression, read_template
from scanner.hcl.syntax import Attribute, Block, Body, Expression, Invalid, Literal, Object, Template, Tuple
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import Span

_LABELS = {
    "resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "check": 1,
    "locals": 0, "terraform": 0, "moved": 0, "import": 0, "removed": 0,
}  # fmt: skip
_MAX_DEPTH = 100
_BLANK = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"')
_NUMBER = re.compile(rb"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORD = re.compile(rb"true|false|null")
_WORDS = {b"true": True, b"false": False, b"null": None}
# Where Terraform reads a string as an expression and not as a template, by block type.
_RESOURCE = frozenset({"depends_on", "provider"})
_EXPRESSIONS = {
    "resource": _RESOURCE, "data": _RESOURCE, "ephemeral": _RESOURCE, "output": frozenset({"depends_on"}),
    "module": frozenset({"depends_on", "providers"}), "variable": frozenset({"type"}),
    "moved": frozenset({"from", "to"}), "import": frozenset({"to", "provider"}), "removed": frozenset({"from"}),
}  # fmt: skip


class Node:
    """A JSON value with its place: `value` is a scalar, a list of nodes, or a list of (key node, value node)."""

    __slots__ = ("end", "kind", "start", "value")

    def __init__(self, kind: str, value: object, start: int, end: int) -> None:
        self.kind = kind
        self.value = value
        self.start = start
        self.end = end

    @property
    def pairs(self) -> list[tuple[Node, Node]]:
        return self.value if isinstance(self.value, list) and self.kind == "object" else []

    @property
    def items(self) -> list[Node]:
        return self.value if isinstance(self.value, list) and self.kind == "array" else []


def parse_json(text: bytes, path: str) -> tuple[Body, list[Diagnostic]]:
    """The body of a JSON configuration and what is wrong with it. Never raises."""
    diagnostics: list[Diagnostic] = []
    if text.startswith(b"\xef\xbb\xbf"):
        text = b"   " + text[3:]
    try:
        text.decode()
    except UnicodeDecodeError as fault:
        span = Span(path, fault.start, fault.end)
        summary = f"byte 0x{text[fault.start]:02x} is not UTF-8"
        found = Diagnostic(Level.ERROR, "parse-encoding", summary, span, "save the file as UTF-8")
        return Body({}, [], 0, len(text), complete=False), [found]
    try:
        root = _JsonReader(text).document()
    except SyntaxFault as fault:
        code = "limit-nesting" if fault.limit else "parse-hcl"
        span = Span(path, fault.start, fault.end)
        remedy = "correct the JSON; everything in this file is unknown until then"
        return Body({}, [], 0, len(text), complete=False), [
            Diagnostic(Level.ERROR, code, fault.message, span, remedy)
        ]
    return _Converter(path, diagnostics).file(root), diagnostics


class _JsonReader:
    """JSON with positions."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.pos = 0
        self.depth = 0

    def document(self) -> Node:
        root = self.value()
        if self._next() != -1:
            raise self._fault("expected the end of the file")
        return root

    def value(self) -> Node:
        byte = self._next()
        start = self.pos
        if byte == 123:
            return self._collection("object", 125)
        if byte == 91:
            return self._collection("array", 93)
        if byte == 34:
            return self._string()
        found = _WORD.match(self.text, start)
        if found is not None:
            self.pos = found.end()
            return Node("scalar", _WORDS[found.group()], start, self.pos)
        found = _NUMBER.match(self.text, start)
        if found is not None:
            self.pos = found.end()
            return Node("scalar", _json_number(found.group().decode()), start, self.pos)
        raise self._fault("expected a value")

    def _string(self) -> Node:
        start = self.pos
        found = _STRING.match(self.text, start)
        if found is None:
            raise SyntaxFault("this string is not closed or holds a wrong escape", start, start + 1)
        self.pos = found.end()
        return Node("string", json.loads(found.group()), start, self.pos)

    def _collection(self, kind: str, close: int) -> Node:
        start = self.pos
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise SyntaxFault(f"nested more than {_MAX_DEPTH} levels deep", start, start + 1, limit=True)
        self.pos += 1
        items: list[object] = []
        if self._next() != close:
            items.append(self._element(kind))
            while self._next() == 44:
                self.pos += 1
                items.append(self._element(kind))
        if self._next() != close:
            raise self._fault(f'expected "," or "{chr(close)}"')
        self.pos += 1
        self.depth -= 1
        return Node(kind, items, start, self.pos)

    def _element(self, kind: str) -> object:
        if kind == "array":
            return self.value()
        if self._next() != 34:
            raise self._fault("expected a property name in double quotes")
        key = self._string()
        if self._next() != 58:
            raise self._fault('expected ":" after the property name')
        self.pos += 1
        return key, self.value()

    def _next(self) -> int:
        found = _BLANK.match(self.text, self.pos)
        if found is not None:
            self.pos = found.end()
        return self.text[self.pos] if self.pos < len(self.text) else -1

    def _fault(self, message: str) -> SyntaxFault:
        if self.pos >= len(self.text):
            return SyntaxFault(f"{message}, but the text ends here", self.pos, self.pos)
        shown = self.text[self.pos : self.pos + 4].decode("utf-8", "ignore")[:1]
        return SyntaxFault(f'{message}, found "{shown}"', self.pos, self.pos + 1)


def _json_number(text: str) -> int | Decimal:
    sign = -1 if text.startswith("-") else 1
    return sign * number(text.removeprefix("-"))


class _Converter:
    """JSON nodes to bodies and expressions."""

    def __init__(self, path: str, diagnostics: list[Diagnostic]) -> None:
        self.path = path
        self.diagnostics = diagnostics

    def file(self, root: Node) -> Body:
        """The top level: blocks of the known types, everything else (a variables file) attributes."""
        body = Body({}, [], root.start, root.end)
        for inner in root.items if root.kind == "array" else [root]:
            if inner.kind != "object":
                self._report(inner, "a configuration is an object")
                body.complete = False
                continue
            for key, value in inner.pairs:
                name = str(key.value)
                if name == "//":
                    continue
                if name in _LABELS and value.kind in ("object", "array"):
                    self._blocks(body, name, (), value, key, _LABELS[name])
                else:
                    self._attribute(body, key, value)
        return body

    def _blocks(self, body: Body, kind: str, labels: tuple[str, ...], node: Node, key: Node, missing: int) -> None:
        """Descend through `missing` levels of labels; an array at any level stands for several."""
        for inner in node.items if node.kind == "array" else [node]:
            if inner.kind == "array":
                self._blocks(body, kind, labels, inner, key, missing)
            elif inner.kind != "object":
                self._report(inner, f'expected an object for "{kind}"')
                body.complete = False
            elif missing:
                for label, below in inner.pairs:
                    if label.value != "//":
                        self._blocks(body, kind, (*labels, str(label.value)), below, label, missing - 1)
            else:
                body.blocks.append(self._block(kind, labels, inner, key))

    def _block(self, kind: str, labels: tuple[str, ...], node: Node, key: Node) -> Block:
        inner = Body({}, [], node.start + 1, node.end - 1)
        bare = _EXPRESSIONS.get(kind, frozenset())
        for name, value in node.pairs:
            if name.value != "//":
                self._attribute(inner, name, value, bare=name.value in bare)
        return Block(kind, labels, inner, key.start, node.end, node.start)

    def _attribute(self, body: Body, key: Node, value: Node, *, bare: bool = False) -> None:
        name = str(key.value)
        if name in body.attributes:
            body.complete = False
            self._report(key, f'"{name}" is set twice in this object')
            return
        read = _bare if bare else expression_of
        body.attributes[name] = Attribute(name, _later(read, value), key.start, value.end)

    def _report(self, node: Node, summary: str) -> None:
        span = Span(self.path, node.start, node.end)
        self.diagnostics.append(Diagnostic(Level.ERROR, "parse-hcl", summary, span))


def _later(read: Callable[[Node], Expression], node: Node) -> Callable[[], Expression]:
    return lambda: read(node)


def expression_of(node: Node) -> Expression:
    """The expression that a JSON value stands for."""
    if node.kind == "array":
        return Tuple(node.start, node.end, tuple(expression_of(item) for item in node.items))
    if node.kind == "object":
        pairs = ((_template(key), expression_of(value)) for key, value in node.pairs if key.value != "//")
        return Object(node.start, node.end, tuple(pairs))
    return _template(node) if node.kind == "string" else Literal(node.start, node.end, node.value)


def _template(node: Node) -> Expression:
    """A string as a template; what stands in it has the offsets of the whole string."""
    text = str(node.value)
    if "${" not in text and "%{" not in text:
        return Literal(node.start, node.end, text)
    try:
        found = read_template(text.encode("utf-8", "replace"))
    except SyntaxFault as fault:
        return Invalid(node.start, node.end, fault.message, limit=fault.limit)
    found.start, found.end = node.start, node.end
    if isinstance(found, Template):
        for part in found.parts:
            if isinstance(part, Expression):
                part.start, part.end = node.start, node.end
    return found


def _bare(node: Node) -> Expression:
    """A type, an address or a collection of them: each string is an expression."""
    if node.kind == "array":
        return Tuple(node.start, node.end, tuple(_bare(item) for item in node.items))
    if node.kind == "object":
        return Object(node.start, node.end, tuple((_template(key), _bare(value)) for key, value in node.pairs))
    if node.kind != "string":
        return expression_of(node)
    text = str(node.value).removeprefix("${").removesuffix("}").encode("utf-8", "replace")
    found = read_expression(text, 0, len(text))
    found.start, found.end = node.start, node.end
    return found
