"""ARN patterns against ARNs that are known only in part.

`*` is zero or more characters that are no white space (AWS Backup Developer Guide, "Assign resources with AWS
CLI"). In an ARN, `{}` stands for a part that is not known and holds neither `:` nor `/`; `{region}` and
`{account}` for the default ones of its root, `{id}` for the digits that AWS gives. In a pattern, `{}` stands for anything.
"""

from __future__ import annotations

from collections.abc import Iterable

HOLE = "\ue000"
_REGION, _ACCOUNT, _PARTITION, _ID = "\ue001", "\ue002", "\ue003", "\ue004"
_ANYTHING = "\ue010"
_TOKENS = {"{region}": _REGION, "{account}": _ACCOUNT, "{partition}": _PARTITION, "{id}": _ID}
_HOLES = frozenset((HOLE, _REGION, _ACCOUNT, _PARTITION, _ID))
_DIGITS = frozenset("0123456789abcdef-*") | {_ANYTHING}
_STOPS = ":/"


def name_of(text: str) -> str:
    """An ARN as it is matched."""
    for token, sign in _TOKENS.items():
        text = text.replace(token, sign)
    return text.replace("{}", HOLE)


def pattern_of(text: str) -> str:
    """A pattern as it is matched."""
    for token, sign in _TOKENS.items():
        text = text.replace(token, sign)
    return text.replace("{}", _ANYTHING)


def matches(pattern: str, name: str) -> bool | None:
    """Whether a pattern fits a name, both as prepared above; None where that cannot be told."""
    if _accepts(pattern, name, certain=True):
        return True
    if _ANYTHING not in pattern and not _HOLES.intersection(name) and not _HOLES.intersection(pattern):
        return False
    return None if _accepts(pattern, name, certain=False) else False


def _accepts(pattern: str, name: str, *, certain: bool) -> bool:
    end = len(pattern)
    return end in _advance(pattern, _closed(pattern, {0}, certain=certain), name, certain=certain)


def _advance(pattern: str, states: set[int], text: str, *, certain: bool) -> set[int]:
    """The places in a pattern that one may stand at after a text."""
    for sign in text:
        if not states:
            return states
        if not certain and sign in _HOLES:
            states = _through_hole(pattern, states, digits=sign == _ID)
        else:
            states = _closed(pattern, set(_step(pattern, states, sign, certain=certain)), certain=certain)
    return states


def _step(pattern: str, states: set[int], sign: str, *, certain: bool) -> Iterable[int]:
    for at in states:
        if at == len(pattern):
            continue
        own = pattern[at]
        if own == "*":
            if not sign.isspace():
                yield at
        elif own == _ANYTHING:
            if not certain:
                yield at
        elif own == sign:
            yield at + 1
        elif not certain and own in _HOLES and sign not in _STOPS:
            yield at
            yield at + 1


def _closed(pattern: str, states: set[int], *, certain: bool) -> set[int]:
    """With the places that are reached without reading anything."""
    found = set(states)
    for at in states:
        here = at
        while here < len(pattern) and _free(pattern[here], certain=certain):
            here += 1
            found.add(here)
    return found


def _free(sign: str, *, certain: bool) -> bool:
    return sign == "*" or (not certain and (sign == _ANYTHING or sign in _HOLES))


def _through_hole(pattern: str, states: set[int], *, digits: bool) -> set[int]:
    """After a part that is not known: it may be any text without `:` and `/`, or any digits."""
    found: set[int] = set()
    for start in states:
        at = start
        found.add(at)
        while at < len(pattern) and (pattern[at] in _DIGITS if digits else pattern[at] not in _STOPS):
            at += 1
            found.add(at)
    return _closed(pattern, found, certain=False)


class Patterns:
    """Many patterns at once: which of them, as bits, fit a name. No name is held against every pattern."""

    def __init__(self) -> None:
        self._all: list[tuple[str, int]] = []
        self._tables: dict[tuple[str, int], tuple[_Tails, _Tails]] = {}
        self._known: dict[str, tuple[int, int]] = {}

    def add(self, pattern: str, bit: int) -> None:
        self._all.append((pattern_of(pattern), bit))

    def fitting(self, arn: str) -> tuple[int, int]:
        """Bits of the patterns that surely fit, and of those that may."""
        if not self._all:
            return 0, 0
        name = name_of(arn)
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._fitting(name)
        return found

    def _fitting(self, name: str) -> tuple[int, int]:
        head, tail = _split(name)
        key = (head, tail.count(":"))
        tables = self._tables.get(key)
        if tables is None:
            tables = self._tables[key] = (self._tails(*key, certain=True), self._tails(*key, certain=False))
        return tables[0].fitting(tail), tables[1].fitting(tail)

    def _tails(self, head: str, colons: int, *, certain: bool) -> _Tails:
        tails = _Tails(certain=certain)
        for pattern, bit in self._all:
            states = _advance(pattern, _closed(pattern, {0}, certain=certain), head, certain=certain)
            rests = {pattern[at:] for at in states}
            if any(rest and not rest.strip("*") for rest in rests):
                rests = {"*"}
            for rest in rests:
                if rest.count(":") <= colons:
                    tails.add(rest, bit)
        return tails


def _split(name: str) -> tuple[str, str]:
    """`arn:PARTITION:SERVICE:REGION:ACCOUNT:` and what follows it."""
    parts = name.split(":", 5)
    return (":".join(parts[:5]) + ":", parts[5]) if len(parts) == 6 else ("", name)


class _Tails:
    """What is left of patterns after one beginning of ARNs, found by what it begins with."""

    def __init__(self, *, certain: bool) -> None:
        self._certain = certain
        self._exact: dict[str, int] = {}
        self._begins: dict[int, dict[str, int]] = {}
        self._other: dict[int, dict[str, list[tuple[str, int]]]] = {}
        self._rests: list[tuple[str, int]] = []

    def add(self, rest: str, bit: int) -> None:
        self._rests.append((rest, bit))
        loose = next((at for at, sign in enumerate(rest) if sign == "*" or sign >= HOLE), None)
        if loose is None:
            self._exact[rest] = self._exact.get(rest, 0) | bit
        elif rest[loose:] == "*":
            group = self._begins.setdefault(loose, {})
            group[rest[:loose]] = group.get(rest[:loose], 0) | bit
        else:
            self._other.setdefault(loose, {}).setdefault(rest[:loose], []).append((rest, bit))

    def fitting(self, tail: str) -> int:
        if any(sign >= HOLE for sign in tail):
            return self._one_by_one(tail)
        found = self._exact.get(tail, 0)
        for length, group in self._begins.items():
            found |= group.get(tail[:length], 0) if len(tail) >= length else 0
        for length, lists in self._other.items():
            for rest, bit in lists.get(tail[:length], ()):
                if found & bit != bit and _accepts(rest, tail, certain=self._certain):
                    found |= bit
        return found

    def _one_by_one(self, tail: str) -> int:
        found = 0
        for rest, bit in self._rests:
            if found & bit != bit and _accepts(rest, tail, certain=self._certain):
                found |= bit
        return found
