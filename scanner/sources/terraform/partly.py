"""Values that terraform wrote apart from what is unknown and what is sensitive in them, put together again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scanner.model.value import Cause, Sensitive, Unknown, Value, unwrap
from scanner.sources.terraform.decode import SECRET

MOST_DEPTH = 100


class Left:
    """Stands for an attribute that is not there."""


LEFT = Left()


@dataclass(frozen=True, slots=True)
class Blanks:
    """What is said of the parts of a value that stand apart from it, by attribute path: `why` makes the Unknown of
    an unknown one or says that it is LEFT out; `unset` says whether an empty one is only how terraform writes
    an attribute or block that is not there."""

    why: Callable[[str], Unknown | Left]
    unset: Callable[[str], bool]

    def whole(self, value: Any, unknown: Any, sensitive: Any, path: str = "", depth: int = 0) -> Value:
        """A value with its unknown and sensitive parts marked.

        `unknown` and `sensitive` are shaped like the value, with true at what they speak of (after_unknown,
        sensitive_values of the plan's format).
        """
        if unknown is True:
            return self.why(path)
        if depth > MOST_DEPTH:
            return Unknown(f"nested more than {MOST_DEPTH} levels deep", Cause.LIMIT)
        found = value
        if isinstance(value, dict) or (value is None and isinstance(unknown, dict) and _any(unknown)):
            found = self._mapping(value or {}, unknown, sensitive, path, depth)
        elif isinstance(value, list) or (value is None and isinstance(unknown, list) and _any(unknown)):
            found = self._sequence(value or [], unknown, sensitive, path, depth)
        return Sensitive(found) if sensitive is True and found is not None else found

    def _mapping(self, value: dict[str, Any], unknown: Any, sensitive: Any, path: str, depth: int) -> Value:
        blanks = unknown if isinstance(unknown, dict) else {}
        secrets = sensitive if isinstance(sensitive, dict) else {}
        told: dict[str, Value] = {}
        for name in (*value, *(each for each in blanks if each not in value and _any(blanks[each]))):
            inner = f"{path}.{name}" if path else name
            hidden = secrets.get(name) is True or (name in SECRET and isinstance(value.get(name), str))
            each = self.whole(value.get(name), blanks.get(name), hidden or secrets.get(name), inner, depth + 1)
            if each is not LEFT and not (empty(each) and self.unset(inner)):
                told[name] = each
        return told

    def _sequence(self, value: list[Any], unknown: Any, sensitive: Any, path: str, depth: int) -> Value:
        blanks = unknown if isinstance(unknown, list) else []
        secrets = sensitive if isinstance(sensitive, list) else []
        found = [
            self.whole(_at(value, at), _at(blanks, at), _at(secrets, at), f"{path}[{at}]", depth + 1)
            for at in range(max(len(value), len(blanks)))
        ]
        return [each for each in found if each is not LEFT]


def empty(value: Value) -> bool:
    """Whether a value is an empty text or list."""
    value = unwrap(value)
    return isinstance(value, (str, list)) and not value


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
