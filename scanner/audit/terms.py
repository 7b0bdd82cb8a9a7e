"""How long a finding may stay open, by severity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from scanner.audit.runs import moment

# Days from when a finding came up. Critical and high: CISA's Binding Operational Directive 19-02; the others are
# our choice. Info is never due.
DAYS: Mapping[str, int] = {"critical": 15, "high": 30, "medium": 90, "low": 180}


def due(severity: str, since: str, days: Mapping[str, int] = DAYS) -> str | None:
    """When a finding of a severity that came up at `since` should be gone; None: never due."""
    if severity not in days:
        return None
    return (moment(since) + timedelta(days=days[severity])).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(text: str) -> dict[str, int]:
    """`critical=7,high=14` over the defaults. Raises ValueError."""
    found = dict(DAYS)
    for part in text.split(","):
        name, mark, number = part.strip().partition("=")
        if not mark or name not in (*DAYS, "info") or not number.isdigit():
            raise ValueError(f"{part.strip()!r} is no SEVERITY=DAYS")
        found[name] = int(number)
    return found
