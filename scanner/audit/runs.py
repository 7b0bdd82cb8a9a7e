"""An audit while it is under way: its units are stored as they are read, so that one that was cut off goes on."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from scanner.audit.store import Store, StoreError
from scanner.audit.tables import SCANS, UNITS
from scanner.sources.aws.journal import pack, unpack
from scanner.sources.aws.unit import Collected

__all__ = [
    "FRESH",
    "QUIET",
    "Run",
    "StoreError",
    "begin",
    "done",
    "keep",
    "moment",
    "now",
    "pack",
    "scope_key",
    "unpack",
]

QUIET = timedelta(minutes=15)  # without a sign of life, an audit of another machine counts as cut off
FRESH = timedelta(hours=24)  # what was read before is too old to go on with


def now() -> str:
    """This moment as the store writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """A time of the store."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Run:
    """One audit in the store; `resumed` units were read before it was cut off."""

    id: str
    resumed: int = 0


def scope_key(kind: str, scope: Mapping[str, Any]) -> str:
    """What says that two audits ask the same."""
    return hashlib.sha256(json.dumps([kind, scope], sort_keys=True).encode()).hexdigest()


def begin(store: Store, kind: str, scope: Mapping[str, Any], tool: str, at: str = "") -> Run:
    """A new audit, or the one of the same scope that was cut off: what was read of it is kept.

    Raises StoreError. An audit that still runs is left alone; one of more than 24 hours ago is given up.
    """
    key, at = scope_key(kind, scope), at or now()

    def work(connection: Connection) -> Run:
        open_ = SCANS.c.state == "collecting"
        found = connection.execute(select(SCANS).where(SCANS.c.scope_key == key, open_).order_by(SCANS.c.began))
        for row in map(dict, found.mappings().all()):
            if _alive(row, at):
                continue
            if moment(at) - moment(row["began"]) > FRESH or row["tool"] != tool:
                _abandon(connection, row["id"])
                continue
            connection.execute(SCANS.update().where(SCANS.c.id == row["id"]).values(**_signs(at)))
            units = connection.execute(select(UNITS.c.unit).where(UNITS.c.scan == row["id"])).all()
            return Run(row["id"], len(units))
        run = Run(uuid.uuid4().hex)
        about = {"id": run.id, "kind": kind, "state": "collecting", "scope_key": key, "began": at, "tool": tool}
        connection.execute(SCANS.insert().values(**about, scope=json.dumps(scope, sort_keys=True), **_signs(at)))
        return run

    return store.write(work)


def _signs(at: str) -> dict[str, Any]:
    return {"beat": at, "host": socket.gethostname(), "pid": os.getpid()}


def _alive(row: Mapping[str, Any], at: str) -> bool:
    """Whether the process of an audit still works: looked up on this machine, else judged by its last sign."""
    if row["host"] != socket.gethostname():
        return moment(at) - moment(row["beat"]) < QUIET
    if row["pid"] == os.getpid():
        return False
    try:
        os.kill(row["pid"], 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return moment(at) - moment(row["beat"]) < QUIET  # the number may long be another process's


def _abandon(connection: Connection, scan: str) -> None:
    connection.execute(SCANS.update().where(SCANS.c.id == scan).values(state="abandoned"))
    connection.execute(UNITS.update().where(UNITS.c.scan == scan).values(payload=None))


def keep(store: Store, run: Run, collected: Collected) -> None:
    """Store what one unit gave. Raises StoreError."""
    unit, at = collected.unit, now()
    bad = [each for each in collected.operations if each.status != "ok"]
    row = {
        "scan": run.id,
        "unit": str(unit),
        "account": unit.account,
        "region": unit.region,
        "service": unit.service,
        "status": collected.status,
        "reason": "; ".join(dict.fromkeys(f"{each.action} {each.status}" for each in bad)),
        "items": len(collected.items),
        "calls": sum(each.calls for each in collected.operations),
        "at": at,
        "payload": pack(collected),
    }

    def work(connection: Connection) -> None:
        same = (UNITS.c.scan == run.id) & (UNITS.c.unit == row["unit"])
        connection.execute(UNITS.delete().where(same))
        connection.execute(UNITS.insert().values(**row))
        connection.execute(SCANS.update().where(SCANS.c.id == run.id).values(beat=at))

    store.write(work)


def done(store: Store, run: Run) -> Iterator[Collected]:
    """What was read of a run so far, unit by unit; units that failed are left out, to be asked again."""
    fit = (UNITS.c.scan == run.id) & UNITS.c.payload.is_not(None) & UNITS.c.status.in_(("ok", "partial"))
    names = store.read(
        lambda connection: (
            connection.execute(select(UNITS.c.unit).where(fit).order_by(UNITS.c.unit)).scalars().all()
        )
    )
    for name in names:
        yield unpack(_payload(store, run, name))


def _payload(store: Store, run: Run, unit: str) -> bytes:
    one = select(UNITS.c.payload).where((UNITS.c.scan == run.id) & (UNITS.c.unit == unit))
    found: bytes = store.read(lambda connection: connection.execute(one).scalar_one())
    return found
