"""`count` and `for_each`: a value becomes the instances of a block."""

from __future__ import annotations

from collections.abc import Callable

from scanner.hcl.values import SetValue
from scanner.model.diagnostic import Level
from scanner.model.value import Cause, Unknown, Value, unwrap
from scanner.sources.terraform.decode import keys_unknown, pairs, refused
from scanner.sources.terraform.instance import Expansion, Key

MOST_INSTANCES = 20_000
_FOR_EACH = "for_each takes a map or a set of strings"

# Called with a code, a summary and a level for what is wrong.
Tell = Callable[[str, str, Level], None]


def expansion(form: str, value: Value, tell: Tell) -> Expansion:
    """The instances that a `count` or `for_each` of a value gives; what is wrong with it is told."""
    if not isinstance(value, Unknown) and form == "for_each":
        missing = keys_unknown(value)
        value = value if missing is None else missing
    if isinstance(value, Unknown):
        return Expansion((0 if form == "count" else "*",), {}, value, form)
    if form == "count":
        return _counted(value, tell)
    if value is None or isinstance(value, (str, int, float)):
        tell("evaluate-for-each", _FOR_EACH, Level.WARNING)
        return Expansion(("*",), {}, refused(_FOR_EACH), form)
    items = list(pairs(value))
    if isinstance(value, SetValue) and not all(isinstance(each, str) for each in value):
        tell("evaluate-for-each", _FOR_EACH, Level.WARNING)
    if isinstance(value, list) and value:  # Terraform wants toset(...) here; what is meant is plain
        tell("evaluate-for-each", _FOR_EACH, Level.WARNING)
        items = [(each, each) for each in value if isinstance(each, str)]
    if len(items) > MOST_INSTANCES:
        return _too_many(form, len(items), tell)
    if not isinstance(value, dict) and not all(isinstance(unwrap(each), str) for each, _ in items):
        tell("evaluate-for-each", _FOR_EACH, Level.WARNING)
        items = [(key, each) for key, each in items if isinstance(unwrap(key), (str, int, float))]
        if not items:
            return Expansion(("*",), {}, refused(_FOR_EACH), form)
    keys = [(str(unwrap(key)), each) for key, each in items]
    return Expansion(tuple(key for key, _ in keys), dict(keys), None, form)


def _counted(value: Value, tell: Tell) -> Expansion:
    number = _whole(value)
    if number is None:
        tell("evaluate-count", "count takes a whole number", Level.WARNING)
        return Expansion((0,), {}, Unknown("count is not a whole number", Cause.OUTSIDE_SCAN), "count")
    if number > MOST_INSTANCES:
        return _too_many("count", number, tell)
    return Expansion(tuple(range(number)), {}, None, "count")


def _too_many(form: str, number: int, tell: Tell) -> Expansion:
    told = f"{form} gives {number:,} instances; one is scanned for all of them"
    tell("limit-instances", told, Level.ERROR)
    return Expansion((0 if form == "count" else "*",), {}, Unknown(told, Cause.LIMIT), form)


def _whole(value: Value) -> int | None:
    """A count: a whole number from 0 on, or text that reads as one."""
    if isinstance(value, bool):
        return None
    try:
        number = int(value)
        return number if number >= 0 and number == float(value) else None
    except (TypeError, ValueError, OverflowError):
        return None


def names_of(expansion: Expansion, key: Key) -> dict[str, Value]:
    """`count` or `each` for one instance of a block."""
    if expansion.form == "single":
        return {}
    unknown = expansion.unknown
    if expansion.form == "count":
        return {"count": {"index": key}}
    if unknown is not None:
        return {"each": {"key": unknown, "value": unknown}}
    return {"each": {"key": key, "value": expansion.values.get(key)}}
