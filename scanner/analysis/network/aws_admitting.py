"""Whether the security groups of two ends may let a session through at all, told by class.

Of an estate's pairs of ends nearly all are kept apart by their groups, and few groups differ in what they let
through. Ends whose groups let the same through, whoever the other end is, are one class; pairs of classes are
looked at once. Ends whose groups ask who the other end is (by group, or by a list that AWS keeps), or are not
known, are each a class of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from scanner.analysis.network.atoms import ANYTHING, EVERYWHERE, Ranges
from scanner.analysis.network.aws_filters import load_of, rule_connections, through_groups
from scanner.analysis.network.aws_points import Point
from scanner.analysis.network.aws_world import Group, World, parsed
from scanner.model.value import Unknown, Value

Openings = frozenset[tuple[Ranges, Ranges]]  # addresses of the other end, and connections

_UNFILTERED: Openings = frozenset({(EVERYWHERE, ANYTHING)})


class Admitting:
    """Asks about ends of one world, hopefully: what is unknown lets through."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._openings: dict[tuple[object, ...], Openings | None] = {}
        self._classes: dict[object, object] = {}
        self._told: dict[tuple[object, object], bool] = {}

    def sending(self, ends: Sequence[object]) -> tuple[object, ...]:
        """The classes of ends as senders; None for one that nothing filters, as it lies outside."""
        return tuple(self._class(each, "out") if isinstance(each, Point) else None for each in ends)

    def taking(self, doors: Sequence[Point]) -> tuple[object, ...]:
        """The classes of ends as receivers."""
        return tuple(self._class(each, "in") for each in doors)

    def admitted(self, sending: Sequence[object], taking: Sequence[object]) -> bool:
        """Whether one of some senders gets through to one of some receivers, all by their classes."""
        return any(self._pair(one, other) for one in sending for other in taking)

    def _class(self, point: Point, way: str) -> object:
        """An example of the points that are alike."""
        openings = self._opened(point, way)
        key = (way, id(point)) if openings is None else (way, openings, point.addresses, point.held)
        return self._classes.setdefault(key, (point, openings))

    def _pair(self, sender: object, receiver: object) -> bool:
        if sender is None:
            return True
        key = (id(sender), id(receiver))
        found = self._told.get(key)
        if found is None:
            found = self._told[key] = self._lets(*sender, *receiver)  # type: ignore[misc]  # both as _class makes them
        return found

    def _lets(self, end: Point, lets: Openings | None, door: Point, takes: Openings | None) -> bool:
        load = load_of(end.addresses, door.addresses, door.held)
        if lets is None or takes is None:
            for point, other, way in ((end, door, "out"), (door, end, "in")):
                if point.groups is not None and load:
                    passed = through_groups(
                        self._world, point.groups, point.why, way, load, other.peer(), hope=True
                    )
                    load = passed.load
            return bool(load)
        return bool(load) and any(
            bool(to & door.addresses and start & end.addresses and over & through & door.held)
            for to, over in lets
            for start, through in takes
        )

    def _opened(self, point: Point, way: str) -> Openings | None:
        """What the groups of a point let through, whoever the other end is; None where they ask."""
        if point.groups is None:
            return _UNFILTERED
        if point.why is not None or any(each.why is not None for each in point.groups):
            return None
        key = (way, *map(id, point.groups))
        if key not in self._openings:
            found = [self._opening(rule) for group in point.groups for rule in _of(group, way)]
            known = [each for each in found if each is not None]
            self._openings[key] = frozenset(known) if len(known) == len(found) else None
        return self._openings[key]

    def _opening(self, rule: Value) -> tuple[Ranges, Ranges] | None:
        """The addresses and connections of a rule; None where it hangs on who the other end is."""
        if not isinstance(rule["groups"], list) or rule["groups"] or not isinstance(rule["cidrs"], list):
            return None
        addresses, lost = parsed(rule["cidrs"])
        return None if lost else (addresses, rule_connections(rule)[0])


def _of(group: Group, way: str) -> list[Value]:
    """The rules of a group that may speak of one direction."""
    return [
        rule
        for rule in group.rules
        if not isinstance(rule, Unknown) and (isinstance(rule["direction"], Unknown) or rule["direction"] == way)
    ]
