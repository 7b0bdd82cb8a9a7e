"""The copies of data stores as a table in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.model.report import Copied
from scanner.report.escape import markdown_code

_HEADS = {"copies": "copies", "media": "media", "offsite": "off site", "fresh": "fresh", "kept": "kept",
          "overall": "3-2-1"}  # fmt: skip
_MARKS = {"pass": "yes", "fail": "**no**", "unknown": "?"}
_MOST = 50


def copies_table(copies: Sequence[Copied]) -> Iterator[str]:
    """A line per store, those that fail first; nothing where nothing was decided."""
    ranked = sorted(copies, key=lambda each: ("fail", "unknown", "pass").index(each.verdict["overall"]))
    if all(each.verdict["overall"] == "unknown" for each in ranked):
        return
    yield "### Copies of data stores"
    yield ""
    yield f"| store | {' | '.join(_HEADS.values())} |"
    yield f"| --- |{' --- |' * len(_HEADS)}"
    for each in ranked[:_MOST]:
        numbers = {"copies": f"{each.copies} ", "media": f"{each.media} "}
        cells = (f"{numbers.get(letter, '')}{_MARKS[each.verdict[letter]]}" for letter in _HEADS)
        yield f"| {markdown_code(each.node)} | {' | '.join(cells)} |"
    if len(ranked) > _MOST:
        yield ""
        yield f"{len(ranked) - _MOST} more stores: `layerproof ask copies`."
    yield ""
