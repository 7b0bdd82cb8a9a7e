"""Planned values with their unknown and sensitive parts put in (see `compare`)."""

from __future__ import annotations

from typing import Any


def shown_value(change: dict[str, Any]) -> Any:
    """The planned input of a `terraform_data`."""
    after, unknown, sensitive = (change.get(key) or {} for key in ("after", "after_unknown", "after_sensitive"))
    if sensitive is True:
        return {"$sensitive": whole(after.get("input"), unknown.get("input"), None)}
    return whole(after.get("input"), unknown.get("input"), sensitive.get("input"))


def whole(value: Any, unknown: Any, sensitive: Any) -> Any:
    """One value and what a plan says beside it."""
    if sensitive is True:
        return {"$sensitive": whole(value, unknown, None)}
    if unknown is True:
        return {"$unknown": True}
    if isinstance(value, dict) or isinstance(unknown, dict):
        known, missing = value or {}, unknown if isinstance(unknown, dict) else {}
        marks = sensitive if isinstance(sensitive, dict) else {}
        return {key: whole(known.get(key), missing.get(key), marks.get(key)) for key in sorted({*known, *missing})}
    if isinstance(value, list) or isinstance(unknown, list):
        listed, gaps = value or [], unknown if isinstance(unknown, list) else []
        masks = sensitive if isinstance(sensitive, list) else []
        return [
            whole(*(each[at] if at < len(each) else None for each in (listed, gaps, masks)))
            for at in range(max(len(listed), len(gaps)))
        ]
    return value
