"""Snapshot to resources: one per item, and what stands for a listing that could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scanner.model.address import Address
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import SourceFile, Span
from scanner.model.report import Coverage
from scanner.model.resource import Plane, Resource, Scope, Unread
from scanner.model.value import Cause, Unknown
from scanner.sources.aws.faults import DENIED, DENIED_SCP, ERROR, EXPIRED, NOT_ENABLED, OK, UNSUPPORTED
from scanner.sources.aws.registry import listings
from scanner.sources.aws.secrecy import DROPPED, HMAC
from scanner.sources.aws.snapshot import SnapshotError
from scanner.sources.aws.unit import GLOBAL

_SECRET = Unknown("its value was dropped before the snapshot was written", Cause.OUTSIDE_SCAN)


@dataclass(slots=True)
class Snapshot:
    """What one snapshot holds: `complete` are the (account, region or None, service) that were read ok, `partial`
    those of which some calls failed."""

    resources: list[Resource] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    complete: set[tuple[str, str | None, str]] = field(default_factory=set)
    partial: set[tuple[str, str | None, str]] = field(default_factory=set)
    collected: str = ""


def read(file: SourceFile) -> Snapshot:
    """The content of a snapshot's text. Raises SnapshotError where a line is no JSON; a missing end is told."""
    found = Snapshot()
    ended = False
    at = 0
    for number, line in enumerate(file.text.split(b"\n"), 1):
        start, at = at, at + len(line) + 1
        if not line:
            continue
        value = _loads(line, number)
        span = Span(file.path, start, start + len(line))
        if "item" in value:
            found.resources.append(_resource(value["item"], span, number))
        elif "unit" in value:
            _unit(found, value["unit"], span)
        elif "end" in value:
            ended = True
        elif "collected" in value:
            found.collected = str(value["collected"])
    if not ended:
        raise SnapshotError("this snapshot is cut off: its last line is missing; collect it again")
    return found


def _loads(line: bytes, number: int) -> dict[str, Any]:
    import orjson  # noqa: PLC0415 - few trees hold snapshots

    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise SnapshotError(f"line {number} of this snapshot is no JSON ({error}); collect it again") from error
    if not isinstance(value, dict):
        raise SnapshotError(f"line {number} of this snapshot is not an object; collect it again")
    return value


def _resource(item: Any, span: Span, number: int) -> Resource:
    try:
        account, region, type_, name = item["account"], item["region"], item["type"], item["id"]
        attributes = _revealed(item["attributes"])
        unread = item.get("unread") or {}
    except (KeyError, TypeError, AttributeError) as error:
        raise SnapshotError(f"line {number} of this snapshot is no item ({error}); collect it again") from error
    for key, told in unread.items():
        attributes[key] = Unknown(_why(told, account, region), Cause.OUTSIDE_SCAN)
    if item.get("under"):
        attributes["$under"] = item["under"]
    return Resource(
        address=Address("aws", f"{account}/{region}", name),
        type=type_,
        attributes=attributes,
        span=span,
        plane=Plane.LIVE,
        scope=Scope("aws", account, None if region == GLOBAL else region),
    )


def _revealed(value: Any) -> Any:
    """Concealed values as what they are to a rule: unknown."""
    if isinstance(value, dict):
        if value.keys() == {DROPPED} or value.keys() == {HMAC}:
            return _SECRET
        return {name: _revealed(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_revealed(each) for each in value]
    return value


def _why(told: dict[str, Any], account: str, region: str) -> str:
    """A sentence fragment: which action is missing where, or what the service answered."""
    where = f"in account {account}" + ("" if region == GLOBAL else f", {region}")
    status, action = told.get("status", ERROR), told.get("action", "")
    if status == DENIED:
        return f"{action} is denied {where}"
    if status == DENIED_SCP:
        return f"{action} is denied by a service control policy {where}"
    return f"{action} gave no answer {where} ({status})"


def _unit(found: Snapshot, unit: dict[str, Any], span: Span) -> None:
    account, region, service, status = (unit[name] for name in ("account", "region", "service", "status"))
    name = f"aws:{account}/{region}/{service}"
    operations = unit.get("operations", [])
    items = sum(each.get("items", 0) for each in operations)
    bad = [each for each in operations if each.get("status") != OK]
    reason = "; ".join(dict.fromkeys(_short(each) for each in bad))
    found.coverage.append(Coverage(name, status, reason, items))
    where = None if region == GLOBAL else region
    (found.partial if bad else found.complete).add((account, where, service))
    for each in bad:
        found.unread.extend(_unread(each, account, region))
    found.unread.extend(_unasked(operations, account, region, service))
    quiet = {NOT_ENABLED, UNSUPPORTED}
    loud = [each for each in bad if each.get("status") not in quiet]
    for status_ in dict.fromkeys(str(each["status"]) for each in loud):
        found.diagnostics.append(_told(name, status_, [each for each in loud if each["status"] == status_], span))


def _unread(operation: dict[str, Any], account: str, region: str) -> Iterator[Unread]:
    types = tuple(operation.get("types") or ())
    if types:
        why = Unknown(_why(operation, account, region), Cause.OUTSIDE_SCAN)
        yield Unread(account, None if region == GLOBAL else region, types, why)


def _unasked(operations: list[dict[str, Any]], account: str, region: str, service: str) -> Iterator[Unread]:
    """What an earlier version did not ask of a service yet is not absent."""
    scope = "global" if region == GLOBAL else "region"
    wanted = listings(service, scope)
    read = {each.get("name") for each in operations if each.get("status") == OK}
    if not read & {each.operation for each in wanted}:
        return  # nothing was read, or it is not written by a collector
    told = {type_ for each in operations for type_ in each.get("types") or ()}
    missing = sorted({type_ for each in wanted for type_ in each.types()} - told)
    if missing:
        why = "the snapshot was collected by a version that did not ask for it yet; collect it again"
        where = None if scope == "global" else region
        yield Unread(account, where, tuple(missing), Unknown(why, Cause.OUTSIDE_SCAN))


def _short(operation: dict[str, Any]) -> str:
    return f"{operation.get('action')} {operation.get('status')}"


def _told(unit: str, status: str, operations: list[dict[str, Any]], span: Span) -> Diagnostic:
    """One diagnostic per unit and status."""
    actions = list(dict.fromkeys(str(each.get("action")) for each in operations))
    shown = ", ".join(actions[:4]) + (f" and {len(actions) - 4} more" if len(actions) > 4 else "")
    said = str(operations[0].get("reason", ""))
    span = Span(span.path, span.start, span.start)
    if status in (DENIED, DENIED_SCP):
        remedy = f"allow {shown} (layerproof audit aws --print-policy json prints all that is needed)"
        return Diagnostic(Level.ERROR, "denied-call", f"{unit}: {shown} denied: {said}", span, remedy)
    if status == EXPIRED:
        return Diagnostic(Level.ERROR, "denied-expired", f"{unit}: the credentials have expired: {said}", span,
                          "log in again and repeat the audit")  # fmt: skip
    remedy = "repeat the audit for this unit with --accounts, --regions and --services"
    return Diagnostic(Level.ERROR, f"read-{status.replace('_', '-')}", f"{unit}: {shown}: {said}", span, remedy)
