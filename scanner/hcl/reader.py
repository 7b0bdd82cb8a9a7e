"""The tokens of the language, matched at a position; no token list, since templates and expressions nest."""

from __future__ import annotations

import re

from scanner.hcl.errors import SyntaxFault

MAX_NESTING = 100  # brackets, templates, conditionals and signs within each other; real files stay below 20

_NAME = re.compile(rb"[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff-]*")
_COMMENTS = b"#/"
_GAP_IN_LINE = re.compile(rb"(?:[ \t\r]+|#[^\n]*|//[^\n]*)*")
_GAP = re.compile(rb"(?:[ \t\r\n]+|#[^\n]*|//[^\n]*)*")


class Reader:
    """A position in a text, and whether line breaks count as blanks here.

    `end` bounds what may be read. `multiline` is true inside brackets. `unclosed` are what opens comments and
    heredocs that never close; they are remembered so that a file full of them is not searched to its end for each.
    """

    __slots__ = ("depth", "end", "multiline", "pos", "text", "unclosed")

    def __init__(self, text: bytes, start: int, end: int) -> None:
        self.text = text
        self.pos = start
        self.end = end
        self.multiline = False
        self.depth = 0
        self.unclosed: set[bytes] = set()

    def skip(self) -> None:
        """Go past blanks and comments, and past line breaks where they mean nothing."""
        text, end = self.text, self.end
        pos = self.pos
        if pos < end and text[pos] == 32:  # one blank, as most gaps are
            pos += 1
        if pos < end and text[pos] > 32 and text[pos] not in _COMMENTS:
            self.pos = pos
            return
        gap = _GAP if self.multiline else _GAP_IN_LINE
        while True:
            found = gap.match(text, self.pos, end)
            if found is not None:
                self.pos = found.end()
            if not text.startswith(b"/*", self.pos) or not self._skip_comment():
                return

    def _skip_comment(self) -> bool:
        closing = -1 if b"/*" in self.unclosed else self.text.find(b"*/", self.pos + 2, self.end)
        if closing < 0:
            self.unclosed.add(b"/*")
            return False
        self.pos = closing + 2
        return True

    def peek(self) -> int:
        """The next byte after the gap, or -1 at the end."""
        self.skip()
        return self.text[self.pos] if self.pos < self.end else -1

    def take(self, token: bytes) -> bool:
        """Go past `token` if it comes next after the gap."""
        self.skip()
        if self.pos + len(token) <= self.end and self.text.startswith(token, self.pos):
            self.pos += len(token)
            return True
        return False

    def expect(self, token: bytes, what: str) -> None:
        """Go past `token`, or say what should stand here."""
        if not self.take(token):
            raise self.fault(f"expected {what}")

    def name(self) -> str | None:
        """Read an identifier, if one comes next after the gap."""
        self.skip()
        found = _NAME.match(self.text, self.pos, self.end)
        if found is None:
            return None
        self.pos = found.end()
        return found.group().decode("utf-8", "replace")

    def word(self, word: bytes) -> bool:
        """Go past the identifier `word` if exactly it comes next."""
        self.skip()
        found = _NAME.match(self.text, self.pos, self.end)
        if found is None or found.group() != word:
            return False
        self.pos = found.end()
        return True

    def match(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """Match at the position and go past the match."""
        found = pattern.match(self.text, self.pos, self.end)
        if found is not None:
            self.pos = found.end()
        return found

    def enter(self, start: int) -> None:
        """Count one more level of nesting."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise SyntaxFault(f"nested more than {MAX_NESTING} levels deep", start, start + 1, limit=True)

    def fault(self, expected: str) -> SyntaxFault:
        """What is wrong at the position: `expected` and what stands there instead."""
        found = _NAME.match(self.text, self.pos, self.end)
        if self.pos >= self.end:
            return SyntaxFault(f"{expected}, but the text ends here", self.pos, self.pos)
        if found is not None:
            word = found.group().decode("utf-8", "replace")
            return SyntaxFault(f'{expected}, found "{word[:40]}"', self.pos, found.end())
        if self.text[self.pos] == 10:
            return SyntaxFault(f"{expected}, but the line ends here", self.pos, self.pos)
        char = self.text[self.pos : self.pos + 4].decode("utf-8", "ignore")[:1]
        return SyntaxFault(f'{expected}, found "{char}"', self.pos, self.pos + 1)


def for_names(reader: Reader) -> tuple[str, str]:
    """`k, v in` or `v in`: the key variable ("" when absent) and the value variable."""
    first = reader.name()
    if first is None:
        raise reader.fault('expected a variable name after "for"')
    second = ""
    if reader.take(b","):
        second = reader.name() or ""
        if not second:
            raise reader.fault('expected a variable name after ","')
    if not reader.word(b"in"):
        raise reader.fault('expected "in"')
    return (first, second) if second else ("", first)
