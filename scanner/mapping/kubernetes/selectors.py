"""Label selectors: exactly what the API server does with matchLabels and matchExpressions.

Source: Kubernetes documentation, "Labels and Selectors", and apimachinery's labels package: a selector is the
conjunction of its requirements; NotIn and DoesNotExist are also met by an absent key. In the graph a selector
is {"labels": {...}, "expressions": [{"key", "operator", "values"}]}.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model.value import Unknown

Labels = Mapping[str, str]

# What Calico's expressions have beyond Kubernetes' own.
_TEXT: dict[str, Callable[[str, str], bool]] = {
    "StartsWith": str.startswith,
    "EndsWith": str.endswith,
    "Contains": lambda text, part: part in text,
}


def matches(selector: Mapping[str, Any], labels: Labels) -> bool:
    """Whether labels meet every requirement of a selector in the graph's form. An empty selector is met by
    all; an operator that Kubernetes does not know by none."""
    wanted = selector.get("labels") or {}
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    return all(_meets(each, labels) for each in selector.get("expressions") or ())


def _meets(requirement: Mapping[str, Any], labels: Labels) -> bool:
    key, operator, values = requirement["key"], str(requirement["operator"]), requirement["values"]
    if operator == "In":
        return key in labels and labels[key] in values
    if operator == "NotIn":
        return key not in labels or labels[key] not in values
    if operator == "Exists":
        return key in labels
    if operator == "DoesNotExist":
        return key not in labels
    test = _TEXT.get(operator.removeprefix("Not"))
    if test is None:
        return False
    found = key in labels and any(test(labels[key], value) for value in values)
    return not found if operator.startswith("Not") else found


@dataclass(frozen=True, slots=True)
class Labelled:
    """A thing with labels: its number and what it carries (Unknown where that is not known)."""

    number: int
    labels: Labels | Unknown


class LabelIndex:
    """The labelled things of one namespace, found by the rarest requirement of a selector."""

    __slots__ = ("_all", "_keys", "_pairs", "_unknown")

    def __init__(self) -> None:
        self._all: list[Labelled] = []
        self._unknown: list[Labelled] = []
        self._pairs: dict[tuple[str, str], list[Labelled]] = {}
        self._keys: dict[str, list[Labelled]] = {}

    def add(self, thing: Labelled) -> None:
        if isinstance(thing.labels, Unknown):
            self._unknown.append(thing)
            return
        self._all.append(thing)
        for pair in thing.labels.items():
            self._pairs.setdefault(pair, []).append(thing)
            self._keys.setdefault(pair[0], []).append(thing)

    def select(self, selector: Mapping[str, Any]) -> Iterator[int]:
        """The numbers of what a selector certainly selects, in the order of adding."""
        for thing in self._candidates(selector):
            if not isinstance(thing.labels, Unknown) and matches(selector, thing.labels):
                yield thing.number

    def undecided(self) -> Iterator[tuple[int, Unknown]]:
        """What has labels that are not known, and why."""
        for thing in self._unknown:
            if isinstance(thing.labels, Unknown):
                yield thing.number, thing.labels

    def _candidates(self, selector: Mapping[str, Any]) -> list[Labelled]:
        lists = [self._pairs.get(pair, []) for pair in (selector.get("labels") or {}).items()]
        for each in selector.get("expressions") or ():
            if each["operator"] == "In" and len(each["values"]) == 1:
                lists.append(self._pairs.get((each["key"], each["values"][0]), []))
            elif each["operator"] in ("In", "Exists"):
                lists.append(self._keys.get(each["key"], []))
        return min(lists, key=len) if lists else self._all
