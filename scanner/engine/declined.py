"""What other scanners report and we do not, with the reason: `rules/peers/declined.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from scanner.bundle import bundled
from scanner.model.catalogue import Declined


@cache
def _written() -> dict[str, list[dict[str, Any]]]:
    data: dict[str, list[dict[str, Any]]] = tomllib.loads(
        (bundled("rules") / "peers" / "declined.toml").read_text("utf-8")
    )
    return data


@cache
def same() -> Mapping[str, tuple[str, ...]]:
    """Checks of peers that ask what rules of ours ask, beside those in their controls: check to rule ids."""
    data = tomllib.loads((bundled("rules") / "peers" / "same.toml").read_text("utf-8"))
    found: dict[str, tuple[str, ...]] = {}
    for rule, checks in data["same"].items():
        for check in checks:
            found[check] = (*found.get(check, ()), rule)
    return found


@cache
def declined() -> tuple[Declined, ...]:
    """Every entry, in the order of the file."""
    return tuple(map(_entry, _written()["declined"]))


@cache
def differs() -> tuple[Declined, ...]:
    """Checks that rules of ours stand for, and where these judge otherwise, with the reason."""
    return tuple(map(_entry, _written().get("differs", ())))


def _entry(each: dict[str, Any]) -> Declined:
    return Declined(each["says"], {tool: tuple(ids) for tool, ids in each["checks"].items()}, each["reason"])


def reason_of(check: str) -> str | None:
    """Why a peer's check has no rule of ours, None where that is not written down."""
    return _reason(check, declined())


def differing(check: str) -> str | None:
    """Why a rule that stands for a peer's check judges otherwise in some cases, None where that is not written."""
    return _reason(check, differs())


def _reason(check: str, entries: Iterable[Declined]) -> str | None:
    return next((each.reason for each in entries if any(check in ids for ids in each.checks.values())), None)
