"""The copies of data stores as a table, for Markdown; what HTML needs of it too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.model.report import Copied
from scanner.report.escape import markdown_code

# How the letters are headed, the whole first.
LETTER_HEADS = {
    "overall": "3-2-1",
    "copies": "copies",
    "media": "media",
    "offsite": "off site",
    "fresh": "fresh",
    "kept": "kept",
    "independent": "independent",
    "immutable": "immutable",
    "restore_tested": "tested",
    "restore_in_time": "in time",
}
_MARKS = {"pass": "yes", "fail": "**no**", "unknown": "?"}
_MOST = 50


def worst_first(copies: Sequence[Copied]) -> list[Copied]:
    """The stores of which the whole fails, then those of which it is unknown."""
    return sorted(copies, key=lambda each: ("fail", "unknown", "pass").index(each.verdict["overall"]))


def copies_table(copies: Sequence[Copied]) -> Iterator[str]:
    """A line per store, those that fail first; nothing where nothing was decided."""
    ranked = worst_first(copies)
    if all(told == "unknown" for each in ranked for told in each.verdict.values()):
        return
    yield "### Copies of data stores"
    yield ""
    yield f"| store | {' | '.join(LETTER_HEADS.values())} |"
    yield f"| --- |{' --- |' * len(LETTER_HEADS)}"
    for each in ranked[:_MOST]:
        numbers = {"copies": f"{each.copies} ", "media": f"{each.media} "}
        cells = (f"{numbers.get(letter, '')}{_MARKS[each.verdict[letter]]}" for letter in LETTER_HEADS)
        yield f"| {markdown_code(each.node)} | {' | '.join(cells)} |"
    if len(ranked) > _MOST:
        yield ""
        yield f"{len(ranked) - _MOST} more stores: `layerproof ask copies`."
    yield ""
