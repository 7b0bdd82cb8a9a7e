"""Ways to more power that only the head has: to administration, and from one principal to another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.analysis.access.escalation import DIRECT, Escalations, Way
from scanner.cli.ask.places import Places
from scanner.cli.diff.change import ADMIN, WAY, Entry, Place
from scanner.cli.diff.pairs import Pairs
from scanner.cli.diff.reach import called, declared, held_by
from scanner.cli.diff.sides import Sides
from scanner.model.finding import Severity
from scanner.model.location import Location

_ORDER = ("no", "unknown", "conditional", "yes")
_SEVERITY = {"yes": Severity.CRITICAL, "conditional": Severity.HIGH, "unknown": Severity.HIGH}
_HOW = {
    "yes": "can become an administrator",
    "conditional": "can become an administrator, under conditions",
    "unknown": "may be able to become an administrator",
}


def new_ways(sides: Sides, pairs: Pairs) -> Iterator[Entry]:
    """One entry for each principal that is nearer to administration, one for each further new way."""
    if not any(
        sides.head.asked.graph.nodes(kind)
        for kind in ("role", "user", "group", "service_account", "permission_set")
    ):
        return
    after = Escalations(sides.head.asked.graph, sides.head.config.complete)
    before = Escalations(sides.base.asked.graph, sides.base.config.complete)
    writer = _Writer(sides, after)
    asked = {*before.principals()}
    for index in after.principals():
        old = pairs.base_of.get(index)
        was = before.admin(old) if old in asked else "no"
        now = after.admin(index)
        ways = after.ways(index)
        if _ORDER.index(now) > _ORDER.index(was):
            yield writer.admin(index, now, was, ways, new=old is None)
            continue
        known = {(way.id, pairs.name(before.reached(way))) for way in (before.ways(old) if old in asked else ())}
        for way in ways:
            if way.id.startswith("k8s-"):
                continue  # a right of the account, which is told as such
            if way.id != DIRECT and (way.id, after.reached(way)) not in known:
                yield writer.way(index, way, new=old is None)


class _Writer:
    """Words and places of entries."""

    def __init__(self, sides: Sides, found: Escalations) -> None:
        self.sides = sides
        self.found = found
        self.graph = sides.head.asked.graph
        self.places = Places(sides.head.asked)

    def admin(self, index: int, now: str, was: str, ways: list[Way], *, new: bool) -> Entry:
        leading = next((way for way in ways if self.found.reached(way) == "admin"), ways[0] if ways else None)
        direct = leading is not None and leading.id == DIRECT
        how = "is an administrator" if direct and now == "yes" else _HOW[now]
        by = f" by {leading.id}" if leading is not None and not direct else ""
        name = called(self.graph, index)
        told = f"{name} (new)" if new else name
        reason = "" if now != "unknown" else self._why(index, leading)
        place, details = self._way(leading)
        details |= {"admin": now, "before": was, "conditions": self.found.conditions(leading) if leading else []}
        return Entry(
            ADMIN,
            _SEVERITY[now],
            f"{told} {how}{by}",
            self._id(index),
            place,
            now != "unknown",
            reason,
            details,
            name,
        )

    def way(self, index: int, way: Way, *, new: bool) -> Entry:
        name = called(self.graph, index)
        told = f"{name} (new)" if new else name
        reached = self.found.reached(way)
        target = called(self.graph, way.reaches) if way.reaches >= 0 else reached
        certain = way.fact.standing.name.lower() != "unknown"
        conditions = self.found.conditions(way)
        message = f"{told} {'can' if certain else 'may be able to'} come to {target} by {way.id}"
        place, details = self._way(way)
        details |= {"reaches": reached, "conditions": conditions}
        reason = "" if certain else "; ".join(conditions)
        return Entry(WAY, Severity.MEDIUM, message, self._id(index), place, certain, reason, details, name)

    def _why(self, index: int, way: Way | None) -> str:
        return self.found.why_unknown(index) or ("; ".join(self.found.conditions(way)) if way is not None else "")

    def _way(self, way: Way | None) -> tuple[Place, dict[str, Any]]:
        """The step of a way that the change wrote, and all steps."""
        steps, places = [], []
        for step in way.steps if way is not None else ():
            told = self.places.source(step.source) if step.source is not None else None
            location = told["location"] if told else None
            target = self._id(step.target) if isinstance(step.target, int) else step.target
            steps.append(
                {"node": self._id(step.node), "action": step.action, "target": target, "location": location}
            )
            if told and location:
                places.append(Place(Location(**location), "head", told["statement"]))
        head = self.sides.head
        for step in way.steps if way is not None else ():
            places += held_by(head, step.node, step.source.node if step.source is not None else None)
        for step in way.steps[:1] if way is not None else ():
            places += declared(head, step.node)
        return self.sides.lines.chosen(places), {"id": way.id if way is not None else None, "path": steps}

    def _id(self, index: int) -> str:
        return str(self.graph.addresses[index])
