"""Numbers with their nouns, as people write them."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """`1 rule`, `2 rules`, `0 rules`; a noun in y has its plural in ies (`1 policy`, `2 policies`)."""
    if number == 1:
        return f"1 {noun}"
    ending = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {ending}"
