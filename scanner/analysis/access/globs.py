"""Which of several patterns one text can fit at once: every combination that some text reaches, with that text.

A pattern is a tuple of tokens: a set of characters (one of them stands there), ANY and ANY_BUT_COLON (one
character), MANY and MANY_BUT_COLON (any number). All patterns run side by side as one bit-parallel automaton,
whose states are integers; from each state only the characters that some pattern waits for are tried, and one
that none of them names, for all others."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

ANY, ANY_BUT_COLON, MANY, MANY_BUT_COLON = "any", "any but colon", "many", "many but colon"
_MANY = (MANY, MANY_BUT_COLON)
Token = str | frozenset[str]
Pattern = tuple[Token, ...]
Vectors = tuple[tuple[int, str], ...]  # (which patterns fit, a text that fits these and no others)

# `${*}` and `${?}` in a policy mean the signs themselves (IAM User Guide, "Policy variables").
STAR, QUESTION = "\uf8f0", "\uf8f1"
MOST_STATES = 20_000
_OTHERS = "xzqkvwyjuhgbfdpnmlcrtosiea0123456789-_XZQKVWYJ~^%#"


class TooMany(Exception):
    """The patterns combine in more ways than are followed."""


@lru_cache(maxsize=65536)
def tokens(text: str, *, crossing: bool = True) -> Pattern:
    """The tokens of a glob; `*` and `?` stand for colons only with `crossing`."""
    many, one = (MANY, ANY) if crossing else (MANY_BUT_COLON, ANY_BUT_COLON)
    found: list[Token] = []
    for sign in text:
        if sign == "*":
            if not found or found[-1] is not many:
                found.append(many)
        elif sign == "?":
            found.append(one)
        else:
            found.append(frozenset(sign))
    return tuple(found)


def joined(found: Iterable[Token]) -> Pattern:
    """Tokens one after the other; of several in a row that mean any number, the widest."""
    held: list[Token] = []
    for token in found:
        if held and held[-1] in _MANY and token in _MANY:
            held[-1] = MANY if MANY in (held[-1], token) else token
        else:
            held.append(token)
    return tuple(held)


def literal(text: str, *, fold: bool = False) -> Pattern:
    """The tokens of a plain text; with `fold` whatever its case."""
    if fold:
        return tuple(frozenset((sign.lower(), sign.upper())) for sign in text)
    return tuple(frozenset(sign) for sign in text)


class _Machine:
    """All patterns side by side: one bit per position of each."""

    def __init__(self, patterns: tuple[Pattern, ...]) -> None:
        self.any = self.any_but_colon = self.many = self.many_but_colon = self.start = 0
        self.waiting: dict[str, int] = {}
        self.ends: list[int] = []
        at = 0
        for pattern in patterns:
            self.start |= 1 << at
            for token in pattern:
                self._add(token, 1 << at)
                at += 1
            self.ends.append(1 << at)
            at += 1
        self.final = sum(self.ends)

    def _add(self, token: Token, bit: int) -> None:
        if token is ANY:
            self.any |= bit
        elif token is ANY_BUT_COLON:
            self.any_but_colon |= bit
        elif token is MANY:
            self.many |= bit
        elif token is MANY_BUT_COLON:
            self.many_but_colon |= bit
        else:
            for sign in token:
                self.waiting[sign] = self.waiting.get(sign, 0) | bit

    def skip(self, state: int) -> int:
        """What is reached without a character: past each MANY (two in a row of different kinds: twice)."""
        state |= (state & (self.many | self.many_but_colon)) << 1
        return state | (state & (self.many | self.many_but_colon)) << 1

    def step(self, state: int, sign: str) -> int:
        moving = state & (self.waiting.get(sign, 0) | self.any)
        staying = state & self.many
        if sign != ":":
            moving |= state & self.any_but_colon
            staying |= state & self.many_but_colon
        return self.skip((moving << 1) | staying)

    def accepts(self, state: int) -> int:
        hit = state & self.final
        found = 0
        if hit:
            for at, end in enumerate(self.ends):
                if hit & end:
                    found |= 1 << at
        return found


@lru_cache(maxsize=65536)
def vectors(patterns: tuple[Pattern, ...], *, colons: bool = True) -> Vectors:
    """Every combination of patterns that a text fits; texts hold colons only with `colons`.

    Raises TooMany past MOST_STATES states.
    """
    machine = _Machine(patterns)
    signs = sorted(sign for sign in machine.waiting if colons or sign != ":")
    other = next((sign for sign in _OTHERS if sign not in machine.waiting), "\uf8ff")
    tried = [*signs, other] if ":" in signs or not colons else [*signs, other, ":"]
    start = machine.skip(machine.start)
    seen = {start}
    queue = [(start, "")]
    found: dict[int, str] = {}
    choosy = machine.any_but_colon | machine.many_but_colon
    for state, text in queue:  # grows while it is walked: breadth first, so texts are short
        mask = machine.accepts(state)
        if not found.get(mask):  # an empty text gives way to a longer one
            found[mask] = text
        for sign in tried:
            if sign == ":":
                if not state & (machine.waiting.get(sign, 0) | choosy):
                    continue
            elif sign is not other and not state & machine.waiting[sign]:
                continue
            after = machine.step(state, sign)
            if after not in seen:
                seen.add(after)
                queue.append((after, text + sign))
        if len(seen) > MOST_STATES:
            raise TooMany
    return tuple(found.items())


def fits(pattern: Pattern, text: str) -> bool:
    """Whether a text fits a pattern."""
    machine = _machine(pattern)
    state = machine.skip(machine.start)
    for sign in text:
        state = machine.step(state, sign)
        if not state:
            return False
    return bool(machine.accepts(state))


@lru_cache(maxsize=4096)
def _machine(pattern: Pattern) -> _Machine:
    return _Machine((pattern,))
