"""What `drift` prints: as JSON for programs, as text for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scanner.audit.drifts import Change, Drift, Result
    from scanner.model.location import Span
    from scanner.model.report import Coverage
    from scanner.scan import Built

_CLASSES = ("unmanaged", "missing", "changed", "ghost", "unknown")
_SAID = {
    "unmanaged": "there, and in no code of this scan",
    "missing": "in code, and not there",
    "changed": "not as it is written",
    "ghost": "in code, never applied",
    "unknown": "cannot be told",
}


def document(built: Built, result: Result, trails: Sequence[Coverage]) -> dict[str, Any]:
    """`{"summary", "drift": [...], "coverage": [...]}`."""
    counts = Counter(each.kind_of.value for each in result.drifts)
    return {
        "summary": {"managed": result.managed, **{each: counts[each] for each in _CLASSES}},
        "drift": [_drift(built, each) for each in result.drifts],
        "coverage": [
            {"unit": each.unit, "status": each.status, "reason": each.reason or None}
            for each in (*built.units, *trails)
        ],
    }


def _drift(built: Built, each: Drift) -> dict[str, Any]:
    return {
        "class": each.kind_of.value,
        "node": each.node,
        "kind": each.kind,
        "layer": each.layer.value if each.layer is not None else None,
        "twin": each.twin or None,
        "owner": each.owner or None,
        "by": each.by or None,
        "direction": each.direction or None,
        "confidence": each.confidence or None,
        "reason": each.reason or None,
        "location": _place(built, each.span),
        "changes": [_change(built, change) for change in each.changes],
        "events": [event._asdict() for event in each.events],
        "trail": each.trail or None,
    }


def _change(built: Built, change: Change) -> dict[str, Any]:
    return {
        "attribute": change.attribute,
        "code": change.code,
        "live": change.live,
        "direction": change.direction,
        "rules": list(change.rules),
        "location": _place(built, change.span),
        "manager": change.manager._asdict() if change.manager is not None else None,
    }


def _place(built: Built, span: Span | None) -> dict[str, Any] | None:
    if span is None or not span.path:
        return None
    found: dict[str, Any] = built.target.tree.files.locate(span)._asdict()
    return found


def text(built: Built, result: Result, trails: Sequence[Coverage]) -> str:
    """The same for people."""
    from scanner.report.escape import terminal  # noqa: PLC0415 - text only

    return "".join(f"{terminal(line)}\n" for line in _lines(built, result, trails))


def _lines(built: Built, result: Result, trails: Sequence[Coverage]) -> Iterator[str]:
    for class_ in _CLASSES:
        found = [each for each in result.drifts if each.kind_of.value == class_]
        if not found:
            continue
        yield f"{class_} ({len(found)}): {_SAID[class_]}"
        for each in found:
            yield from _one(built, each)
        yield ""
    for trail in trails:
        if trail.status != "ok":
            yield f"who changed what is not known of {trail.unit.rpartition('/')[0]}: {trail.reason}"
    total = sum(each.kind_of.value != "unknown" for each in result.drifts)
    yield f"{result.managed} as written, {total} not, {len(result.drifts) - total} unknown"


def _one(built: Built, each: Drift) -> Iterator[str]:
    place = _place(built, each.span)
    where = f"  {place['path']}:{place['line']}" if place and each.kind_of.value != "unmanaged" else ""
    whose = f"  [{each.owner}{f': {each.by}' if each.by else ''}]" if each.owner else ""
    yield f"  {each.kind}  {(each.twin or each.node).partition('#')[2]}{whose}{where}"
    if each.reason:
        yield f"      {each.reason}"
    for change in each.changes:
        rules = f"  ({', '.join(change.rules)})" if change.rules else ""
        code, live = (_short(value) for value in (change.code, change.live))
        yield f"      {change.direction}: {change.attribute}: {code} in code, {live} live{_by(change)}{rules}"
    for event in each.events:
        yield f"      {event.name} by {event.who}, {event.at}, through {event.via}"
    if each.trail:
        yield f"      by whom: {each.trail}"


def _by(change: Change) -> str:
    """Who wrote a field of a cluster's object."""
    manager = change.manager
    if manager is None:
        return ""
    what = "" if manager.what == "other" else f" ({manager.what})"
    return f"; by {manager.name}{what}{f', {manager.at}' if manager.at else ''}"


def _short(value: Any) -> str:
    import json  # noqa: PLC0415 - text only

    shown = json.dumps(value, default=str)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
