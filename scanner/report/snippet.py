"""Source lines with their numbers, and carets under the place that is meant."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model.location import Location, SourceFile
from scanner.report.escape import terminal, visible
from scanner.report.mask import mask
from scanner.report.style import Style, clip, expand

_MOST_LINES = 4
_LEAD = 12  # cells shown before a place that lies far to the right
_REACH = 4096  # characters of a line that are looked at on either side of a place


def gutter(location: Location, file: SourceFile | None) -> int:
    """Cells that the line numbers of a snippet take."""
    last = min(location.end_line, location.line + _MOST_LINES - 1) if file else location.line
    return len(str(last))


def snippet(location: Location, file: SourceFile, level: str, style: Style, width: int) -> Iterator[str]:
    """The lines of a place, at most four; carets stand under the first."""
    room = gutter(location, file)
    bar = style.paint("|", "gutter")
    blank = " " * (room + 1) + bar
    last = min(location.end_line, location.line + _MOST_LINES - 1, file.lines)
    if location.end_column == 1 and last == location.end_line > location.line:
        last -= 1  # the place ends with the line break before
    yield blank
    for number in range(location.line, last + 1):
        if number == location.line:
            end = location.end_column if location.end_line == location.line else None
            source, marks = _marked(file.line(number), location.column, end, width - room - 3)
            yield f"{style.paint(str(number).rjust(room), 'gutter')} {bar} {source}".rstrip()
            carets = marks.lstrip()
            yield f"{blank} {' ' * (len(marks) - len(carets))}{style.paint(carets, level)}"
        else:
            source = clip(expand(_shown(file.line(number)[:_REACH]))[0], width - room - 3)
            yield f"{style.paint(str(number).rjust(room), 'gutter')} {bar} {source}".rstrip()
    if last < location.end_line and last - location.line + 1 == _MOST_LINES:
        yield f"{' ' * (room + 1)}{style.paint('...', 'gutter')}"
    yield blank


def _shown(line: str) -> str:
    """A source line as it may be printed: credentials starred, unseen characters shown, tabs kept."""
    return "\t".join(terminal(part) for part in mask(line).split("\t"))


def _marked(line: str, column: int, end: int | None, width: int) -> tuple[str, str]:
    """The line and its carets, cut to the width around the place. Columns count from 1 in code points of the
    line as it stands in the file; `end` is exclusive, None for the line's end."""
    skipped = max(column - _REACH, 0)
    line, column = line[skipped : column + _REACH], column - skipped
    end = None if end is None else end - skipped
    starred = mask(line)
    places, shown = [0], []
    for sign in starred:  # a character that must be escaped takes more than one
        safe = sign if sign == "\t" else visible(sign)
        shown.append(safe)
        places.append(places[-1] + len(safe))
    text, starts = expand("".join(shown).replace("##[", "# ["))
    first = min(max(column - 1, 0), len(line))
    stop = min(len(line.rstrip()) if end is None else max(end - 1, first), len(line))
    begin = starts[places[first]]
    size = max(starts[places[max(stop, first)]] - begin, 1)
    if begin + size > width and begin > _LEAD:
        text, cut = _from_cell(text, begin - _LEAD)
        begin = begin - cut + 1
        text = "…" + text
    size = max(min(size, width - begin), 1)
    return clip(text, width), " " * begin + "^" * size


def _from_cell(text: str, cell: int) -> tuple[str, int]:
    """What of a text stands from that cell on, and where that begins."""
    _, starts = expand(text)
    at = next(position for position, start in enumerate(starts) if start >= cell)
    return text[at:], starts[at]
