"""What an audit hands to the store: the units that were read, the things they hold, and the findings."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from scanner.model.address import Address


class RecordError(Exception):
    """A record or snapshot that cannot be stored; the text says why."""


@dataclass(frozen=True, slots=True)
class UnitRead:
    """One unit (account, region, service) and what became of it: "ok", or another status with its reason."""

    name: str
    account: str
    region: str
    service: str
    status: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing of an account: `id` is its address; `digest` hashes what was read of it."""

    id: str
    type: str
    account: str
    region: str
    unit: str
    digest: str


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdicts of a scan. Findings have the JSON report's shape; `known` are the ids of all rules."""

    rules: Mapping[str, Mapping[str, Any]]
    known: frozenset[str]
    findings: Sequence[Mapping[str, Any]]
    suppressed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def judged(data: bytes) -> Judged:
    """The record that `scan --record` wrote. Raises RecordError."""
    import orjson  # noqa: PLC0415 - only where something is stored

    try:
        held = orjson.loads(data)
        if held["layerproof_record"] != 1:
            raise RecordError(f"the record has version {held['layerproof_record']!r}, this layerproof reads 1")
        return Judged(
            {each["id"]: each for each in held["rules"]},
            frozenset(held["known"]),
            held["findings"],
            {each["fingerprint"]: each for each in held["suppressed"]},
        )
    except (ValueError, KeyError, TypeError) as error:
        raise RecordError(f"the record of the scan cannot be read: {error}") from error


def place(node: str) -> tuple[str, str]:
    """Account (or cluster) and region of a node's address; "" where it names none."""
    try:
        address = Address.parse(node)
    except ValueError:
        return "", ""
    if address.scheme != "aws":
        return address.root, ""
    account, _, region = address.root.partition("/")
    return account, region


def contents(snapshot: Path | bytes) -> Iterator[tuple[UnitRead, list[Seen]]]:
    """The units of a snapshot (a file, or its bytes) of accounts or of a cluster with their things, one unit in
    memory at a time. Raises RecordError."""
    with io.BytesIO(snapshot) if isinstance(snapshot, bytes) else snapshot.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        lines = cast("BinaryIO", gzip.GzipFile(fileobj=raw) if packed else raw)
        try:
            yield from _units(lines)
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            told = "of the cluster" if isinstance(snapshot, bytes) else snapshot
            raise RecordError(f"the snapshot {told} cannot be stored: {error}") from error


def _units(lines: BinaryIO) -> Iterator[tuple[UnitRead, list[Seen]]]:
    items: list[tuple[dict[str, Any], str]] = []
    cluster = ""
    for line in lines:
        value = json.loads(line)
        if "layerproof_snapshot" in value:
            cluster = str(value.get("cluster") or "cluster")
        elif "object" in value:
            items.append((value["object"], _digest(value["object"])))
        elif "listing" in value:
            yield _listing(cluster, value["listing"], items)
            items = []
        elif "item" in value:
            items.append((value["item"], _digest(value["item"]["attributes"])))
        elif "unit" in value:
            unit = _unit(value["unit"])
            yield unit, [_seen(item, unit, digest) for item, digest in items]
            items = []


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]


def _listing(
    cluster: str, told: Mapping[str, Any], items: Sequence[tuple[dict[str, Any], str]]
) -> tuple[UnitRead, list[Seen]]:
    """One type of a cluster's objects, GROUP/KIND: the cluster stands for the account."""
    type_ = str(told["type"])
    unit = UnitRead(f"k8s:{cluster}/{type_}", cluster, "", type_, told["status"], str(told["reason"] or ""))
    seen = []
    for item, digest in items:
        about = item.get("metadata") or {}
        group, _, _ = str(item.get("apiVersion", "")).rpartition("/")
        kind = f"{group}/{item.get('kind', '')}"
        name = f"{kind}/{about.get('namespace') or ''}/{about.get('name') or ''}"
        seen.append(Seen(str(Address("k8s", cluster, name)), kind, cluster, "", unit.name, digest))
    return unit, seen


def _unit(told: Mapping[str, Any]) -> UnitRead:
    bad = [each for each in told["operations"] if each["status"] != "ok"]
    reason = "; ".join(dict.fromkeys(f"{each['action']} {each['status']}" for each in bad))
    account, region, service = told["account"], told["region"], told["service"]
    return UnitRead(f"aws:{account}/{region}/{service}", account, region, service, told["status"], reason)


def _seen(item: Mapping[str, Any], unit: UnitRead, digest: str) -> Seen:
    address = str(Address("aws", f"{item['account']}/{item['region']}", item["id"]))
    return Seen(address, item["type"], item["account"], item["region"], unit.name, digest)
