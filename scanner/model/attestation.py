"""What a person vouches for: an `[[attestation]]` of the configuration."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model.location import Span

ATTESTATION_KEYS = ("statement", "by", "date", "until", "note")


@dataclass(frozen=True, slots=True)
class AttestationEntry:
    """The statement of the catalogue that a person vouches for, who, when, and the last day on which it counts
    (ISO dates)."""

    statement: str
    by: str
    date: str
    until: str
    note: str = ""
    span: Span | None = None


def read_attestation(table: Mapping[str, Any], span: Span | None) -> AttestationEntry:
    """An entry from its TOML. Raises ValueError with what it should be."""
    for key in ("statement", "by"):
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise ValueError(f"every [[attestation]] has a {key}, a text that is not empty")
    given, until = (_day(table, key) for key in ("date", "until"))
    if until < given:
        raise ValueError(f"attestation of {table['statement']}: until ({until}) lies before date ({given})")
    if type(table.get("note", "")) is not str:
        raise ValueError("attestation.note must be a string")
    return AttestationEntry(table["statement"], table["by"], given, until, table.get("note", ""), span)


def _day(table: Mapping[str, Any], key: str) -> str:
    """A date as ISO text; both are required, so that no attestation counts for ever."""
    value = table.get(key)
    if isinstance(value, datetime.datetime):
        value = value.date()
    try:
        return (value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value))).isoformat()
    except ValueError:
        told = f"every [[attestation]] has a {key}, a date such as 2026-01-31"
        raise ValueError(f"{told}; not {value!r}") from None
