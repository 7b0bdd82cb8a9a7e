"""Which of many labelled things a selector chooses, as bits, between bounds.

A selector is {"labels": {...}, "expressions": [{"key", "operator", "values"}]} (see the mapping of policies).
Source of the semantics: Kubernetes documentation, "Labels and Selectors": requirements are joined by and; NotIn
and DoesNotExist are also met by an absent key. StartsWith, EndsWith, Contains and their negations are Calico's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from scanner.analysis.network.stages import Bits
from scanner.model.value import Unknown

Labels = Mapping[str, str]

_TEXT: dict[str, Callable[[str, str], bool]] = {
    "StartsWith": str.startswith,
    "EndsWith": str.endswith,
    "Contains": lambda text, part: part in text,
}


class LabelBits:
    """Things by their labels; a thing is the bit of its turn of being added.

    Of a thing whose labels are Unknown nothing is certain; `partial` things have the labels that are given and
    may have others.
    """

    def __init__(self) -> None:
        self.count = 0
        self._values: dict[str, dict[str, int]] = {}
        self._unknown = 0
        self._partial = 0
        self._memo: dict[Any, Bits] = {}

    def add(self, labels: Labels | Unknown, *, partial: bool = False) -> int:
        """Add a thing; returns its number."""
        number, self.count = self.count, self.count + 1
        bit = 1 << number
        if isinstance(labels, Unknown):
            self._unknown |= bit
            return number
        self._partial |= bit if partial else 0
        for key, value in labels.items():
            values = self._values.setdefault(key, {})
            values[value] = values.get(value, 0) | bit
        return number

    @property
    def everything(self) -> int:
        return (1 << self.count) - 1

    def select(self, selector: Mapping[str, Any]) -> Bits:
        """What meets every requirement of a selector; an empty one is met by all, an operator that nobody
        knows by none for certain."""
        key = _frozen(selector)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = self._select(selector)
        return found

    def _select(self, selector: Mapping[str, Any]) -> Bits:
        found = Bits(self.everything, self.everything)
        for key, value in (selector.get("labels") or {}).items():
            found = found.both(self._meets(key, "In", (value,)))
        for each in selector.get("expressions") or ():
            found = found.both(self._meets(each["key"], each["operator"], each["values"]))
        return found

    def _meets(self, key: str, operator: str, values: Iterable[str]) -> Bits:
        """Of what has unknown labels, and of what may have more, a requirement is only perhaps met; a key that
        is there decides either way."""
        held = self._values.get(key, {})
        present = _any(held.values())
        open_to = self._unknown | (self._partial & ~present)
        known = self.everything & ~open_to
        if operator == "In":
            return Bits(hit := _any(held.get(value, 0) for value in values), hit | open_to)
        if operator == "NotIn":
            rest = known & ~_any(held.get(value, 0) for value in values)
            return Bits(rest, rest | open_to)
        if operator == "Exists":
            return Bits(present, present | open_to)
        if operator == "DoesNotExist":
            return Bits(known & ~present, known & ~present | open_to)
        return self._by_text(held, operator, tuple(values), known, open_to)

    def _by_text(
        self, held: Mapping[str, int], operator: str, values: tuple[str, ...], known: int, open_to: int
    ) -> Bits:
        test = _TEXT.get(operator.removeprefix("Not"))
        if test is None:
            return Bits(0, self.everything)
        hit = _any(bit for value, bit in held.items() if any(test(value, each) for each in values))
        if operator.startswith("Not"):
            hit = known & ~hit
        return Bits(hit, hit | open_to)


def _any(bits: Iterable[int]) -> int:
    found = 0
    for each in bits:
        found |= each
    return found


def _frozen(selector: Mapping[str, Any]) -> Any:
    labels = selector.get("labels") or {}
    return tuple(sorted(labels.items())), tuple(
        (each["key"], each["operator"], tuple(each["values"])) for each in selector.get("expressions") or ()
    )
