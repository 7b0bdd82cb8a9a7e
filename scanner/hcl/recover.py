"""Broken files: every top-level block that can be read is, and of a broken one as much as possible.

What our own reader accepts whole, though tree-sitter refuses it (`x = 1e5`), it reads: nothing was wrong. Else the
text is cut at lines that open a block in the first column. Chunks that tree-sitter accepts are read as usual; the
others go through our own reader, which works line by line and goes on after a fault.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from scanner.hcl.errors import SyntaxFault
from scanner.hcl.expression import expression, read_expression
from scanner.hcl.reader import MAX_NESTING, Reader
from scanner.hcl.syntax import Attribute, Block, Body, Expression, Invalid
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_HEAD = re.compile(rb'^[A-Za-z_][\w-]*(?:[ \t]+(?:"[^"\n]*"|[A-Za-z_][\w-]*))*[ \t]*\{', re.MULTILINE)
_HEREDOC = re.compile(rb"<<-?([A-Za-z_][\w-]*)[ \t]*\r?\n")
_HEAD_ATTRIBUTE = re.compile(rb"^[A-Za-z_][\w-]*[ \t]*=(?!=)", re.MULTILINE)
_LABEL = re.compile(rb'"((?:[^"\\\n]|\\.)*)"')
_HCL2_LIMIT = 64 * 1024  # bytes per file: it reads about 40 KB a second
_HCL2_LEAST = 4 * 1024  # what each block counts at least: every fault costs its own time
_WORDING = re.compile(r"Token\('([\w$]+)', (['\"])(.*)\2\)")


def read_broken(text: bytes, path: str, diagnostics: list[Diagnostic]) -> Body:
    """The body of a text that tree-sitter finds fault with; one diagnostic per broken top-level block."""
    from scanner.hcl.parse import read_clean, syntax_tree  # noqa: PLC0415 - the two call each other

    whole = read_whole(text)
    if whole is not None:  # and it may not be cut: a nested block can begin in the first column
        return whole
    body = Body({}, [], 0, len(text))
    budget = _HCL2_LIMIT
    for start, end in _chunks(text):
        chunk = text[start:end]
        root = syntax_tree(chunk).root_node
        if not root.has_error:
            _merge(body, read_clean(text, root, start, path, diagnostics))
            continue
        reader = _BodyReader(text, start, end)
        part = reader.top()
        _merge(body, part)
        if reader.faults:
            part.complete = body.complete = False
            worded = None
            if len(chunk) <= budget:
                budget -= max(len(chunk), _HCL2_LEAST)
                worded = hcl2_wording(chunk)
            diagnostics.append(_diagnostic(reader.faults[0], root, chunk, start, path, worded))
    return body


def read_whole(text: bytes) -> Body | None:
    """The body of a text that our own reader finds no fault with."""
    reader = _BodyReader(text, 0, len(text))
    found = reader.top()
    return None if reader.faults else found


def _merge(body: Body, part: Body) -> None:
    for name, attribute in part.attributes.items():
        body.attributes.setdefault(name, attribute)
    body.blocks.extend(part.blocks)
    body.complete = body.complete and part.complete


def _chunks(text: bytes) -> Iterator[tuple[int, int]]:
    """The ranges between the lines that begin a block or an attribute in the first column, outside heredocs."""
    hidden = list(_heredocs(text))
    starts = [0]
    at = 0
    heads = sorted({found.start() for pattern in (_HEAD, _HEAD_ATTRIBUTE) for found in pattern.finditer(text)})
    for head in heads:
        while at < len(hidden) and hidden[at][1] <= head:
            at += 1
        inside = at < len(hidden) and hidden[at][0] < head < hidden[at][1]
        if not inside and head > starts[-1]:
            starts.append(head)
    yield from zip(starts, [*starts[1:], len(text)], strict=True)


def _heredocs(text: bytes) -> Iterator[tuple[int, int]]:
    """The ranges of heredocs that are closed."""
    at = 0
    unclosed: set[bytes] = set()
    while (opening := _HEREDOC.search(text, at)) is not None:
        marker = opening.group(1)
        at = opening.end()
        if marker in unclosed:
            continue
        found = re.compile(rb"^[ \t]*" + marker + rb"[ \t\r]*$", re.MULTILINE).search(text, at)
        if found is None:
            unclosed.add(marker)
            continue
        at = found.end()
        yield opening.start(), at


class _BodyReader:
    """Reads attributes and blocks, notes the faults, and goes on at the next line."""

    def __init__(self, text: bytes, start: int, end: int) -> None:
        self.reader = Reader(text, start, end)
        self.faults: list[SyntaxFault] = []

    def top(self) -> Body:
        """What a chunk of a file holds; its last brace closes its block whatever stands before."""
        reader = self.reader
        body = Body({}, [], reader.pos, reader.end)
        while self._gap() < reader.end:
            self._item(body, 0)
        return body

    def _gap(self) -> int:
        self.reader.multiline = True
        self.reader.skip()
        self.reader.multiline = False
        return self.reader.pos

    def _item(self, body: Body, depth: int) -> None:
        reader = self.reader
        start = reader.pos
        try:
            name = reader.name()
            if name is None:
                raise reader.fault("expected an attribute or a block")
            name_end = reader.pos
            if reader.take(b"=") and not reader.take(b"="):
                self._attribute(body, name, start, name_end)
            else:
                reader.pos = name_end
                self._block(body, name, start, depth)
        except SyntaxFault as fault:
            self._fault(fault, body)

    def _fault(self, fault: SyntaxFault, body: Body) -> None:
        """Note it and go to the next line; a fault in brackets that never close costs their first line only."""
        self.faults.append(fault)
        body.complete = False
        reader = self.reader
        stop = reader.text.find(b"\n", max(fault.start, 0), reader.end)
        reader.pos = stop + 1 if stop >= 0 else reader.end
        reader.multiline = False
        reader.depth = 0

    def _attribute(self, body: Body, name: str, start: int, name_end: int) -> None:
        reader = self.reader
        reader.skip()
        expr_start = reader.pos
        try:
            expression(reader)
            end = reader.pos
            if reader.peek() not in (10, -1, 125):
                raise reader.fault(f'expected a line break after the value of "{name}"')
        except SyntaxFault as fault:
            broken = Invalid(fault.start, fault.end, fault.message, limit=fault.limit)
            body.attributes.setdefault(name, Attribute(name, broken, start, max(fault.end, name_end)))
            if reader.text.find(b"\n", expr_start, fault.start) >= 0 and self._next_line_is_item(expr_start):
                fault = SyntaxFault(fault.message, fault.start, fault.end, limit=fault.limit)
                self._fault_at_line(fault, body, expr_start)
                return
            raise
        if name in body.attributes:
            raise SyntaxFault(f'"{name}" is set twice in this block', start, name_end)
        read: partial[Expression] = partial(read_expression, reader.text, expr_start, end)
        body.attributes[name] = Attribute(name, read, start, end)

    def _next_line_is_item(self, start: int) -> bool:
        """Whether the line after that of `start` looks like an attribute or block of its own."""
        text, end = self.reader.text, self.reader.end
        line = text.find(b"\n", start, end) + 1
        return (
            re.compile(rb'[ \t]*[A-Za-z_][\w-]*[ \t]*(?:=[^=>]|\{|"[^"\n]*"[ \t]*[{"])').match(text, line, end)
            is not None
        )

    def _fault_at_line(self, fault: SyntaxFault, body: Body, start: int) -> None:
        self._fault(fault, body)
        self.reader.pos = self.reader.text.find(b"\n", start, self.reader.end) + 1

    def _block(self, body: Body, kind: str, start: int, depth: int) -> None:
        reader = self.reader
        labels: list[str] = []
        while reader.peek() != 123:
            found = reader.match(_LABEL)
            name = found.group(1).decode("utf-8", "replace") if found is not None else reader.name()
            if name is None:
                raise reader.fault(f'expected "=" or "{{" after "{kind}"')
            labels.append(name)
        opening = reader.pos
        reader.pos += 1
        inner = Body({}, [], opening + 1, reader.end)
        block = Block(kind, tuple(labels), inner, start, reader.end, opening)
        body.blocks.append(block)
        if depth >= MAX_NESTING:
            raise SyntaxFault(f"blocks nested more than {MAX_NESTING} levels deep", start, opening, limit=True)
        self._inside(block, depth)

    def _inside(self, block: Block, depth: int) -> None:
        """The items up to the closing brace; at the top level a brace counts only where nothing follows it."""
        reader = self.reader
        inner = block.body
        while True:
            at = self._gap()
            if at >= reader.end:
                self.faults.append(
                    SyntaxFault(
                        f'the closing "}}" of this "{block.type}" is missing', block.start, block.header_end
                    )
                )
                inner.complete = False
                return
            if reader.text[at] != 125:
                self._item(inner, depth + 1)
                continue
            reader.pos = at + 1
            if depth == 0 and self.faults and self._gap() < reader.end:
                continue
            reader.pos = at + 1
            break
        inner.end = at
        block.end = at + 1


def _diagnostic(
    fault: SyntaxFault, root: Node, chunk: bytes, start: int, path: str, worded: str | None
) -> Diagnostic:
    """python-hcl2's words for what is wrong, our reader's for what it expected and where."""
    if fault.limit:
        return Diagnostic(Level.ERROR, "limit-nesting", fault.message, Span(path, fault.start, fault.end))
    span = Span(path, fault.start, fault.end)
    seen = _first_error(root)
    if fault.end <= fault.start and seen is not None:
        first, last = start + seen.start_byte, start + min(seen.end_byte, seen.start_byte + 40)
        if chunk[: seen.start_byte].count(b"\n") == chunk[: fault.start - start].count(b"\n"):
            span = Span(path, first, max(last, first))
    summary = fault.message if worded is None else f"{worded}: {fault.message}"
    return Diagnostic(Level.ERROR, "parse-hcl", summary, span, "correct the syntax; `terraform fmt` checks it")


def _first_error(root: Node) -> Node | None:
    """tree-sitter's first ERROR or MISSING node, by one walk down the nodes that contain errors."""
    node = root
    while True:
        if node.is_missing or (node.is_error and not any(child.has_error for child in node.children)):
            return node
        inner = next((child for child in node.children if child.has_error or child.is_missing), None)
        if inner is None:
            return node if node.is_error else None
        node = inner


def hcl2_wording(chunk: bytes) -> str | None:
    """What python-hcl2 says about a block, in one line; None where it says nothing."""
    try:
        import hcl2  # noqa: PLC0415 - a parser generator; only broken files pay for it

        hcl2.loads(chunk.decode("utf-8", "replace"))
    except Exception as error:  # noqa: BLE001, RUF100 - a second opinion must never break the first
        first = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
        first = re.sub(r" at line \d+,? col(?:umn)? \d+\.?.*", "", first).rstrip(".:")
        found = _WORDING.search(first)
        if found is None:
            return first[:120] or None
        shown = found.group(3).split("\\n")[0].strip()
        return (
            "unexpected end of the block"
            if found.group(1) == "$END"
            else f'unexpected "{shown[:40]}"'
            if shown
            else "unexpected line break"
        )
    return None
