"""What other scanners report and we do not, with the reason: `rules/peers/declined.toml`."""

from __future__ import annotations

import tomllib
from functools import cache

from scanner.bundle import bundled
from scanner.model.catalogue import Declined


@cache
def declined() -> tuple[Declined, ...]:
    """Every entry, in the order of the file."""
    data = tomllib.loads((bundled("rules") / "peers" / "declined.toml").read_text("utf-8"))
    return tuple(
        Declined(each["says"], {tool: tuple(ids) for tool, ids in each["checks"].items()}, each["reason"])
        for each in data["declined"]
    )


def reason_of(check: str) -> str | None:
    """Why a peer's check has no rule of ours, None where that is not written down."""
    return next((each.reason for each in declined() if any(check in ids for ids in each.checks.values())), None)
