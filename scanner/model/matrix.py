"""The matrix of flows between tiers: what may pass from one to another, and who has been granted more.

The default is that of the reference model as DESIGN section 2 reads it: each tier speaks to the next one inward;
the internet meets the external tier only, others behind a relay; core answers and starts nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

INTERNET = "internet"
ZONES = (INTERNET, "external", "internal", "core")


@dataclass(frozen=True, slots=True)
class Cell:
    """What may pass from one tier to another: all of it or nothing, certain ports only, through certain relays
    only. `via` names kinds of nodes (`load_balancer`), `relay` for any; () where a session may be direct."""

    allow: bool
    ports: tuple[int, ...] = ()
    via: tuple[str, ...] = ()

    def permits(self, ports: frozenset[int] | None, relays: frozenset[str]) -> bool:
        """Whether a flow is within the cell: its ports (None: not limited to a few), the kinds of its relays."""
        if not self.allow:
            return False
        if self.ports and (ports is None or not ports <= set(self.ports)):
            return False
        return all(bool(relays) if each == "relay" else each in relays for each in self.via)


@dataclass(frozen=True, slots=True)
class Granted:
    """One flow that is granted all the same: globs of addresses, ports, who answers for it, and until when."""

    source: str
    target: str
    owner: str
    until: str
    ports: tuple[int, ...] = ()
    reason: str = ""

    def covers(self, source: str, target: str, ports: frozenset[int] | None, today: str) -> bool:
        """Whether a flow is granted on a day (ISO date)."""
        if today > self.until:
            return False
        named = _fits(self.source, source) and _fits(self.target, target)
        return named and (not self.ports or (ports is not None and ports <= set(self.ports)))


def _fits(glob: str, address: str) -> bool:
    pattern = glob.replace("[", "[[]")
    return fnmatchcase(address, pattern) or fnmatchcase(address.rpartition("#")[2], pattern)


_DEFAULT: dict[tuple[str, str], Cell] = {
    (INTERNET, "internal"): Cell(allow=True, via=("relay",)),
    (INTERNET, "core"): Cell(allow=False),
    ("external", "core"): Cell(allow=False),
    ("core", "internal"): Cell(allow=False),
    ("core", "external"): Cell(allow=False),
    ("core", INTERNET): Cell(allow=False),
}
_OPEN = Cell(allow=True)


@dataclass(frozen=True, slots=True)
class Matrix:
    """The cells that differ from the default, exceptions, and what people call the tiers.

    `ranks` order the tiers from the outside in; a tier that outranks another is farther inside.
    """

    cells: Mapping[str, Cell] = field(default_factory=dict)  # by "FROM -> TO"
    exceptions: tuple[Granted, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    ranks: Mapping[str, int] = field(default_factory=dict)

    def cell(self, source: str, target: str) -> Cell:
        """What may pass from one zone or tier to another; with ranks of its own, the default follows these."""
        own = self.cells.get(f"{source} -> {target}")
        if own is not None:
            return own
        if self.ranks and INTERNET not in (source, target):
            return _OPEN if 0 <= self.rank(target) - self.rank(source) <= 1 else Cell(allow=False)
        return _DEFAULT.get((source, target), _OPEN)

    def rank(self, tier: str) -> int:
        return self.ranks.get(tier, ZONES.index(tier) if tier in ZONES else 0)

    def name(self, tier: str) -> str:
        return self.names.get(tier, tier)


# reading what a configuration says


def read_matrix(table: Mapping[str, Any]) -> Matrix:
    """A matrix from its table in a configuration. ValueError says what is wrong with it."""
    _known(table, ("cells", "exceptions", "names", "ranks"), "matrix")
    cells = {}
    for each in _tables(table.get("cells", []), "matrix.cells"):
        _known(each, ("from", "to", "allow", "ports", "via"), "matrix.cells")
        if not isinstance(each.get("allow"), bool):
            raise ValueError("every [[matrix.cells]] says allow = true or false")  # noqa: TRY004 - of the input
        way = f"{_zone(each.get('from'))} -> {_zone(each.get('to'))}"
        cells[way] = Cell(each["allow"], _ports(each.get("ports", [])), _texts(each.get("via", []), "via"))
    granted = tuple(_granted(each) for each in _tables(table.get("exceptions", []), "matrix.exceptions"))
    names, ranks = table.get("names", {}), table.get("ranks", {})
    if not isinstance(names, dict) or not all(isinstance(each, str) for each in names.values()):
        raise ValueError("matrix.names is a table of tier to text")
    if not isinstance(ranks, dict) or not all(type(each) is int for each in ranks.values()):
        raise ValueError("matrix.ranks is a table of tier to whole number")
    for each in (*names, *ranks):
        _zone(each)
    return Matrix(cells, granted, names, ranks)


def _granted(table: Mapping[str, Any]) -> Granted:
    _known(table, ("from", "to", "ports", "owner", "until", "reason"), "matrix.exceptions")
    for key in ("from", "to", "owner"):
        if not isinstance(table.get(key), str) or not table[key]:
            raise ValueError(f"every [[matrix.exceptions]] has {key}, a text")
    until = table.get("until")
    shown = until.isoformat() if isinstance(until, datetime.date) else str(until or "")
    try:
        datetime.date.fromisoformat(shown)
    except ValueError:
        raise ValueError("every [[matrix.exceptions]] has until, a date (2027-01-31)") from None
    ports = _ports(table.get("ports", []))
    return Granted(table["from"], table["to"], table["owner"], shown, ports, str(table.get("reason", "")))


def _zone(value: Any) -> str:
    if value not in ZONES:
        raise ValueError(f"matrix: {value!r} is none of {', '.join(ZONES)}")
    return str(value)


def _ports(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(each) is int and 0 <= each <= 65535 for each in value):
        raise ValueError("matrix: ports is a list of whole numbers from 0 to 65535")
    return tuple(value)


def _texts(value: Any, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"matrix: {name} is a list of texts")
    return tuple(value)


def _tables(value: Any, name: str) -> list[dict[str, Any]]:
    if not (isinstance(value, list) and all(isinstance(each, dict) for each in value)):
        raise ValueError(f"{name} is an array of tables ([[{name}]])")
    return value


def _known(table: Mapping[str, Any], allowed: tuple[str, ...], name: str) -> None:
    for key in table:
        if key not in allowed:
            from difflib import get_close_matches  # noqa: PLC0415 - only for a fault

            close = get_close_matches(key, allowed, 1)
            hint = f"; did you mean {close[0]!r}?" if close else f" (known: {', '.join(sorted(allowed))})"
            raise ValueError(f"unknown key {key!r} in {name!r}{hint}")
