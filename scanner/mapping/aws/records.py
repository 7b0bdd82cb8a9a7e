"""What AWS Backup has done: recovery points, copy jobs, restore jobs (of live accounts only)."""

from __future__ import annotations

import datetime

from scanner.mapping.aws.keys import key_join
from scanner.mapping.aws.protection import text
from scanner.mapping.extract import NONE, whole
from scanner.mapping.reader import Reader
from scanner.mapping.table import Fixed, Fold, Row, Table
from scanner.model.logic import some
from scanner.model.value import Unknown, Value

# Native snapshots lie with their service (analysis/copies/making.py has the same names).
_SERVICES = {"ec2": "ebs", "rds": "rds", "dynamodb": "dynamodb", "fsx": "fsx", "redshift": "redshift"}
_HOLD = "aws_backup_legal_hold"
_CLUSTERS = {"Aurora": "aurora", "DocumentDB": "docdb", "Neptune": "neptune"}


def _home(reader: Reader) -> Value:
    """Account and Region of the vault, from its ARN."""
    parts = str(reader.get("vault_arn", "")).split(":")
    return {"account": parts[4], "region": parts[3]} if len(parts) == 7 else None


def _held_in(reader: Reader) -> Value:
    """The vault, where the point is AWS Backup's own; else the service that keeps it."""
    point, vault = str(reader.get("point_arn", "")), str(reader.get("vault_arn", "")).rpartition(":")[2]
    service = point.split(":")[2] if point.count(":") > 2 else ""
    if service == "backup" or not service:
        return f"vault:{vault}"
    return f"native:{_CLUSTERS.get(str(reader.get('resource_type', '')), _SERVICES.get(service, service))}"


def _taken(reader: Reader) -> Value:
    value = reader.get("created")
    return value.isoformat() if isinstance(value, datetime.datetime) else value


def _minutes(reader: Reader) -> Value:
    start, end = reader.peek("created"), reader.peek("completed")
    if isinstance(start, Unknown) or isinstance(end, Unknown) or start is None or end is None:
        return None
    try:
        first, last = (datetime.datetime.fromisoformat(str(each)) for each in (start, end))
    except ValueError:
        return None
    return (last - first).total_seconds() / 60


def _held(reader: Reader) -> Value:
    """Whether an active legal hold names it (AWS Backup Developer Guide, "Legal holds")."""
    return some(reader.folded(_HOLD), lambda _fold: True)


def _row(form: str) -> Row:
    return Row(
        "copy_record",
        {
            "form": Fixed(form),
            "of": lambda reader: text(reader.get("resource_arn", "")),
            "home": _home,
            "held_in": _held_in,
            "state": "state",
            "taken": _taken,
            "keep_days": lambda reader: whole(reader.get("keep_days")),
            "minutes": _minutes,
            "told": lambda reader: reader.get("message", None) or None,
            "held": _held if form == "point" else NONE,
        },
        {"encrypted_with": key_join("key_arn")},
        identity=("point_arn",) if form == "point" else (),
        name=lambda reader: reader.resource.address.name,
        tags=lambda _reader: {},
    )


TABLE: Table = {
    "aws_backup_recovery_point": _row("point"),
    _HOLD: Fold(("aws_backup_recovery_point",), "point_arn"),
    "aws_backup_copy_job": _row("copy-job"),
    "aws_backup_restore_job": _row("restore-job"),
}
