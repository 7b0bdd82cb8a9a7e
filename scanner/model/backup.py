"""What copies of data are held against: the table `[backup]` of the configuration, strictly read."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_OFFSITE = ("region", "account", "region+account", "provider")
_MEDIA = ("live-block", "live-service", "backup-store", "object", "archive", "foreign")
_OWN = ("rpo_hours", "rto_hours", "retention_days")
_AMOUNTS = (*_OWN, "restore_test_days", "copies", "mediums")
_KEYS = (*_AMOUNTS, "offsite", "media", "native_store_counts_once", "site", "authoritative", "exempt")


@dataclass(frozen=True, slots=True)
class StoreSelector:
    """Which stores an entry of `[backup]` means: every given condition must hold (globs)."""

    address: str = "*"
    kind: str = "*"
    tags: Mapping[str, str] = field(default_factory=dict)
    rpo_hours: float | None = None
    retention_days: float | None = None
    rto_hours: float | None = None
    reason: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Backup:
    """`[backup]`: what copies are held against.

    `copies` and `mediums` are the 3 and the 2; `offsite` is region, account, region+account or provider. `media`
    renames classes of mediums (live-block, live-service, backup-store, object, archive, foreign), so that two of
    one name are one medium. `site` is the region in which clusters stand. `authoritative` stores are judged with
    higher severity, with needs of their own where given; `exempt` ones are not judged, until a date.
    """

    rpo_hours: float = 24
    rto_hours: float = 24
    retention_days: float = 35
    restore_test_days: float = 90
    copies: int = 3
    mediums: int = 2
    offsite: str = "region"
    media: Mapping[str, str] = field(default_factory=dict)
    native_store_counts_once: bool = True
    site: str = ""
    authoritative: tuple[StoreSelector, ...] = ()
    exempt: tuple[StoreSelector, ...] = ()


USUAL = Backup()


def backup_of(table: Any) -> Backup:
    """The needs that a table declares. Raises ValueError for unknown keys, wrong types and values."""
    if not isinstance(table, dict):
        raise _wrong("'backup' must be a table")
    _known(table, _KEYS, "backup")
    changes: dict[str, Any] = {key: _amount(table[key], key) for key in _AMOUNTS if key in table}
    changes.update({key: int(changes[key]) for key in ("copies", "mediums") if key in changes})
    if table.get("offsite", "region") not in _OFFSITE:
        raise _wrong(f"backup.offsite must be one of {', '.join(_OFFSITE)}")
    media = table.get("media", {})
    if not isinstance(media, dict) or not all(isinstance(each, str) for each in media.values()):
        raise _wrong("backup.media must be a table of medium to name")
    _known(media, _MEDIA, "backup.media")
    once = table.get("native_store_counts_once", True)
    if not isinstance(once, bool):
        raise _wrong("backup.native_store_counts_once must be true or false")
    if not isinstance(table.get("site", ""), str):
        raise _wrong("backup.site must be a string")
    return Backup(
        **changes,
        offsite=table.get("offsite", "region"),
        media=media,
        native_store_counts_once=once,
        site=table.get("site", ""),
        authoritative=_stores(table.get("authoritative", []), "authoritative"),
        exempt=_stores(table.get("exempt", []), "exempt"),
    )


def _known(table: Mapping[str, Any], allowed: Sequence[str], name: str) -> None:
    for key in table:
        if key not in allowed:
            from difflib import get_close_matches  # noqa: PLC0415 - only for a fault

            close = get_close_matches(key, allowed, 1)
            hint = f"; did you mean {close[0]!r}?" if close else f" (known: {', '.join(sorted(allowed))})"
            raise _wrong(f"unknown key {key!r} in {name!r}{hint}")


def _amount(value: Any, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise _wrong(f"backup.{key} must be a number above 0")
    return value


def _stores(value: Any, name: str) -> tuple[StoreSelector, ...]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise _wrong(f"'backup.{name}' must be an array of tables ([[backup.{name}]])")
    return tuple(_store(each, name) for each in value)


def _store(table: Mapping[str, Any], name: str) -> StoreSelector:
    own = ("reason", "until") if name == "exempt" else _OWN
    _known(table, ("address", "kind", "tags", *own), f"backup.{name}")
    tags = table.get("tags", {})
    if not isinstance(tags, dict):
        raise _wrong(f"backup.{name}.tags must be a table of tag to glob")
    if not table.keys() & {"address", "kind", "tags"}:
        raise _wrong(f"every [[backup.{name}]] has an address, a kind or tags")
    until = table.get("until", "")
    shown = until.isoformat() if isinstance(until, datetime.date) else str(until)
    if name == "exempt" and not (str(table.get("reason", "")).strip() and _date(shown)):
        raise _wrong("every [[backup.exempt]] has a reason, and a date in until")
    return StoreSelector(
        str(table.get("address", "*")),
        str(table.get("kind", "*")),
        {str(key): str(glob) for key, glob in tags.items()},
        reason=str(table.get("reason", "")),
        until=shown,
        **{key: _amount(table[key], f"{name}.{key}") for key in _OWN if key in table},
    )


def _date(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _wrong(told: str) -> ValueError:
    """Every fault of the table is the same kind of error."""
    return ValueError(told)
