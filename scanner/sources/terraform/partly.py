"""Values that terraform wrote apart from what is unknown and what is sensitive in them, put together again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.model.value import Cause, Sensitive, Unknown, Value
from scanner.sources.terraform.decode import SECRET

MOST_DEPTH = 100


class _Left:
    """Stands for an attribute that is not there."""


LEFT = _Left()
Why = Callable[[str], "Unknown | _Left"]


def whole(value: Any, unknown: Any, sensitive: Any, why: Why, path: str = "", depth: int = 0) -> Value:
    """A value with its unknown and sensitive parts marked.

    `unknown` and `sensitive` are shaped like the value, with true at what they speak of (after_unknown,
    sensitive_values of the plan's format). `why` makes the Unknown of a path, or says that it is LEFT out.
    """
    if unknown is True:
        return why(path)
    if depth > MOST_DEPTH:
        return Unknown(f"nested more than {MOST_DEPTH} levels deep", Cause.LIMIT)
    found = value
    if isinstance(value, dict) or (value is None and isinstance(unknown, dict) and _any(unknown)):
        found = _mapping(value or {}, unknown, sensitive, why, path, depth)
    elif isinstance(value, list) or (value is None and isinstance(unknown, list) and _any(unknown)):
        found = _sequence(value or [], unknown, sensitive, why, path, depth)
    return Sensitive(found) if sensitive is True and found is not None else found


def _mapping(value: dict[str, Any], unknown: Any, sensitive: Any, why: Why, path: str, depth: int) -> Value:
    blanks = unknown if isinstance(unknown, dict) else {}
    secrets = sensitive if isinstance(sensitive, dict) else {}
    told: dict[str, Value] = {}
    for name in (*value, *(each for each in blanks if each not in value and _any(blanks[each]))):
        inner = f"{path}.{name}" if path else name
        hidden = secrets.get(name) is True or (name in SECRET and isinstance(value.get(name), str))
        each = whole(value.get(name), blanks.get(name), hidden or secrets.get(name), why, inner, depth + 1)
        if each is not LEFT:
            told[name] = each
    return told


def _sequence(value: list[Any], unknown: Any, sensitive: Any, why: Why, path: str, depth: int) -> Value:
    blanks = unknown if isinstance(unknown, list) else []
    secrets = sensitive if isinstance(sensitive, list) else []
    found = [
        whole(_at(value, at), _at(blanks, at), _at(secrets, at), why, f"{path}[{at}]", depth + 1)
        for at in range(max(len(value), len(blanks)))
    ]
    return [each for each in found if each is not LEFT]


def _at(items: list[Any], position: int) -> Any:
    return items[position] if position < len(items) else None


def _any(unknown: Any) -> bool:
    """Whether a mask marks anything."""
    stack = [unknown]
    while stack:
        each = stack.pop()
        if each is True:
            return True
        if isinstance(each, (dict, list)):
            stack.extend(each.values() if isinstance(each, dict) else each)
    return False
