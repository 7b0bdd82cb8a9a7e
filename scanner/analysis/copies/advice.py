"""The smallest change that would turn a failing letter."""

from __future__ import annotations

from scanner.analysis.copies.letters import Counted

_STEPS = (
    ("offsite", "copy it to another Region, better in another account too"),
    ("copies", "keep one more copy in a place of its own"),
    ("media", "keep one copy on another medium than the data"),
    ("fresh", "save it as often as the recovery point objective asks"),
    ("kept", "keep its copies as long as the retention asks"),
    ("independent", "keep one copy that its own administrators cannot delete"),
    ("immutable", "lock one copy in compliance mode"),
    ("restore_tested", "select it in a restore testing plan"),
)


def advice(counted: Counted) -> str:
    """What would help first; "" where no letter fails."""
    if counted.letters["copies"] is False and counted.copies == 1:
        return "select it in a backup plan whose rules copy to another Region"
    return next((step for letter, step in _STEPS if counted.letters[letter] is False), "")
