"""Where something stands. Byte offsets while we work; lines and columns only for what is shown."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple


class Span(NamedTuple):
    """Bytes `start` to `end` (exclusive) of a file; `path` is relative to the scanned tree, with slashes."""

    path: str
    start: int
    end: int


class Location(NamedTuple):
    """A span as people count: lines and columns from 1, columns in code points, the end exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class SourceFile:
    """The bytes of one file, and where its lines begin."""

    __slots__ = ("_starts", "path", "text")

    def __init__(self, path: str, text: bytes) -> None:
        self.path = path
        self.text = text
        self._starts: list[int] | None = None

    def locate(self, start: int, end: int) -> Location:
        """The place of bytes `start` to `end`; offsets past the end count as the end."""
        line, column = self._position(start)
        end_line, end_column = self._position(max(start, end))
        return Location(self.path, line, column, end_line, end_column)

    def line(self, number: int) -> str:
        """The text of a line counted from 1, without its line break; bytes that are not UTF-8 are replaced."""
        starts = self._line_starts()
        if not 1 <= number <= len(starts):
            return ""
        stop = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : stop].decode("utf-8", "replace").rstrip("\r\n")

    @property
    def lines(self) -> int:
        return len(self._line_starts())

    def _line_starts(self) -> list[int]:
        if self._starts is None:
            starts = [0]
            find = self.text.find
            at = find(b"\n")
            while at >= 0:
                starts.append(at + 1)
                at = find(b"\n", at + 1)
            self._starts = starts
        return self._starts

    def _position(self, offset: int) -> tuple[int, int]:
        offset = min(max(offset, 0), len(self.text))
        starts = self._line_starts()
        line = bisect_right(starts, offset)
        lead = self.text[starts[line - 1] : offset]
        return line, len(lead.decode("utf-8", "replace")) + 1
