"""Conditions: what one clause says of one key, and every way in which the clauses on a key can hold together.

Semantics: IAM User Guide, "IAM JSON policy elements: Condition operators", "Multivalued context keys" and
"Evaluation logic for conditions": operators and keys are ANDed, values ORed (negated operators: NORed); a
missing key makes positive operators false, negated ones true, `...IfExists` true, `ForAllValues` true,
`ForAnyValue` false."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from scanner.analysis.access import globs
from scanner.analysis.access.comparisons import FAMILIES, candidates, compare

# A context value: text, several texts, or None where the key is absent.
Held = str | tuple[str, ...] | None

_OPERATOR = re.compile(r"^(?:(foranyvalue|forallvalues):)?([a-z]+?)(ifexists)?$")
# In every request (IAM User Guide, "AWS global condition context keys", availability).
PRESENT = frozenset({"aws:currenttime", "aws:epochtime", "aws:securetransport", "aws:requestedregion"})


class Clause(NamedTuple):
    """One operator on one key: `family` of comparison, `negated`, its qualifier ("", "any", "all")."""

    key: str
    family: str
    negated: bool
    qualifier: str
    if_exists: bool
    values: tuple[str, ...]
    text: str  # for people


def clause(operator: str, key: str, values: Sequence[str]) -> Clause | None:
    """A clause from its parts; None where there is no such operator."""
    found = _OPERATOR.match(operator.lower())
    if found is None or found.group(2) not in FAMILIES:
        return None
    family, negated = FAMILIES[found.group(2)]
    qualifier = {"foranyvalue": "any", "forallvalues": "all"}.get(found.group(1) or "", "")
    shown = " or ".join(values) if values else "nothing"
    return Clause(
        key.lower(),
        family,
        negated,
        qualifier,
        found.group(3) is not None,
        tuple(values),
        f"{operator} {key} {shown}",
    )


def is_operator(text: str) -> bool:
    """Whether there is such a condition operator."""
    found = _OPERATOR.match(text.lower())
    return found is not None and found.group(2) in FAMILIES


def holds(one: Clause, held: Held) -> bool:
    """Whether a clause holds where its key has this value."""
    if one.family == "null":
        absent = held is None or held == ()
        return any(value.lower() == ("true" if absent else "false") for value in one.values)
    if held is None or held == ():
        if one.qualifier:
            return one.qualifier == "all" or one.if_exists
        return one.negated or one.if_exists
    listed = (held,) if isinstance(held, str) else held
    return _combined(one, [single(one, each) for each in listed])


def single(one: Clause, value: str) -> bool:
    """Whether a clause holds of one value alone."""
    return compare(one.family, value, one.values) is not one.negated


def _combined(one: Clause, held: Iterable[bool]) -> bool:
    return all(held) if _needs_all(one) else any(held)


def _needs_all(one: Clause) -> bool:
    """Whether every value must pass: ForAllValues, and a plain negated operator (no value may be a listed one)."""
    return one.qualifier == "all" or (not one.qualifier and one.negated)


@lru_cache(maxsize=16384)
def ways(clauses: tuple[Clause, ...]) -> tuple[tuple[int, Held], ...]:
    """Every combination (as bits) of clauses on one key that some value of it makes hold, with that value.

    Raises globs.TooMany.
    """
    found: dict[int, Held] = {}
    for value in [*_values(clauses), *_absent(clauses[0].key)]:
        mask = sum(1 << n for n, each in enumerate(clauses) if holds(each, value))
        found.setdefault(mask, value)
    return tuple(found.items())


def _absent(key: str) -> tuple[None, ...]:
    return () if key in PRESENT else (None,)


def _values(clauses: tuple[Clause, ...]) -> list[Held]:
    singles = candidates(tuple((each.family, each.values) for each in clauses))
    if not any(each.qualifier for each in clauses):
        return list(singles)
    return _sets(clauses, singles)


def _sets(clauses: tuple[Clause, ...], singles: Sequence[str]) -> list[Held]:
    """Sets of values that reach every combination: unions of singles, each kept by what it makes hold."""
    compared = [each for each in clauses if each.family != "null"]
    every = sum(1 << n for n, each in enumerate(compared) if _needs_all(each))
    basis: dict[int, tuple[str, ...]] = {}
    for value in singles:
        mask = sum(1 << n for n, each in enumerate(compared) if single(each, value))
        basis.setdefault(mask, (value,))
    found = dict(basis)
    queue = list(found)
    for mask in queue:  # grows while it is walked
        for other, values in basis.items():
            joined = (mask & other & every) | ((mask | other) & ~every)
            if joined not in found:
                found[joined] = tuple(dict.fromkeys((*found[mask], *values)))
                queue.append(joined)
        if len(found) > globs.MOST_STATES:
            raise globs.TooMany
    return list(found.values())
