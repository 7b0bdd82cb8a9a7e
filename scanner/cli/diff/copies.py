"""Copies of data that the head no longer has: letters of 3-2-1 that worsened, store by store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.analysis.copies.answer import Answer, Asset, answer
from scanner.cli.diff.change import COPIES, Entry, Place
from scanner.cli.diff.pairs import Pairs
from scanner.cli.diff.sides import Side, Sides
from scanner.model.address import Address
from scanner.model.finding import Severity

_ORDER = ("fail", "unknown", "pass")
_GRAVE = frozenset({"copies", "offsite", "overall"})
_SAID = {
    "copies": "three copies",
    "media": "two mediums",
    "offsite": "a copy off site",
    "fresh": "fresh copies",
    "kept": "copies kept long enough",
    "independent": "an independent copy",
    "immutable": "an immutable copy",
    "restore_tested": "a tested restore",
    "restore_in_time": "a restore in time",
    "overall": "3-2-1",
}


def copies_lost(sides: Sides, pairs: Pairs) -> Iterator[Entry]:
    """One entry for each store that both sides have and of which a letter is worse."""
    before, after = _counted(sides.base), _counted(sides.head)
    if before is None or after is None:
        return
    was = {pairs.name(each.node): each for each in before.assets}
    exempt = dict(after.exempt)
    for asset in after.assets:
        old = was.pop(asset.node, None)
        if old is not None:
            yield from _worse(sides, old, asset)
    for node, old in sorted(was.items()):
        if node in exempt:
            message = f"{old.name} is no longer counted: {exempt[node]}"
            yield Entry(COPIES, Severity.MEDIUM, message, node, _place(sides.head, node, ""))


def _counted(side: Side) -> Answer | None:
    return answer(side.asked.graph, side.config)


def _worse(sides: Sides, old: Asset, now: Asset) -> Iterator[Entry]:
    fallen = {
        letter: (old.verdict[letter], verdict)
        for letter, verdict in now.verdict.items()
        if _ORDER.index(verdict) < _ORDER.index(old.verdict[letter])
    }
    fewer = now.copies < old.copies
    if not fallen and not fewer:
        return
    lost = [letter for letter, (_, verdict) in fallen.items() if verdict == "fail"]
    unclear = [letter for letter in fallen if letter not in lost]
    gone, places = _gone(sides, old, now)
    certain = bool(lost) or fewer
    grave = fewer or any(letter in _GRAVE and fallen[letter][0] == "pass" for letter in fallen)
    parts = [f"{old.copies} copies are now {now.copies}"] if fewer else []
    shown = [letter for letter in lost if letter != "overall"] or lost
    parts += [f"no longer {', '.join(_SAID[letter] for letter in shown)}"] if shown else []
    doubted = [letter for letter in unclear if letter != "overall"] or unclear
    parts += [f"no longer certain: {', '.join(_SAID[letter] for letter in doubted)}"] if doubted else []
    reason = "" if certain else next((now.reasons[each] for each in unclear if each in now.reasons), "")
    details = {
        "letters": {letter: {"base": one, "head": other} for letter, (one, other) in fallen.items()},
        "copies": {"base": old.copies, "head": now.copies},
        "lost": gone,
    }
    yield Entry(
        COPIES, Severity.HIGH if grave else Severity.MEDIUM, f"{now.name}: {'; '.join(parts)}", now.node,
        sides.lines.chosen(places), certain, reason, details,
    )  # fmt: skip


def _gone(sides: Sides, old: Asset, now: Asset) -> tuple[list[dict[str, Any]], list[Place]]:
    """The copies that counted before and do not now, and where they were made."""
    still = {_same(each) for each in now.observations if each["counts"]}
    gone = [each for each in old.observations if each["counts"] and _same(each) not in still]
    places = []
    for each in gone:
        for side, name in ((sides.head, "head"), (sides.base, "base")):
            places += [_place(side, each["source"], str(each["at"]), name), _place(side, each["source"], "", name)]
    places += [_place(sides.head, now.node, name) for name in ("backup_retention_days", "versioned", "")]
    return [
        {name: each[name] for name in ("kind", "location", "medium", "why", "source")} for each in gone
    ], places


def _same(observed: dict[str, Any]) -> str:
    return repr([observed[name] for name in ("kind", "location", "medium")])


def _place(side: Side, node: str, attribute: str, name: str = "head") -> Place:
    index = side.asked.graph.find(Address.parse(node))
    return Place(side.written(index, attribute) if index is not None else None, name)
