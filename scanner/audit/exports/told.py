"""What there is to tell: the findings that a scan touched, and the news that a target has not heard yet."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from scanner.audit.runs import now
from scanner.audit.store import Store
from scanner.audit.tables import DELIVERIES, EVENTS, FINDINGS, RESOURCES, RULES, SCANS

NEWS = ("new", "reopened")
_SENT = ("new", "open", "reopened", "stale")


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as the store holds it, with its rule, the native type of its resource, and what happened to it
    ("" where nothing did)."""

    row: Mapping[str, Any]
    detail: Mapping[str, Any]
    rule: Mapping[str, Any]
    type: str
    event: str

    @property
    def resource(self) -> str:
        """The ARN or native name of its node."""
        return str(self.row["node"]).partition("#")[2] or str(self.row["node"])


def of_scan(store: Store, scan: str) -> list[Told]:
    """Every finding that a scan saw or closed, in order of severity and name."""

    def read(connection: Connection) -> list[Told]:
        ended = select(SCANS.c.ended).where(SCANS.c.id == scan).scalar_subquery()
        rows = connection.execute(select(FINDINGS).where(FINDINGS.c.updated == ended)).mappings()
        happened = select(EVENTS.c.fingerprint, EVENTS.c.what).where(EVENTS.c.scan == scan)
        events = {row.fingerprint: row.what for row in connection.execute(happened)}
        return _told(connection, [dict(row) for row in rows], events)

    return store.read(read)


def introduce(store: Store, scan: str, target: str) -> None:
    """A target that is new hears of this scan and of what comes after it, also where it cannot be told today."""

    def write(connection: Connection) -> None:
        if (
            connection.execute(select(DELIVERIES.c.event).where(DELIVERIES.c.target == target)).scalar()
            is not None
        ):
            return
        first = connection.execute(select(func.min(EVENTS.c.id)).where(EVENTS.c.scan == scan)).scalar()
        last = connection.execute(select(func.max(EVENTS.c.id))).scalar() or 0
        before = last if first is None else first - 1
        connection.execute(DELIVERIES.insert().values(target=target, event=before, at=now()))

    store.record(write)


def news(store: Store, target: str) -> tuple[list[Told], int]:
    """Failures that are new or reopened and that a target has not been told; with the number to confirm."""

    def read(connection: Connection) -> tuple[list[Told], int]:
        last = connection.execute(select(func.max(EVENTS.c.id))).scalar() or 0
        known = connection.execute(select(DELIVERIES.c.event).where(DELIVERIES.c.target == target)).scalar() or 0
        unheard = EVENTS.c.id > known
        asked = select(EVENTS.c.fingerprint, EVENTS.c.what).where(unheard & EVENTS.c.what.in_(NEWS))
        events = {row.fingerprint: row.what for row in connection.execute(asked.order_by(EVENTS.c.id))}
        standing = (FINDINGS.c.verdict == "fail") & FINDINGS.c.status.in_(_SENT)
        found: list[dict[str, Any]] = []
        names = sorted(events)
        for start in range(0, len(names), 500):
            part = FINDINGS.c.fingerprint.in_(names[start : start + 500])
            rows = connection.execute(select(FINDINGS).where(part & standing)).mappings()
            found.extend(dict(row) for row in rows)
        return _told(connection, found, events), last

    return store.read(read)


def heard(store: Store, target: str, event: int) -> None:
    """Note that a target was told everything up to an event."""

    def write(connection: Connection) -> None:
        behind = (DELIVERIES.c.target == target) & (DELIVERIES.c.event < event)
        connection.execute(DELIVERIES.update().where(behind).values(event=event, at=now()))

    store.write(write)


def tell(store: Store, scan: str, target: str, deliver: Callable[[Sequence[Told]], None]) -> str:
    """Tell a target its news; what it could not be told, it is told the next time. Gives what became of it."""
    introduce(store, scan, target)
    found, last = news(store, target)
    if found:
        deliver(found)
    heard(store, target, last)
    return f"{len(found)} new or reopened" if found else "nothing new"


def _told(connection: Connection, rows: Sequence[Mapping[str, Any]], events: Mapping[str, str]) -> list[Told]:
    rules = {
        row["id"]: {**row, "controls": json.loads(row["controls"])} for row in _all(connection, select(RULES))
    }
    types: dict[str, str] = {}
    nodes = sorted({str(row["node"]) for row in rows})
    for start in range(0, len(nodes), 500):
        asked = select(RESOURCES.c.id, RESOURCES.c.type).where(RESOURCES.c.id.in_(nodes[start : start + 500]))
        types.update({row.id: row.type for row in connection.execute(asked)})
    severities = ("critical", "high", "medium", "low", "info")
    ordered = sorted(rows, key=lambda row: (severities.index(row["severity"]), row["rule"], row["node"]))
    return [
        Told(
            row,
            json.loads(row["detail"]),
            rules.get(row["rule"], {"title": row["rule"], "description": "", "remedy": "", "controls": {}}),
            types.get(row["node"], ""),
            events.get(row["fingerprint"], ""),
        )
        for row in ordered
    ]


def _all(connection: Connection, asked: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(asked).mappings()]
