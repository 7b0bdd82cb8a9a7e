"""A scan becomes history: what is new, still open, fixed, reopened or stale, and which things came and went.

A finding is closed only by a scan that ran its rule and read ok every unit it rests on: that of its own node and
those of the nodes on its path. Otherwise it stays, `stale`, with the reason. What lies in accounts that a scan was
not about is left as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, bindparam, select

from scanner.audit.judged import Judged, Seen, UnitRead, contents, place
from scanner.audit.runs import Run, moment, now
from scanner.audit.store import Store
from scanner.audit.tables import EVENTS, FINDINGS, RESOURCES, RULES, SCANS, UNITS
from scanner.audit.terms import DAYS, due
from scanner.audit.trend import counts

BATCH = 1000
UNITS_KEPT = timedelta(days=30)
NEW, OPEN, FIXED, REOPENED, STALE, SUPPRESSED = "new", "open", "fixed", "reopened", "stale", "suppressed"


@dataclass(slots=True)
class Outcome:
    """What a scan changed: fingerprints by event; `numbers` count the failures among them."""

    scan: str
    events: dict[str, list[str]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    counts: Mapping[str, Any] = field(default_factory=dict)

    def number(self, what: str) -> int:
        return self.numbers.get(what, 0)


def record(
    store: Store, run: Run, snapshot: Path | bytes, found: Judged, days: Mapping[str, int] = DAYS, at: str = ""
) -> Outcome:
    """Store a finished scan in one transaction, and drop what was kept for resuming. Raises StoreError,
    RecordError."""
    when = at or now()
    return store.record(lambda connection: _Recording(connection, run.id, found, days, when).all(snapshot))


class _Recording:
    """One scan while it is written into the store."""

    def __init__(self, connection: Connection, scan: str, found: Judged, days: Mapping[str, int], at: str) -> None:
        self._connection = connection
        self._found = found
        self._days = days
        self._at = at
        self._units: dict[str, UnitRead] = {}
        self._homes: dict[str, str] = {}  # node -> the unit it was read in, of this scan or an earlier one
        self._present: set[str] = set()
        self._outcome = Outcome(scan)
        self._changes: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        self._inserts: list[dict[str, Any]] = []

    def all(self, snapshot: Path | bytes) -> Outcome:
        for unit, things in contents(snapshot):
            self._units[unit.name] = unit
            self._keep_unit(unit, len(things))
            for batch in _batches(things):
                self._see(batch)
        self._lost()
        self._rules()
        self._observe()
        self._write()
        self._finish()
        return self._outcome

    # units and resources

    def _keep_unit(self, unit: UnitRead, items: int) -> None:
        """The unit's line, unless it was stored while it was read; what it held for resuming goes."""
        scan = self._outcome.scan
        same = (UNITS.c.scan == scan) & (UNITS.c.unit == unit.name)
        told = {"status": unit.status, "reason": unit.reason, "items": items, "payload": None}
        if self._connection.execute(UNITS.update().where(same).values(**told)).rowcount:
            return
        where = {"account": unit.account, "region": unit.region, "service": unit.service}
        self._connection.execute(
            UNITS.insert().values(scan=scan, unit=unit.name, calls=0, at=self._at, **where, **told)
        )

    def _see(self, things: list[Seen]) -> None:
        ids = [each.id for each in things]
        rows = self._connection.execute(select(RESOURCES.c.id, RESOURCES.c.digest).where(RESOURCES.c.id.in_(ids)))
        known = {row.id: row.digest for row in rows}
        fresh: dict[str, dict[str, Any]] = {}
        again: dict[str, dict[str, Any]] = {}
        for each in things:
            self._homes[each.id] = each.unit
            self._present.add(each.id)
            row = {"unit": each.unit, "digest": each.digest, "last_seen": self._at, "gone": None, "b_id": each.id}
            if each.id in known:
                again[each.id] = {**row, "changed": self._at} if known[each.id] != each.digest else row
            else:
                fresh[each.id] = {
                    **row, "id": each.id, "type": each.type, "account": each.account, "region": each.region,
                    "first_seen": self._at, "changed": self._at,
                }  # fmt: skip
        if fresh:
            self._connection.execute(RESOURCES.insert(), [_without(row, "b_id") for row in fresh.values()])
        for changed in (True, False):
            rows_ = [row for row in again.values() if ("changed" in row) is changed]
            if rows_:
                self._connection.execute(RESOURCES.update().where(RESOURCES.c.id == bindparam("b_id")), rows_)

    def _lost(self) -> None:
        """What the units that were read ok no longer hold is gone; where it lived is remembered."""
        for account in sorted({unit.account for unit in self._units.values()}):
            columns = (RESOURCES.c.id, RESOURCES.c.unit, RESOURCES.c.gone)
            rows = self._connection.execute(select(*columns).where(RESOURCES.c.account == account)).all()
            lost = []
            for row in rows:
                self._homes.setdefault(row.id, row.unit)
                if row.gone is None and row.id not in self._present and self._ok(row.unit):
                    lost.append({"b_id": row.id, "gone": self._at})
            for batch in _batches(lost):
                self._connection.execute(RESOURCES.update().where(RESOURCES.c.id == bindparam("b_id")), batch)

    def _ok(self, unit: str) -> bool:
        return unit in self._units and self._units[unit].status == "ok"

    def _rules(self) -> None:
        known = set(self._connection.execute(select(RULES.c.id)).scalars())
        for rule in self._found.rules.values():
            values = {name: str(rule[name] or "") for name in ("title", "severity", "description", "remedy")}
            values["controls"] = json.dumps(rule["controls"], sort_keys=True)
            if rule["id"] in known:
                self._connection.execute(RULES.update().where(RULES.c.id == rule["id"]).values(**values))
            else:
                self._connection.execute(RULES.insert().values(id=rule["id"], **values))

    # findings

    def _observe(self) -> None:
        """Every finding of this scan against what was known, then what was known and is not there."""
        accounts = {unit.account for unit in self._units.values()}
        accounts |= {place(each["node"])[0] for each in self._found.findings}
        known: dict[str, Mapping[str, Any]] = {}
        for account in sorted(accounts):
            rows = self._connection.execute(select(FINDINGS).where(FINDINGS.c.account == account))
            known.update({row["fingerprint"]: row for row in rows.mappings()})
        undecided: dict[tuple[str, str], str] = {}
        seen: set[str] = set()
        for each in self._found.findings:
            if each["verdict"] == "unknown":
                undecided[each["rule"], each["node"]] = str(each["reason"] or "it can no longer be decided")
            if each["fingerprint"] in seen:
                continue
            seen.add(each["fingerprint"])
            before = known.get(each["fingerprint"])
            if before is None:
                self._new(each)
            else:
                self._again(each, before)
        for row in known.values():
            if row["fingerprint"] not in seen:
                self._absent(row, undecided.get((row["rule"], row["node"]), ""))

    def _new(self, finding: Mapping[str, Any]) -> None:
        account, region = place(finding["node"])
        row = {
            **self._facts(finding),
            "fingerprint": finding["fingerprint"],
            "account": account,
            "region": region,
            "status": NEW,
            "first_seen": self._at,
            "since": self._at,
            "due": self._due(finding, self._at),
            "reopened": 0,
        }
        self._inserts.append(row)
        self._event(NEW, finding)

    def _again(self, finding: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        """A finding that was seen before: open still, or back again."""
        if finding["verdict"] == "unknown" and before["verdict"] == "fail" and before["status"] != FIXED:
            self._stale(before, str(finding["reason"] or "it can no longer be decided"))
            return
        since, status, more = before["since"], OPEN, {}
        if before["status"] in (FIXED, SUPPRESSED):
            since, status, more = self._at, REOPENED, {"reopened": before["reopened"] + 1}
        elif before["verdict"] == "unknown" and finding["verdict"] == "fail":
            since, status = self._at, NEW  # it was a question, and is now a fact
        if status != OPEN:
            self._event(status, finding)
        due_ = self._due(finding, since)
        self._change(before, **self._facts(finding), status=status, since=since, due=due_, **more)

    def _absent(self, row: Mapping[str, Any], undecided: str) -> None:
        """A finding that was known and is not among those of this scan."""
        if row["status"] == FIXED:
            return
        ignored = self._found.suppressed.get(row["fingerprint"])
        if ignored is not None:
            if row["status"] != SUPPRESSED:
                self._event(SUPPRESSED, row)
            self._change(row, status=SUPPRESSED, why=str(ignored["suppressed"]), last_seen=self._at)
            return
        if row["rule"] not in self._found.rules and row["rule"] not in self._found.known:
            self._fixed(row, "the rule was withdrawn")
        elif row["rule"] not in self._found.rules:
            self._stale(row, "its rule did not run")
        elif undecided:
            self._stale(row, undecided)
        else:
            unread = [each for each in json.loads(row["units"]) if not self._ok(each)]
            if unread:
                self._stale(row, "; ".join(self._unread(each) for each in unread))
            elif row["node"] in self._homes and row["node"] not in self._present:
                self._fixed(row, "the resource is gone")
            else:
                self._fixed(row, "it passes")

    def _unread(self, unit: str) -> str:
        found = self._units.get(unit)
        return f"{unit} was not in scope" if found is None else f"{unit} {found.status}"

    def _stale(self, row: Mapping[str, Any], why: str) -> None:
        if row["status"] == SUPPRESSED:
            return
        if row["status"] != STALE:
            self._event(STALE, row)
        self._change(row, status=STALE, why=why)

    def _fixed(self, row: Mapping[str, Any], why: str) -> None:
        self._event(FIXED, row)
        self._change(row, status=FIXED, why=why, closed=self._at, due=None)

    def _change(self, row: Mapping[str, Any], **values: Any) -> None:
        told = {"updated": self._at, **values}
        changed = {name: value for name, value in told.items() if row[name] != value}
        rows = self._changes.setdefault(tuple(sorted(changed)), [])  # one statement per set of columns
        rows.append({**changed, "b_id": row["fingerprint"]})

    def _facts(self, finding: Mapping[str, Any]) -> dict[str, Any]:
        """What a finding says of itself, as it was seen now."""
        told = {name: finding[name] for name in ("rule", "principle", "layer", "severity", "verdict", "node")}
        return {
            **told,
            "message": finding["message"],
            "units": json.dumps(sorted(self._rests_on(finding))),
            "detail": json.dumps(finding, sort_keys=True),
            "why": str(finding["reason"] or ""),
            "last_seen": self._at,
            "updated": self._at,
            "closed": None,
            "scan": self._outcome.scan,
        }

    def _due(self, finding: Mapping[str, Any], since: str) -> str | None:
        return due(finding["severity"], since, self._days) if finding["verdict"] == "fail" else None

    def _rests_on(self, finding: Mapping[str, Any]) -> set[str]:
        """The units that a finding follows from: those of its nodes and of the nodes on its path."""
        nodes = {finding["node"], *finding["instances"], *(step["node"] for step in finding["path"])}
        return {unit for node in nodes for unit in self._homes_of(node)}

    def _homes_of(self, node: str) -> Iterator[str]:
        """A node's unit. One that is no listed thing (a part of one, or what stands for an account) rests on the
        thing its address begins with, else on every unit of its place."""
        home = self._homes.get(node)
        if home is not None:
            yield home
            return
        whole = node
        while (cut := max(whole.rfind(mark) for mark in "/:|#")) > node.find("#"):
            whole = whole[:cut]
            if whole in self._homes:
                yield self._homes[whole]
                return
        account, region = place(node)
        for unit in self._units.values():
            if unit.account == account and (not region or unit.region in (region, "global")):
                yield unit.name

    def _event(self, what: str, finding: Mapping[str, Any]) -> None:
        self._outcome.events.setdefault(what, []).append(finding["fingerprint"])
        if finding["verdict"] == "fail":
            self._outcome.numbers[what] = self._outcome.numbers.get(what, 0) + 1

    # writing

    def _write(self) -> None:
        for batch in _batches(self._inserts):
            self._connection.execute(FINDINGS.insert(), batch)
        update = FINDINGS.update().where(FINDINGS.c.fingerprint == bindparam("b_id"))
        for batch in (batch for names, rows in self._changes.items() if names for batch in _batches(rows)):
            self._connection.execute(update, batch)
        events = [
            {"scan": self._outcome.scan, "at": self._at, "what": what, "fingerprint": each}
            for what, fingerprints in self._outcome.events.items()
            for each in fingerprints
        ]
        for batch in _batches(events):
            self._connection.execute(EVENTS.insert(), batch)

    def _finish(self) -> None:
        scan = self._outcome.scan
        told = counts(self._connection, self._outcome.numbers)
        self._outcome.counts = told
        last = self._connection.execute(
            select(SCANS.c.number).order_by(SCANS.c.number.desc().nulls_last())
        ).scalar()
        key = self._connection.execute(select(SCANS.c.scope_key).where(SCANS.c.id == scan)).scalar_one()
        done = {"state": "done", "ended": self._at, "beat": self._at, "number": (last or 0) + 1}
        values = {**done, "counts": json.dumps(told, sort_keys=True)}
        self._connection.execute(SCANS.update().where(SCANS.c.id == scan).values(**values))
        cut_off = (SCANS.c.scope_key == key) & (SCANS.c.state == "collecting") & (SCANS.c.beat < self._at)
        self._connection.execute(SCANS.update().where(cut_off).values(state="abandoned"))
        self._forget()
        abandoned = select(SCANS.c.id).where(SCANS.c.state == "abandoned")
        held = UNITS.c.scan.in_(abandoned) & UNITS.c.payload.is_not(None)
        self._connection.execute(UNITS.update().where(held).values(payload=None))

    def _forget(self) -> None:
        """Of scans long past, only the units that were not read whole are kept: a fleet has 100,000 a day."""
        before = (moment(self._at) - UNITS_KEPT).strftime("%Y-%m-%dT%H:%M:%SZ")
        old = select(SCANS.c.id).where(SCANS.c.ended < before)
        self._connection.execute(UNITS.delete().where((UNITS.c.status == "ok") & UNITS.c.scan.in_(old)))


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    every = list(rows)
    for start in range(0, len(every), BATCH):
        yield every[start : start + BATCH]


def _without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}
