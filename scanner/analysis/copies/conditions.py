"""Conditions of a selection on tags (API BackupSelection, Conditions): all of them must hold; case counts."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.analysis.copies.globs import Tails, matches, name_of, pattern_of
from scanner.model.value import Unknown, Value


class OnTag:
    """All conditions on one tag, so that a value meets only those that could hold for it."""

    def __init__(self, conditions: Sequence[tuple[str, Value, int]]) -> None:
        self._equal: dict[str, int] = {}
        self._unequal: dict[str, int] = {}
        self._like, self._unlike = Tails(), Tails()
        self._asks = self._odd = self._likes = 0
        for operator, wanted, bit in conditions:
            if isinstance(wanted, Unknown) or operator not in OPERATORS:
                self._odd |= bit
                self._asks |= 0 if "Not" in operator else bit
                continue
            text = str(wanted)
            if operator == "StringEquals":
                self._equal[text] = self._equal.get(text, 0) | bit
                self._asks |= bit
            elif operator == "StringNotEquals":
                self._unequal[text] = self._unequal.get(text, 0) | bit
            elif operator == "StringLike":
                self._like.add(text, bit)
                self._asks |= bit
            else:
                self._unlike.add(text, bit)
        self._several = _several(conditions)

    def broken(self, value: str | None) -> tuple[int, int]:
        """Which fail for a value (None: not carried), and for which that cannot be told. A negated condition holds
        without the tag."""
        if value is None:
            return self._asks, 0
        if self._several:
            return _each(self._several, value)
        holds = self._equal.get(value, 0) | self._like.fitting(value)
        against = self._unequal.get(value, 0) | self._unlike.fitting(value)
        return (self._asks & ~self._odd & ~holds) | against, self._odd


def _several(conditions: Sequence[tuple[str, Value, int]]) -> Sequence[tuple[str, Value, int]]:
    """The conditions, where one selection asks twice for something of the same tag: then bits cannot stand for
    single conditions."""
    asking = [bit for operator, _, bit in conditions if "Not" not in operator]
    return conditions if len(set(asking)) < len(asking) else ()


def _each(conditions: Sequence[tuple[str, Value, int]], value: str) -> tuple[int, int]:
    broken = doubtful = 0
    for operator, wanted, bit in conditions:
        holds = condition_holds(operator, wanted, value)
        broken |= bit if holds is False else 0
        doubtful |= bit if holds is None else 0
    return broken, doubtful


OPERATORS = ("StringEquals", "StringLike", "StringNotEquals", "StringNotLike")


def condition_holds(operator: str, wanted: Value, value: str | None) -> bool | None:
    """One condition on a tag's value (None: not carried); case counts. A negated one holds without the tag."""
    negated = "Not" in operator
    if value is None:
        return negated
    if isinstance(wanted, Unknown):
        return None
    if operator in ("StringLike", "StringNotLike"):
        told = matches(pattern_of(str(wanted)), name_of(value))
        return None if told is None else told is not negated
    if operator in ("StringEquals", "StringNotEquals"):
        return (str(wanted) == value) is not negated
    return None
