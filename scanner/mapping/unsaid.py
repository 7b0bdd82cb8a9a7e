"""Attributes that every provider's tables mean alike, for rows that do not name them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from scanner.mapping.reader import Extract
from scanner.mapping.secrets import written_secrets
from scanner.mapping.silent import SILENT
from scanner.mapping.table import Fixed, Row
from scanner.mapping.wiring import wiring
from scanner.model.kinds import KINDS
from scanner.model.value import Cause, Unknown, Value

# What a table that says nothing of copies leaves open.
_NOT_READ = Unknown("copies that this service makes are not read from its configuration", Cause.OUTSIDE_SCAN)
_NO_COPIES: dict[str, Value] = {
    "selectable": None,
    "own_copies": _NOT_READ,
    "selections": _NOT_READ,
    "opted_in": None,
    "managed": None,
    "crosses_accounts": None,
    "lock_mode": _NOT_READ,
    "lock_min_days": None,
    "lock_max_days": None,
    "locked_from": None,
    "emptied": False,
    "usable": _NOT_READ,
    "air_gapped": False,
    "keeps": None,
    "website": None,
    "list_writes": None,
    "takes_logs": False,
    "locks_states": False,
    "saved_volumes": [],
}


@cache
def extracts(row: Row) -> tuple[tuple[str, str | Extract | Fixed], ...]:
    """How each attribute of a row is read: those that it names, then those that it does not."""
    return (*row.attributes.items(), *unsaid(row))


def unsaid(row: Row) -> Iterator[tuple[str, Extract | Fixed]]:
    """Attributes that every provider's tables mean alike, unless a row says otherwise."""
    if row.kind == "backup_plan" and "rules" not in row.attributes:
        yield "rules", Fixed(_NOT_READ)
    if "literal_secrets" not in row.attributes and KINDS[row.kind].has("literal_secrets"):
        yield "literal_secrets", written_secrets
    for name, value in _NO_COPIES.items():
        if name not in row.attributes and KINDS[row.kind].has(name):
            yield name, Fixed(value)
    if "wiring" not in row.attributes and KINDS[row.kind].has("wiring"):
        yield "wiring", wiring
    for name, value in SILENT.get(row.kind, {}).items():
        if name not in row.attributes:
            yield name, Fixed(value)
