"""ARN patterns against ARNs that are known only in part.

`*` is zero or more characters that are no white space (AWS Backup Developer Guide, "Assign resources with AWS
CLI"). In an ARN, `{}` stands for a part that is not known and holds neither `:` nor `/`; `{region}` and
`{account}` for the default ones of its root, `{id}` for the digits that AWS gives. In a pattern, `{}` stands for
anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

HOLE = "\ue000"
_REGION, _ACCOUNT, _PARTITION, _ID = "\ue001", "\ue002", "\ue003", "\ue004"
_ANYTHING = "\ue010"
_TOKENS = {"{region}": _REGION, "{account}": _ACCOUNT, "{partition}": _PARTITION, "{id}": _ID}
_SIGNS = re.compile("[\ue000-\ue010]")
_SPACE = re.compile(r"\s")
_HOLES = frozenset((HOLE, _REGION, _ACCOUNT, _PARTITION, _ID))
_DIGITS = frozenset("0123456789abcdef-*") | {_ANYTHING}
_STOPS = ":/"


def written(text: str) -> str:
    """A text for people: partitions as they mostly are, other parts that are not known as dots."""
    text = text.replace("{partition}", "aws")
    for token in ("{region}", "{account}", "{id}", "{}"):
        text = text.replace(token, "...")
    return text


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
        self._tables: dict[tuple[str, int], tuple[Tails, Tails]] = {}
        self._known: dict[str, tuple[int, int]] = {}

    def add(self, pattern: str, bit: int) -> None:
        self._all.append((pattern_of(pattern), bit))

    def fitting(self, arn: str) -> tuple[int, int]:
        """Bits of the patterns that surely fit, and of those that may."""
        if not self._all:
            return 0, 0
        found = self._known.get(arn)
        if found is None:
            found = self._known[arn] = self._fitting(name_of(arn))
        return found

    def _fitting(self, name: str) -> tuple[int, int]:
        head, tail = _split(name)
        key = (head, tail.count(":"))
        tables = self._tables.get(key)
        if tables is None:
            tables = self._tables[key] = self._made(*key)
        surely = tables[0].fitting(tail)
        if not _special(tail):
            return surely, surely | tables[1].fitting(tail)
        return surely, surely | tables[0].fitting(tail, certain=False) | tables[1].fitting(tail, certain=False)

    def _made(self, head: str, colons: int) -> tuple[Tails, Tails]:
        """What is left of patterns after a head: of those that fit it surely, and of those that may besides."""
        surely, perhaps = Tails(), Tails()
        for pattern, bit in self._all:
            certain = _rests(pattern, head, colons, certain=True)
            for rest in certain:
                surely.add(rest, bit)
            if _special(pattern) or _special(head):
                for rest in _rests(pattern, head, colons, certain=False):
                    if rest not in certain or _special(rest):
                        perhaps.add(rest, bit, certain=False)
        return surely, perhaps


def _rests(pattern: str, head: str, colons: int, *, certain: bool) -> set[str]:
    states = _advance(pattern, _closed(pattern, {0}, certain=certain), head, certain=certain)
    rests = {pattern[at:] for at in states}
    if any(rest and not rest.strip("*") for rest in rests):
        return {"*"}
    return {rest for rest in rests if rest.count(":") <= colons}


def _split(name: str) -> tuple[str, str]:
    """`arn:PARTITION:SERVICE:REGION:ACCOUNT:` and what follows it."""
    parts = name.split(":", 5)
    return (":".join(parts[:5]) + ":", parts[5]) if len(parts) == 6 else ("", name)


def _special(text: str) -> bool:
    return not text.isascii() and _SIGNS.search(text) is not None


class Tails:
    """Patterns found by how they begin and end, so that a text meets only those that could fit it."""

    def __init__(self) -> None:
        self._exact: dict[str, int] = {}
        self._ends: dict[tuple[int, int], dict[tuple[str, str], list[tuple[re.Pattern[str] | None, int]]]] = {}
        self._rests: list[tuple[str, int]] = []
        self._odd: list[tuple[str, int]] = []  # with parts that are not known

    def add(self, pattern: str, bit: int, *, certain: bool = True) -> None:
        """Take in a pattern, as `pattern_of` makes it; `certain`: what is not known in it fits nothing."""
        self._rests.append((pattern, bit))
        first = pattern.find("*")
        if _special(pattern):
            if not certain:
                self._odd.append((pattern, bit))
        elif first < 0:
            self._exact[pattern] = self._exact.get(pattern, 0) | bit
        else:
            last = pattern.rindex("*")
            middle = pattern[first : last + 1]
            fits = None if middle == "*" else re.compile(r"\S*".join(map(re.escape, pattern.split("*"))))
            group = self._ends.setdefault((first, len(pattern) - last - 1), {})
            group.setdefault((pattern[:first], pattern[last + 1 :]), []).append((fits, bit))

    def fitting(self, text: str, *, certain: bool = True) -> int:
        """Bits of the patterns that fit a text."""
        if _special(text) or _SPACE.search(text):
            return _one_by_one(self._rests, text, certain=certain)
        found = self._exact.get(text, 0)
        length = len(text)
        for (lead, end), group in self._ends.items():
            if lead + end <= length:
                for fits, bit in group.get((text[:lead], text[length - end :]), ()):
                    if fits is None or fits.fullmatch(text):
                        found |= bit
        return found | _one_by_one(self._odd, text, certain=False) if self._odd else found


def _one_by_one(patterns: Iterable[tuple[str, int]], text: str, *, certain: bool) -> int:
    found = 0
    for pattern, bit in patterns:
        if found & bit != bit and _accepts(pattern, text, certain=certain):
            found |= bit
    return found
