"""What a live account shows of copies: recovery points, copy jobs and restore jobs, by the ARN they are of.

The ladder of evidence: planned, copy job (the source account's word that a copy was made), observed (the point was
read). A planned copy without a point does not count where its vaults were read; where they were not it is unknown,
unless a copy job came to a good end. Copied points keep the time of their source (Developer Guide, "Copy a
backup"), so that their age is the age of the data.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from scanner.analysis.copies.clock import Clock, moment
from scanner.analysis.copies.observation import POINT_IN_TIME, Fault, Observation, Told
from scanner.analysis.copies.places import Place, same
from scanner.analysis.copies.vaults import key_fault
from scanner.analysis.worlds import backups_read
from scanner.graph.columns import Graph
from scanner.model.resource import Plane
from scanner.model.value import Cause, Unknown, Value

_GOOD = frozenset({"COMPLETED", "AVAILABLE"})
_TESTS = Unknown("restores may be tried by what is not part of this scan", Cause.OUTSIDE_SCAN)
_HOUR, _DAY = 3600.0, 86400.0
_POINTS, _COPIES, _RESTORES = "aws_backup_recovery_point", "aws_backup_copy_job", "aws_backup_restore_job"
_CONTINUOUS = 1.0  # hours: what lies no further behind is made without end


class Record(NamedTuple):
    """One point or job: its form, where it lies, when its data was taken, and what became of it."""

    form: str
    place: Place
    state: str
    taken: datetime.datetime | None
    keep_days: Value
    minutes: Value
    node: int
    told: str
    fault: Fault  # why nothing can be restored of it
    held: Value = None  # a legal hold keeps it from being deleted

    @property
    def good(self) -> bool:
        return self.state in _GOOD and self.fault == ""


class Records:
    """The records of a graph; none in one that was read from code."""

    def __init__(self, graph: Graph, clock: Clock) -> None:
        self._graph = graph
        self._clock = clock
        self._of: dict[str, list[Record]] = {}
        self._unread: dict[tuple[object, object], Unknown | None] = {}
        self._vaulted: dict[int, bool] = {}
        self._homes = {_home(graph, each) for each in graph.nodes("backup_vault") if _live(graph, each)}
        for node in graph.nodes("copy_record"):
            record = _record(graph, node)
            source = graph.peek(node, "of")
            if record is not None and isinstance(source, str):
                self._of.setdefault(source, []).append(record)

    def seen(self, store: int, planned: Sequence[Observation]) -> Sequence[Observation]:
        """The observations of a store, planned ones held against what was read; as planned where the store is
        known from code alone."""
        if not _live(self._graph, store):
            return planned
        records = self._records(store)
        if not records and not planned:
            return planned
        found = [self._held(each, records) for each in planned]
        shown = [each.place for each in found]
        points = sorted((each for each in records if each.form == "point"), key=self._age)
        for record in sorted(points, key=lambda each: not each.good):  # the newest good one stands for its place
            if not any(same(record.place, place) for place in shown):
                found.append(self._observed(record))
                shown.append(record.place)
        return found

    def _records(self, store: int) -> list[Record]:
        told = self._graph.peek(store, "selectable")
        return self._of.get(str(told.get("arn")), []) if isinstance(told, Mapping) else []

    def _held(self, each: Observation, records: Sequence[Record]) -> Observation:
        """A planned copy, with the newest point or job in its place; what no vault holds as it is."""
        if each.kind != POINT_IN_TIME or each.counts is False or not self._of_vault(each.source):
            return each
        there = [record for record in records if same(record.place, each.place)]
        for form, evidence in (("point", "observed"), ("copy-job", "copy-job")):
            made = [record for record in there if record.form == form]
            good = [record for record in made if record.good]
            if good:
                return self._made(each, min(good, key=self._age), evidence)
            if made and form == "point":
                return self._rejected(each, min(made, key=self._age))
        failed = self._last_failure([record for record in there if record.form == "copy-job"])
        unread = self._why_unread(each.place)
        if unread is None:
            why = "planned, but the vaults of its Region and account were read and hold no point of it"
            return replace(each, counts=False, why=why + failed)
        told = Unknown(f"planned, and not seen: {unread.reason}{failed}", Cause.OUTSIDE_SCAN)
        return replace(each, counts=told, why=told.reason)

    def _made(self, each: Observation, newest: Record, evidence: str) -> Observation:
        age = self._age(newest)
        if newest.state == "AVAILABLE" and isinstance(each.hours, float) and each.hours < _CONTINUOUS:
            age = each.hours  # one point that is extended for ever: its date is that of its beginning
        also = "" if evidence == "observed" else "; a copy job tells, its vault was not read"
        return replace(each, hours=age, keep_days=newest.keep_days, evidence=evidence, why=each.why + also,
                       lock=_lock(newest, each.lock))  # fmt: skip

    def _rejected(self, each: Observation, newest: Record) -> Observation:
        """A place that holds only what cannot be restored."""
        if newest.state in _GOOD and isinstance(newest.fault, Unknown):
            return replace(each, counts=newest.fault, why=newest.fault.reason, evidence="observed")
        return replace(each, counts=False, why=_wrong(newest), evidence="observed")

    def _last_failure(self, jobs: Sequence[Record]) -> str:
        bad = [each for each in jobs if each.state not in (*_GOOD, "CREATED", "PENDING", "RUNNING")]
        if not bad:
            return ""
        last = min(bad, key=self._age)
        when = f" on {last.taken:%Y-%m-%d}" if last.taken else ""
        return f"; its last copy job{when} ended as {last.state.lower()}" + (f": {last.told}" if last.told else "")

    def _observed(self, record: Record) -> Observation:
        counts: Told = record.good
        if record.state in _GOOD and isinstance(record.fault, Unknown):
            counts = record.fault
        return Observation(
            POINT_IN_TIME, record.place, "backup-store", counts,
            "a point that no plan here explains" if counts is True else _wrong(record), record.node,
            hours=self._age(record), keep_days=record.keep_days, evidence="observed", lock=_lock(record, ""),
        )  # fmt: skip

    def _of_vault(self, plan: int) -> bool:
        """Whether a plan keeps what it makes in vaults, so that recovery points show it."""
        known = self._vaulted.get(plan)
        if known is None:
            kind = self._graph.kind(plan).name
            rules = self._graph.peek(plan, "rules") if kind == "backup_plan" else None
            known = isinstance(rules, list) and any(
                isinstance(rule, Mapping) and rule.get("vault") is not None for rule in rules
            )
            self._vaulted[plan] = known
        return known

    def _why_unread(self, place: Place) -> Unknown | None:
        """Why a point may lie there and was not seen; None where all vaults of the place were read."""
        key = (_part(place.account), _part(place.region))
        if key not in self._unread:
            self._unread[key] = self._reason(*key)
        return self._unread[key]

    def _reason(self, account: str | None, region: str | None) -> Unknown | None:
        if account is None or region is None:
            return Unknown("where its vault lies is not known", Cause.OUTSIDE_SCAN)
        why = self._graph.unread.get((account, region, _POINTS))
        if why is not None:
            return why
        if (account, region) in self._homes or (account, region, "backup") in self._graph.read_whole:
            return None
        return Unknown(f"the vaults of account {account} in {region} were not read", Cause.OUTSIDE_SCAN)

    def _age(self, record: Record) -> float:
        """Hours from the time of its data to that of the audit."""
        read = self._clock.of(record.node)
        return (read - record.taken).total_seconds() / _HOUR if record.taken else float("inf")

    # restores

    def restored(self, store: int, within_days: float) -> Told:
        """Whether a restore of a store came to a good end lately; unknown where nothing tells of restores."""
        if not _live(self._graph, store):
            return _TESTS
        if any(self._age(each) * _HOUR <= within_days * _DAY for each in self._restores(store)):
            return True
        return self._why_untold(store)

    def _restores(self, store: int) -> list[Record]:
        jobs = self._records(store)
        return [each for each in jobs if each.form == "restore-job" and each.state == "COMPLETED"]

    def _why_untold(self, store: int) -> Told:
        account, region = (_part(self._graph.peek(store, name)) for name in ("account", "region"))
        why = self._graph.unread.get((str(account), region, _RESTORES))
        if why is not None:
            return why
        return False if backups_read(self._graph, store) else _TESTS

    def longest_restore(self, store: int) -> float | None:
        """Hours that the slowest good restore of a store took; None without one."""
        if not self._of:
            return None
        took = [each.minutes / 60 for each in self._restores(store) if isinstance(each.minutes, (int, float))]
        return max(took) if took else None


def _live(graph: Graph, index: int) -> bool:
    return graph.planes[index] is Plane.LIVE


def _home(graph: Graph, index: int) -> tuple[str | None, str | None]:
    return _part(graph.peek(index, "account")), _part(graph.peek(index, "region"))


def _part(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _lock(record: Record, otherwise: str | Unknown) -> str | Unknown:
    """Nobody deletes a point under a legal hold (Developer Guide, "Legal holds"); else as its vault has it."""
    if record.held is True:
        return "compliance"
    if isinstance(otherwise, Unknown) or otherwise == "compliance":
        return otherwise
    return record.held if isinstance(record.held, Unknown) else otherwise


def _wrong(record: Record) -> str:
    if record.state not in _GOOD:
        return f"its newest point is {record.state.lower()}" + (f": {record.told}" if record.told else "")
    return record.fault.reason if isinstance(record.fault, Unknown) else f"of its newest point, {record.fault}"


def _record(graph: Graph, node: int) -> Record | None:
    names = ("form", "home", "held_in", "state", "taken", "keep_days", "minutes", "told")
    values = {name: graph.peek(node, name) for name in names}
    home, state, told = values["home"], values["state"], values["told"]
    if not isinstance(home, Mapping) or not isinstance(values["form"], str):
        return None
    return Record(
        values["form"],
        Place("aws", home["account"], home["region"], str(values["held_in"])),
        state if isinstance(state, str) else "",
        moment(values["taken"]),
        values["keep_days"],
        values["minutes"],
        node,
        told if isinstance(told, str) else "",
        key_fault(graph, node),
        graph.peek(node, "held"),
    )
