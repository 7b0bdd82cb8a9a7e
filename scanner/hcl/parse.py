"""A file to a Body: tree-sitter finds blocks and attributes, expressions are read when first asked for."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from scanner.hcl.expression import read_expression
from scanner.hcl.json_syntax import parse_json
from scanner.hcl.reader import MAX_NESTING
from scanner.hcl.syntax import Attribute, Block, Body, Expression, Invalid
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import Span

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Tree

__all__ = ["parse", "parse_json"]

_BOM = b"\xef\xbb\xbf"
_EXPONENT = re.compile(rb"\d[eE][+-]?\d")
_ODD_NUMBER = re.compile(rb"(?<![\w.\"-])(?:0[xXbBoO][0-9a-fA-F]|\d+_\d|\d+\.\d+\.\d)")
_BINARY = 64  # a NUL byte before this offset means that the file is no text at all
_BRACKETS = (b"[", b"{", b"(")


def parse(text: bytes, path: str) -> tuple[Body, list[Diagnostic]]:
    """The body of a `.tf` or `.tfvars` file and what is wrong with it. Never raises.

    Where a top-level block is broken, all others and what can be read of this one are in the body; every body that
    lost something has `complete` False.
    """
    clean, diagnostics = _decodable(text, path)
    nul = clean.find(b"\0")
    if nul >= 0:  # the end of the text for the parser, which would hide what follows
        if not diagnostics:
            told = Diagnostic(Level.ERROR, "parse-encoding", "a NUL byte: expected text", Span(path, nul, nul + 1))
            diagnostics.append(told)
        if nul < _BINARY:
            return Body({}, [], 0, len(text), complete=False), diagnostics
        clean = clean.replace(b"\0", b" ")
    root = syntax_tree(clean).root_node
    if root.has_error:
        from scanner.hcl.recover import read_broken  # noqa: PLC0415 - only broken files pay for it

        body = read_broken(clean, path, diagnostics)
    else:
        before = len(diagnostics)
        body = read_clean(clean, root, 0, path, diagnostics)
        if len(diagnostics) > before and _EXPONENT.search(clean) is not None:
            from scanner.hcl.recover import read_whole  # noqa: PLC0415 - as above

            # tree-sitter takes "1e5" and a block on the next line for "1" and "e5 block"
            whole = read_whole(clean)
            if whole is not None:
                return whole, diagnostics[:before]
    return body, diagnostics


def read_clean(text: bytes, root: Node, offset: int, path: str, diagnostics: list[Diagnostic]) -> Body:
    """The body of a tree without errors, whose text begins at `offset` of `text`."""
    node = next((child for child in root.named_children if child.type == "body"), None)
    return _Walk(text, offset, path, diagnostics).body(node, offset, offset + root.end_byte)


@lru_cache(maxsize=1)
def _language() -> Language:
    import tree_sitter  # noqa: PLC0415 - loads a shared library; only who parses pays for it
    import tree_sitter_hcl  # noqa: PLC0415 - as above

    return tree_sitter.Language(tree_sitter_hcl.language())


def syntax_tree(text: bytes) -> Tree:
    """tree-sitter's tree of a text."""
    import tree_sitter  # noqa: PLC0415 - as in _language

    return tree_sitter.Parser(_language()).parse(text)


def _decodable(text: bytes, path: str) -> tuple[bytes, list[Diagnostic]]:
    """The text with its byte order mark and every byte that is not UTF-8 blanked out, offsets unchanged."""
    if text.startswith(_BOM):
        text = b"   " + text[3:]
    try:
        text.decode()
    except UnicodeDecodeError as fault:
        span = Span(path, fault.start, fault.end)
        wide = text.startswith((b"\xff\xfe", b"\xfe\xff"))
        summary = "the file is UTF-16, not UTF-8" if wide else f"byte 0x{text[fault.start]:02x} is not UTF-8"
        found = Diagnostic(Level.ERROR, "parse-encoding", summary, span, "save the file as UTF-8")
        return (b"\0" if wide else _blank_undecodable(text)), [found]
    return text, []


def _blank_undecodable(text: bytes) -> bytes:
    return re.sub("[\udc80-\udcff]", "?", text.decode("utf-8", "surrogateescape")).encode("utf-8")


class _Walk:
    """From tree-sitter's bodies to ours, with the checks that the grammar lacks."""

    __slots__ = ("diagnostics", "offset", "path", "suspicious", "text")

    def __init__(self, text: bytes, offset: int, path: str, diagnostics: list[Diagnostic]) -> None:
        self.text = text
        self.offset = offset
        self.path = path
        self.diagnostics = diagnostics
        self.suspicious = _ODD_NUMBER.search(text) is not None

    def body(self, node: Node | None, start: int, end: int) -> Body:
        """A body and all below it, on an explicit stack."""
        top = Body({}, [], start, end)
        stack = [(node, top, 0)] if node is not None else []
        while stack:
            inner, body, depth = stack.pop()
            last_end = -1
            for item in inner.named_children:
                kind = item.type
                if kind == "attribute":
                    self._attribute(item, body)
                elif kind == "block":
                    block, below = self._block(item)
                    body.blocks.append(block)
                    if below is not None:
                        self._one_line(block, below)
                    if below is not None and depth < MAX_NESTING:
                        stack.append((below, block.body, depth + 1))
                    elif below is not None:
                        self._too_deep(block)
                else:
                    continue
                item_start = item.start_byte + self.offset
                if last_end >= 0 and self.text.find(b"\n", last_end, item_start) < 0:
                    self._same_line(item, body)
                last_end = item.end_byte + self.offset
        return top

    def _attribute(self, node: Node, body: Body) -> None:
        first, last = node.child(0), node.child(node.child_count - 1)
        offset = self.offset
        start, end = node.start_byte + offset, last.end_byte + offset
        name = self._text(first)
        if name in body.attributes:
            body.complete = False
            self._report(
                start, first.end_byte + offset, f'"{name}" is set twice in this block', "remove one of the two"
            )
            return
        expr_start = last.start_byte + offset
        read: partial[Expression] = partial(read_expression, self.text, expr_start, end)
        attribute = Attribute(name, read, start, end)
        body.attributes[name] = attribute
        if self.suspicious or end - expr_start > 2 * MAX_NESTING:
            self._look_closer(attribute, expr_start, body)

    def _look_closer(self, attribute: Attribute, start: int, body: Body) -> None:
        """Read the expression now if it holds an odd number or brackets enough to be too deep."""
        many = sum(self.text.count(bracket, start, attribute.end) for bracket in _BRACKETS) > MAX_NESTING
        odd = self.suspicious and _ODD_NUMBER.search(self.text, start, attribute.end) is not None
        if not many and not odd:
            return
        found = attribute.expr
        if isinstance(found, Invalid):
            body.complete = False
            code = "limit-nesting" if found.limit else "parse-hcl"
            self._report(found.start, found.end, found.message, "", code)

    def _block(self, node: Node) -> tuple[Block, Node | None]:
        kind = ""
        labels: list[str] = []
        below: Node | None = None
        opening = closing = node.end_byte + self.offset
        for child in node.children:
            what = child.type
            if what == "identifier":
                name = self._text(child)
                if kind:
                    labels.append(name)
                else:
                    kind = name
            elif what == "string_lit":
                labels.append(self._text(child)[1:-1])
            elif what == "block_start":
                opening = child.start_byte + self.offset
            elif what == "body":
                below = child
            elif what == "block_end":
                closing = child.start_byte + self.offset
        inner = Body({}, [], opening + 1, closing)
        start, end = node.start_byte + self.offset, node.end_byte + self.offset
        return Block(kind, tuple(labels), inner, start, end, opening), below

    def _one_line(self, block: Block, below: Node) -> None:
        """A block whose content begins beside its brace holds one attribute and ends on that line; in any other,
        a line break follows each item.
        """
        first = below.named_children[0] if below.named_children else None
        opening = block.header_end
        if first is None:
            return
        if self.text.find(b"\n", opening, first.start_byte + self.offset) >= 0:
            last = below.named_children[-1].end_byte + self.offset
            if self.text.find(b"\n", last - 1, block.body.end) < 0:
                block.body.complete = False
                told = "expected a line break before the closing brace"
                self._report(block.body.end, block.end, told, "put the brace on a line of its own")
            return
        start, end = first.start_byte + self.offset, first.end_byte + self.offset
        if first.type == "block":
            told = "a block on one line cannot hold another block"
            self._report(start, end, told, "put it on lines of its own")
        elif first.type == "attribute" and self.text.find(b"\n", end, block.end) >= 0:
            told = "the brace that closes a block of one line must stand on that line"
            self._report(end, end + 1, told, "put the content on lines of its own")
        else:
            return
        block.body.complete = False

    def _text(self, node: Node) -> str:
        return self.text[node.start_byte + self.offset : node.end_byte + self.offset].decode("utf-8", "replace")

    def _too_deep(self, block: Block) -> None:
        block.body.complete = False
        self._report(
            block.start,
            block.header_end,
            f"blocks nested more than {MAX_NESTING} levels deep",
            "",
            "limit-nesting",
        )

    def _same_line(self, item: Node, body: Body) -> None:
        body.complete = False
        first = item.child(0)
        name = self._text(first)
        self._report(
            first.start_byte + self.offset,
            first.end_byte + self.offset,
            f'expected a line break before "{name}"',
            f'put "{name}" on a line of its own',
        )

    def _report(self, start: int, end: int, summary: str, remedy: str, code: str = "parse-hcl") -> None:
        span = Span(self.path, start, end)
        self.diagnostics.append(Diagnostic(Level.ERROR, code, summary, span, remedy))
