"""What a live account shows of copies: recovery points, copy jobs and restore jobs, by the ARN they are of.

The ladder of evidence: planned, copy job (the source account's word that a copy was made), observed (the point was
read). Where records of a place were read, a planned copy without one there does not count. Copied points keep the
time of their source (Developer Guide, "Copy a backup"), so that their age is the age of the data.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from scanner.analysis.copies.observation import POINT_IN_TIME, Observation, Told
from scanner.analysis.copies.places import Place, same
from scanner.graph.columns import Graph
from scanner.model.resource import Plane
from scanner.model.value import Cause, Unknown, Value

_GOOD = frozenset({"COMPLETED", "AVAILABLE"})
_UNSEEN = Unknown("it is planned, and nothing that was read shows a point of it", Cause.OUTSIDE_SCAN)
_HOUR, _DAY = 3600.0, 86400.0


class Record(NamedTuple):
    """One point or job: its form, where it lies, when its data was taken, and what became of it."""

    form: str
    place: Place
    state: str
    taken: datetime.datetime | None
    keep_days: Value
    minutes: Value
    node: int


class Records:
    """The records of a graph; none in one that was read from code."""

    def __init__(self, graph: Graph, now: datetime.datetime) -> None:
        self._graph = graph
        self._now = now
        self._of: dict[str, list[Record]] = {}
        self._read: set[tuple[object, object]] = set()
        for node in graph.nodes("copy_record"):
            record = _record(graph, node)
            source = graph.peek(node, "of")
            if record is not None and isinstance(source, str):
                self._of.setdefault(source, []).append(record)
                if record.form == "point":
                    self._read.add((record.place.account, record.place.region))

    def __bool__(self) -> bool:
        return bool(self._of)

    def seen(self, store: int, planned: Sequence[Observation]) -> list[Observation]:
        """The observations of a store, planned ones held against what was read."""
        if not self._of or self._graph.planes[store] is not Plane.LIVE:
            return list(planned)
        records = self._records(store)
        found = [self._held(each, records) for each in planned]
        shown = [each.place for each in found]
        for record in records:
            if record.form == "point" and not any(same(record.place, place) for place in shown):
                found.append(self._observed(record))
                shown.append(record.place)
        return found

    def _records(self, store: int) -> list[Record]:
        told = self._graph.peek(store, "selectable")
        return self._of.get(str(told.get("arn")), []) if isinstance(told, Mapping) else []

    def _held(self, each: Observation, records: Sequence[Record]) -> Observation:
        """A planned copy, with the newest point or job in its place; what its service keeps by itself as it is."""
        if (
            each.kind != POINT_IN_TIME
            or each.counts is False
            or self._graph.kind(each.source).name != "backup_plan"
        ):
            return each
        for form, evidence in (("point", "observed"), ("copy-job", "copy-job")):
            there = [record for record in records if record.form == form and same(record.place, each.place)]
            good = [record for record in there if record.state in _GOOD]
            if good:
                newest = min(good, key=self._age)
                return replace(each, hours=self._age(newest), keep_days=newest.keep_days, evidence=evidence)
        if (each.place.account, each.place.region) in self._read:
            return replace(each, counts=False, why="planned, but no point of it exists in a vault that was read")
        return replace(each, counts=_UNSEEN, why=_UNSEEN.reason)

    def _observed(self, record: Record) -> Observation:
        good = record.state in _GOOD
        why = "a point that no plan here explains" if good else f"its point is {record.state.lower()}"
        return Observation(
            POINT_IN_TIME,
            record.place,
            "backup-store",
            good,
            why,
            record.node,
            hours=self._age(record),
            keep_days=record.keep_days,
            evidence="observed",
        )

    def _age(self, record: Record) -> float:
        return (self._now - record.taken).total_seconds() / _HOUR if record.taken else float("inf")

    def restored(self, store: int, within_days: float) -> Told:
        """Whether a restore of a store came to a good end lately."""
        jobs = [each for each in self._records(store) if each.form == "restore-job" and each.state == "COMPLETED"]
        return any(self._age(each) * _HOUR <= within_days * _DAY for each in jobs)

    def longest_restore(self, store: int) -> float | None:
        """Hours that the slowest good restore of a store took; None without one."""
        jobs = [each for each in self._records(store) if each.form == "restore-job" and each.state == "COMPLETED"]
        took = [each.minutes / 60 for each in jobs if isinstance(each.minutes, (int, float))]
        return max(took) if took else None


def _record(graph: Graph, node: int) -> Record | None:
    values = {
        name: graph.peek(node, name)
        for name in ("form", "home", "held_in", "state", "taken", "keep_days", "minutes")
    }
    home = values["home"]
    if not isinstance(home, Mapping) or not isinstance(values["form"], str):
        return None
    place = Place("aws", home["account"], home["region"], str(values["held_in"]))
    state = values["state"] if isinstance(values["state"], str) else ""
    return Record(
        values["form"], place, state, _time(values["taken"]), values["keep_days"], values["minutes"], node
    )


def _time(value: Value) -> datetime.datetime | None:
    try:
        found = datetime.datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)
