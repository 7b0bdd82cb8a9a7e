"""Which lines differ between the two sides, and so which place of a path is the one that the change wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from scanner.cli.diff.change import NOWHERE, Place
from scanner.model.location import Location, SourceFile
from scanner.model.report import Files

_MOST = 5000  # lines of a file's middle that are compared one by one

Blocks = list[tuple[int, int]]  # first and last line, counted from 1


class Lines:
    """The changed lines of both sides, worked out for a file when it is first asked about."""

    def __init__(self, base: Files, head: Files) -> None:
        self._files = {"base": base, "head": head}
        self._known: dict[str, dict[str, Blocks]] = {}

    def _narrowed(self, location: Location | None, side: str) -> Location | None:
        """The first lines of a place that the other side does not have; None where it has them all."""
        if location is None:
            return None
        last = max(location.line, location.end_line)
        for first, end in self._of(location.path)[side]:
            if first <= last and location.line <= end:
                begins, ends = max(first, location.line), min(end, last)
                column = location.column if begins == location.line else 1
                end_column = location.end_column if ends == location.end_line else 1
                return Location(
                    location.path, begins, column, ends, max(end_column, column if begins == ends else 1)
                )
        return None

    def chosen(self, places: Iterable[Place]) -> Place:
        """The first place that the change touched, else the first that is anywhere in the head."""
        held = [each for each in places if each.location is not None]
        for each in held:
            location = self._narrowed(each.location, each.side)
            if location is not None:
                return each._replace(location=location)
        return next((each for each in held if each.side == "head"), held[0] if held else NOWHERE)

    def _of(self, path: str) -> dict[str, Blocks]:
        found = self._known.get(path)
        if found is None:
            one, other = (self._files[side].by_path.get(path) for side in ("base", "head"))
            found = self._known[path] = _compared(one, other)
        return found


def _compared(base: SourceFile | None, head: SourceFile | None) -> dict[str, Blocks]:
    if base is None or head is None:
        return {name: [(1, file.lines)] if file else [] for name, file in (("base", base), ("head", head))}
    if base.text == head.text:
        return {"base": [], "head": []}
    one, other = base.text.splitlines(), head.text.splitlines()
    lead = next(_differing(one, other), min(len(one), len(other)))
    one, other = one[lead:], other[lead:]
    trail = next(_differing(one[::-1], other[::-1]), min(len(one), len(other)))
    one, other = one[: len(one) - trail], other[: len(other) - trail]
    found: dict[str, Blocks] = {"base": [], "head": []}
    if max(len(one), len(other)) > _MOST:
        return {"base": [(lead + 1, lead + len(one))], "head": [(lead + 1, lead + len(other))]}
    # lines that recur all over a long file begin no match, they only lengthen one: else the time grows by the cube
    for code, first, last, begin, end in SequenceMatcher(None, one, other).get_opcodes():
        if code != "equal":
            if last > first:
                found["base"].append((lead + first + 1, lead + last))
            if end > begin:
                found["head"].append((lead + begin + 1, lead + end))
    return found


def _differing(one: list[bytes], other: list[bytes]) -> Iterator[int]:
    """The numbers of the lines that differ, as far as both go."""
    return (at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right)
