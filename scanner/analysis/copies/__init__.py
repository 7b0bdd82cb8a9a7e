"""3-2-1 counted: the copies of each data store, where they lie, and which of them count.

`place_copies` registers the derived attributes (`copied_enough`, `copied_offsite`, ...); nothing is worked out
before one of them is read. The definition is that of `shared/facts/copies-and-live.md` as corrected by issue 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.config import Config
from scanner.graph.columns import Graph

if TYPE_CHECKING:
    from scanner.analysis.copies.estate import Estate

LETTERS = {
    "copies": "copied_enough",
    "media": "media_differ",
    "offsite": "copied_offsite",
    "fresh": "copies_fresh",
    "kept": "copies_kept",
    "independent": "copies_independent",
    "immutable": "copies_immutable",
    "restore_tested": "restore_tested",
    "restore_in_time": "restore_in_time",
    "overall": "three_two_one",
}
DERIVED = ("asset", "copies", "media", *LETTERS.values(), "planned", "missed_by", "plan_at_fault", "change")
OF_PLANS = ("traps", "selects_something")
OF_VAULTS = ("lock_now", "key_lost")


def place_copies(graph: Graph, config: Config) -> None:
    """Have the copies of every store counted when someone asks for them."""
    made: list[Estate] = []

    def estate() -> Estate:
        from scanner.analysis.copies.estate import Estate  # noqa: PLC0415 - only where copies are asked for

        if not made:
            made.append(Estate(graph, config))
        return made[0]

    def judge() -> None:
        estate().judge()

    def observe() -> None:
        estate().observe()

    graph.defer((*DERIVED, *OF_PLANS), judge)
    graph.defer(("observations",), observe)
    graph.defer(OF_VAULTS, lambda: estate().judge_vaults())
