"""Findings as OCSF 1.6.0 Compliance Findings (class 2003), into a file or an S3 object.

A name that ends in .jsonl or .ndjson takes one event per line, any other a JSON list. Class, objects and numbers:
schema.ocsf.io, version 1.6.0, profile cloud.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner import __version__
from scanner.audit import writing
from scanner.audit.exports.told import Told, of_scan
from scanner.audit.runs import moment
from scanner.audit.targets import ExportError, Target
from scanner.model.counted import counted

if TYPE_CHECKING:
    from scanner.audit.exports import Sending

VERSION = "1.6.0"
_CATEGORY, _CLASS = 2, 2003  # Findings, Compliance Finding
_SEVERITIES = {"info": (1, "Informational"), "low": (2, "Low"), "medium": (3, "Medium"), "high": (4, "High"),
               "critical": (5, "Critical")}  # fmt: skip
_ACTIVITIES = {1: "Create", 2: "Update", 3: "Close"}
_STATUSES = {"new": (1, "New"), "reopened": (1, "New"), "open": (2, "In Progress"), "stale": (2, "In Progress"),
             "suppressed": (3, "Suppressed"), "fixed": (4, "Resolved")}  # fmt: skip


def send(sending: Sending, target: Target) -> str:
    """Write what the scan touched. Raises ExportError."""
    found = of_scan(sending.store, sending.scan)
    data = encode([event(each) for each in found], lines=target.where.endswith((".jsonl", ".ndjson")))
    if target.where.startswith("s3://"):
        _put(sending, target.where, data)
    else:
        _write(Path(target.where).expanduser(), data)
    return f"{counted(len(found), 'finding')} written"


def encode(events: Sequence[dict[str, Any]], *, lines: bool) -> bytes:
    if lines:
        return "".join(json.dumps(each, sort_keys=True) + "\n" for each in events).encode()
    return (json.dumps(events, indent=1, sort_keys=True) + "\n").encode()


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(path.name + ".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
        part.replace(path)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}") from error


def _put(sending: Sending, where: str, data: bytes) -> None:
    where = f"{where}{sending.scan}.json" if where.endswith("/") else where
    writing.put(sending.own, where, data, "application/json")


def event(told: Told) -> dict[str, Any]:
    """One Compliance Finding."""
    row, rule = told.row, told.rule
    activity = 3 if row["status"] in ("fixed", "suppressed") else 1 if told.event in ("new", "reopened") else 2
    severity_id, severity = _SEVERITIES[row["severity"]]
    status_id, status = _STATUSES[row["status"]]
    found: dict[str, Any] = {
        "activity_id": activity,
        "activity_name": _ACTIVITIES[activity],
        "category_uid": _CATEGORY,
        "category_name": "Findings",
        "class_uid": _CLASS,
        "class_name": "Compliance Finding",
        "type_uid": _CLASS * 100 + activity,
        "type_name": f"Compliance Finding: {_ACTIVITIES[activity]}",
        "time": _milliseconds(row["updated"]),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "message": row["message"],
        "metadata": _metadata(),
        "finding_info": _information(told),
        "compliance": _compliance(told),
        "resources": [_resource(told)],
        "unmapped": _unmapped(told),
        **_cloud(told),
    }
    if row["why"]:
        found["status_detail"] = row["why"]
    if rule["remedy"]:
        found["remediation"] = {"desc": rule["remedy"]}
    return found


def _metadata() -> dict[str, Any]:
    product = {"name": "layerproof", "vendor_name": "layerproof", "version": __version__}
    return {"version": VERSION, "profiles": ["cloud"], "product": product}


def _information(told: Told) -> dict[str, Any]:
    row, rule = told.row, told.rule
    analytic = {"type_id": 1, "type": "Rule", "uid": row["rule"], "name": rule["title"]}
    return {
        "uid": row["fingerprint"],
        "title": rule["title"],
        "desc": rule["description"] or row["message"],
        "types": [row["principle"]],
        "analytic": analytic,
        "created_time": _milliseconds(row["first_seen"]),
        "first_seen_time": _milliseconds(row["first_seen"]),
        "last_seen_time": _milliseconds(row["last_seen"]),
        "modified_time": _milliseconds(row["updated"]),
    }


def _compliance(told: Told) -> dict[str, Any]:
    """Status ids: 1 Pass, 3 Fail, 0 Unknown. Standards and requirements are the rule's controls."""
    row, controls = told.row, told.rule["controls"]
    number, name = (3, "Fail") if row["verdict"] == "fail" else (0, "Unknown")
    if row["status"] == "fixed":
        number, name = (1, "Pass") if row["why"] == "it passes" else (0, "Unknown")
    return {
        "control": row["rule"],
        "standards": sorted(controls),
        "requirements": [f"{framework} {each}" for framework, ids in sorted(controls.items()) for each in ids],
        "status_id": number,
        "status": name,
    }


def _resource(told: Told) -> dict[str, Any]:
    row = told.row
    found = {"uid": told.resource, "type": told.type or told.detail.get("kind", "")}
    if row["region"] and row["region"] != "global":
        found["region"] = row["region"]
    return found


def _cloud(told: Told) -> dict[str, Any]:
    row = told.row
    account: dict[str, Any] = {"uid": row["account"]}
    if not str(row["node"]).startswith("aws:"):
        return {"cloud": {"provider": "Kubernetes", "account": account}}
    account = {**account, "type_id": 10, "type": "AWS Account"}
    found: dict[str, Any] = {"provider": "AWS", "account": account}
    if row["region"] and row["region"] != "global":
        found["region"] = row["region"]
    return {"cloud": found}


def _unmapped(told: Told) -> dict[str, Any]:
    row = told.row
    return {"layer": row["layer"], "tier": told.detail.get("tier"), "due": row["due"], "reopened": row["reopened"],
            "status": row["status"]}  # fmt: skip


def _milliseconds(text: str) -> int:
    return int(moment(text).timestamp() * 1000)
