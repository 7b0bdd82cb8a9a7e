"""What became of an estate: new, fixed, reopened, stale, overdue findings, by layer and tenet, with the trend."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from scanner.audit.runs import now
from scanner.audit.store import Store
from scanner.audit.tables import EVENTS, FINDINGS, SCANS, UNITS
from scanner.audit.trend import STANDING, tenets_of
from scanner.model.finding import Severity
from scanner.model.layer import Layer

LISTS = ("new", "reopened", "fixed", "stale", "overdue")
SCHEMA = 1
_TOLD = ("fingerprint", "rule", "principle", "layer", "severity", "verdict", "status", "why", "node", "account",
         "region", "message", "first_seen", "last_seen", "since", "due", "closed", "reopened")  # fmt: skip


def overview(store: Store, since: str = "", at: str = "") -> dict[str, Any]:
    """The report of a store, as JSON shapes it: what happened since then ("": by the last scan), what stands.

    `new`, `reopened` and `fixed` are findings to which that happened in the time, once each and by what happened
    last; `stale` and `overdue` are those that are so now. All of them are failures; `unknown` lists verdicts that
    could not be told. Raises StoreError.
    """
    return store.read(lambda connection: _overview(connection, store.shown, since, at or now()))


def _overview(connection: Connection, shown: str, since: str, at: str) -> dict[str, Any]:
    scans = _scans(connection)
    chosen = [each for each in scans if each["at"] >= since] if since else scans[-1:]
    tenets = tenets_of(connection)
    rows = connection.execute(select(*(FINDINGS.c[name] for name in _TOLD))).mappings()
    found = {row["fingerprint"]: _finding(dict(row), tenets, at) for row in rows}
    fails = {name: each for name, each in found.items() if each["verdict"] == "fail"}
    happened = _happened(connection, [each["scan"] for each in chosen])
    lists: dict[str, list[dict[str, Any]]] = {name: [] for name in LISTS}
    for fingerprint, what in happened.items():
        if what in ("new", "reopened", "fixed") and fails.get(fingerprint):
            lists[what].append(fails[fingerprint])
    standing = [each for each in fails.values() if each["status"] in STANDING]
    lists["stale"] = [each for each in standing if each["status"] == "stale"]
    lists["overdue"] = [each for each in standing if each["overdue"]]
    unknown = [each for each in found.values() if each["verdict"] != "fail" and each["status"] in STANDING]
    return {
        "layerproof_history": SCHEMA,
        "store": shown,
        "since": since or (chosen[0]["at"] if chosen else None),
        "at": at,
        "summary": {**_summary(fails.values(), standing, lists), "unknown": len(unknown)},
        **{name: sorted(listed, key=_order) for name, listed in lists.items()},
        "unknown": sorted(unknown, key=_order),
        "units": _not_ok(connection, chosen[-1]["scan"]) if chosen else [],
        "unfinished": _unfinished(connection),
        "trend": [_point(each) for each in (chosen if since else scans)],
    }


def _scans(connection: Connection) -> list[dict[str, Any]]:
    rows = connection.execute(select(SCANS).where(SCANS.c.state == "done").order_by(SCANS.c.number)).mappings()
    return [
        {
            "scan": row["id"],
            "at": row["ended"],
            "began": row["began"],
            "scope": json.loads(row["scope"]),
            "counts": json.loads(row["counts"]),
        }
        for row in rows
    ]


def _point(scan: Mapping[str, Any]) -> dict[str, Any]:
    scope = {name: scan["scope"].get(name) for name in ("accounts", "regions", "services")}
    return {"scan": scan["scan"], "at": scan["at"], **scope, **scan["counts"]}


def _happened(connection: Connection, scans: Sequence[str]) -> dict[str, str]:
    """Fingerprint to the last thing that befell it in these scans; a new one that grew stale is still new."""
    found: dict[str, str] = {}
    for scan in scans:
        rows = connection.execute(select(EVENTS).where(EVENTS.c.scan == scan).order_by(EVENTS.c.id))
        for row in rows.mappings():
            if row["what"] != "stale":
                found[row["fingerprint"]] = row["what"]
    return found


def _finding(row: Mapping[str, Any], tenets: Mapping[str, list[str]], at: str) -> dict[str, Any]:
    told = {name: row[name] for name in _TOLD}
    told["tenets"] = tenets.get(row["rule"], [])
    told["why"] = told["why"] or None
    standing = row["status"] in STANDING
    told["overdue"] = bool(standing and row["verdict"] == "fail" and row["due"] and row["due"] < at)
    return told


def _order(finding: Mapping[str, Any]) -> tuple[object, ...]:
    worst = Severity(finding["severity"]).rank
    return (finding["verdict"] != "fail", worst, finding["rule"], finding["node"], finding["fingerprint"])


def _summary(
    every: Iterable[Mapping[str, Any]],
    standing: Sequence[Mapping[str, Any]],
    lists: Mapping[str, Sequence[Mapping[str, Any]]],
) -> dict[str, Any]:
    """Counts of failures. By layer and tenet: what stands open, and what the time brought."""
    told: dict[str, Any] = {"open": len(standing), **{name: len(lists[name]) for name in LISTS}}
    told["suppressed"] = sum(each["status"] == "suppressed" for each in every)
    told["by_severity"] = _ordered(
        Counter(each["severity"] for each in standing), [each.value for each in Severity]
    )
    told["by_layer"] = _grouped(standing, lists, lambda each: [each["layer"]], [each.value for each in Layer])
    tenets = sorted({tenet for each in every for tenet in each["tenets"]}, key=_tenet_order)
    told["by_tenet"] = _grouped(standing, lists, lambda each: each["tenets"], tenets)
    return told


def _tenet_order(tenet: str) -> tuple[int, str]:
    number = tenet.rpartition("-")[2]
    return (int(number) if number.isdigit() else 99, tenet)


def _grouped(
    standing: Sequence[Mapping[str, Any]],
    lists: Mapping[str, Sequence[Mapping[str, Any]]],
    of: Callable[[Mapping[str, Any]], Iterable[str]],
    order: Sequence[str],
) -> dict[str, dict[str, int]]:
    """Group to {"open", "new", ...}, in the order given; groups without anything are left out."""
    found: dict[str, Counter[str]] = {name: Counter() for name in order}
    for name, listed in {"open": standing, **lists}.items():
        for each in listed:
            for group in of(each):
                found.setdefault(group, Counter())[name] += 1
    return {
        group: {name: counted[name] for name in ("open", *LISTS)} for group, counted in found.items() if counted
    }


def _ordered(counted: Mapping[str, int], order: Sequence[str]) -> dict[str, int]:
    return {name: counted[name] for name in order if name in counted}


def _not_ok(connection: Connection, scan: str) -> list[dict[str, Any]]:
    """The units of a scan that were not read whole."""
    rows = connection.execute(
        select(UNITS).where((UNITS.c.scan == scan) & (UNITS.c.status != "ok")).order_by(UNITS.c.unit)
    ).mappings()
    return [{"unit": row["unit"], "status": row["status"], "reason": row["reason"] or None} for row in rows]


def _unfinished(connection: Connection) -> list[dict[str, Any]]:
    """Audits that run, or were cut off and wait to be gone on with."""
    rows = connection.execute(
        select(SCANS).where(SCANS.c.state == "collecting").order_by(SCANS.c.began)
    ).mappings()
    return [{"scan": row["id"], "began": row["began"], "last_sign": row["beat"]} for row in rows]
