"""Where a copy lies: provider, account, region, and the store inside them."""

from __future__ import annotations

from typing import NamedTuple

from scanner.model.value import Unknown, Value


class Default(NamedTuple):
    """The account or region of whoever applies a root: the same thing all over that root, and not known."""

    root: str


# A part of a place: known, whatever its root is applied with, unknown, or "" where a service has none.
Part = str | Default | Unknown


class Place(NamedTuple):
    """One place that may hold a copy. `store` is `native:SERVICE`, `vault:NAME`, `bucket:NAME`, ..."""

    provider: str
    account: Part
    region: Part
    store: Part


def part(value: Value, root: str) -> Part:
    """A scope's account or region as a part of a place; None is the default of its root."""
    if isinstance(value, (str, Unknown)):
        return value
    return Default(root)


def same_part(left: Part, right: Part) -> bool | None:
    """Whether two parts are the same; None where that cannot be told."""
    if left is right:
        return True
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    if isinstance(left, Default) or isinstance(right, Default):
        return True if isinstance(left, Default) and isinstance(right, Default) and left == right else None
    return left == right


def same(left: Place, right: Place) -> bool | None:
    """Whether two places are one; None where that cannot be told."""
    if left.provider != right.provider:
        return False
    told = [same_part(a, b) for a, b in zip(left[1:], right[1:], strict=True)]
    if False in told:
        return False
    return None if None in told else True


def fewest(places: list[Place]) -> int:
    """How many of these are surely different from each other, at least."""
    found: list[Place] = []
    known = sorted(places, key=_vague)
    for place in known:
        if all(same(place, other) is False for other in found):
            found.append(place)
    return len(found)


def most(places: list[Place]) -> int:
    """How many of these may be different from each other, at most."""
    found: list[Place] = []
    for place in places:
        if not any(same(place, other) for other in found):
            found.append(place)
    return len(found)


def _vague(place: Place) -> int:
    return sum(not isinstance(each, str) for each in place[1:])


def shown(value: Part) -> str | None:
    """A part as reports write it: null where it is not known or the default."""
    return value if isinstance(value, str) else None


def why_unknown(*parts: Part) -> Unknown | None:
    """The first unknown among the parts."""
    return next((each for each in parts if isinstance(each, Unknown)), None)
