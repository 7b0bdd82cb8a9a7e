"""What an audit hands to the store: the units that were read, the things they hold, and the findings."""

from __future__ import annotations

import gzip
import hashlib
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
        root = Address.parse(node).root
    except ValueError:
        return "", ""
    account, _, region = root.partition("/")
    return account, region


def contents(snapshot: Path) -> Iterator[tuple[UnitRead, list[Seen]]]:
    """The units of a snapshot with their things, one unit in memory at a time. Raises RecordError."""
    with snapshot.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        lines = cast("BinaryIO", gzip.GzipFile(fileobj=raw) if packed else raw)
        try:
            yield from _units(lines)
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise RecordError(f"the snapshot {snapshot} cannot be stored: {error}") from error


def _units(lines: BinaryIO) -> Iterator[tuple[UnitRead, list[Seen]]]:
    items: list[tuple[dict[str, Any], str]] = []
    for line in lines:
        value = json.loads(line)
        if "item" in value:
            item = value["item"]
            digest = hashlib.sha256(json.dumps(item["attributes"], sort_keys=True).encode()).hexdigest()[:32]
            items.append((item, digest))
        elif "unit" in value:
            unit = _unit(value["unit"])
            yield unit, [_seen(item, unit, digest) for item, digest in items]
            items = []


def _unit(told: Mapping[str, Any]) -> UnitRead:
    bad = [each for each in told["operations"] if each["status"] != "ok"]
    reason = "; ".join(dict.fromkeys(f"{each['action']} {each['status']}" for each in bad))
    account, region, service = told["account"], told["region"], told["service"]
    return UnitRead(f"aws:{account}/{region}/{service}", account, region, service, told["status"], reason)


def _seen(item: Mapping[str, Any], unit: UnitRead, digest: str) -> Seen:
    address = str(Address("aws", f"{item['account']}/{item['region']}", item["id"]))
    return Seen(address, item["type"], item["account"], item["region"], unit.name, digest)
