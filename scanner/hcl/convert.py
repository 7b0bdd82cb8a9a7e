"""Values from one type to another, as Terraform converts arguments, variables and the arms of conditionals."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from scanner.hcl.errors import EvaluationError
from scanner.hcl.numeric import from_decimal
from scanner.hcl.partial import Present, present
from scanner.hcl.types import ANY, PRIMITIVE, Type, collection
from scanner.hcl.unify import convertible, has_any, settled, unify
from scanner.hcl.values import (
    BareTuple,
    ListValue,
    MapValue,
    SetValue,
    exact,
    is_number,
    number_text,
    type_name,
    type_of,
    unknown_of,
)
from scanner.model.value import Sensitive, Unknown, Value

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?\Z")


def convert(value: Value, want: Type) -> Value:
    """The value as `want`. Raises EvaluationError where Terraform would refuse.

    Null stays null; an Unknown takes the type; a sensitive mark stays on the outside of what carried it.
    """
    if isinstance(value, Sensitive):
        return Sensitive(convert(value.value, want))
    if value is None or want.kind == "any":
        return value
    if isinstance(value, Unknown):
        return _unknown(value, want)
    if want.kind == "string":
        return to_string(value)
    if want.kind == "number":
        return to_number(value)
    if want.kind == "bool":
        return to_bool(value)
    if want.kind == "object":
        return _object(value, want)
    if want.kind == "tuple":
        return _tuple(value, want)
    return _map(value, want) if want.kind == "map" else _sequence(value, want)


def _unknown(value: Unknown, want: Type) -> Unknown:
    have = type_of(value)
    if not convertible(have, want):
        raise EvaluationError(f"{_article(want.kind)} is required, not {_article(have.kind)}")
    told = str(settled(have, want) if has_any(want) else want)
    if value.type == told:
        return value
    prefix = value.prefix if want.kind == "string" else ""
    found = Unknown(value.reason, value.cause, value.references, told, prefix)
    return present(found) if isinstance(value, Present) else found


def to_string(value: Value) -> str:
    """A known primitive as a string."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_number(value):
        return number_text(value)
    raise EvaluationError(f"a string is required, not {_article(type_name(value))}")


def to_number(value: Value) -> int | Decimal:
    """A known primitive as a number."""
    if is_number(value):
        return exact(value)
    if isinstance(value, str):
        if _NUMBER.match(value) is None:
            raise EvaluationError("a number is required; this string is not one")
        return from_decimal(Decimal(value))
    raise EvaluationError(f"a number is required, not {_article(type_name(value))}")


def to_bool(value: Value) -> bool:
    """A known primitive as a bool."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        if value in ("true", "1"):
            return True
        if value in ("false", "0"):
            return False
        hint = f'; use "{value.lower()}"' if value.lower() in ("true", "false") else ""
        raise EvaluationError(f"a bool is required; this string is not one{hint}")
    raise EvaluationError(f"a bool is required, not {_article(type_name(value))}")


def _sequence(value: Value, want: Type) -> Value:
    """To list or set; from a set, a list or a tuple."""
    if not isinstance(value, (list, SetValue)):
        raise EvaluationError(f"{_article(want.kind)} is required, not {_article(type_name(value))}")
    if isinstance(value, SetValue) and want.kind == "list" and of_open_length(value):
        return unknown_of(collection("list", value.element), value)
    if isinstance(value, BareTuple) and want.element is not None and want.element.is_any:
        _check_bare(value)
    items, element = _converted(value, want.element or ANY, type_of(value))
    return ListValue(items, element) if want.kind == "list" else SetValue(items, element)


def of_open_length(value: SetValue) -> bool:
    """Whether a set may turn out shorter than it is listed: an unknown element may equal another one."""
    return len(value) > 1 and any(isinstance(item, Unknown) for item in value)


def _check_bare(items: Iterable[Value]) -> None:
    """Refuse a null of no type beside structures, whose type then cannot be told."""
    types = [type_of(item) for item in items]
    shared = unify(types)
    if (shared is None or shared.is_any) and not {told.kind for told in types} <= {*PRIMITIVE, "any"}:
        raise EvaluationError("all elements must have the same type, and a bare null has none")


def _map(value: Value, want: Type) -> Value:
    if not isinstance(value, dict):
        raise EvaluationError(f"a map is required, not {_article(type_name(value))}")
    items, element = _converted(value.values(), want.element or ANY, type_of(value))
    return MapValue(dict(zip(value, items, strict=True)), element)


def _converted(values: Iterable[Value], element: Type, have: Type) -> tuple[list[Value], Type]:
    """All elements as one type: the wanted one, or where that is any, what they have in common."""
    items = list(values)
    if have.element is not None and not items and not convertible(have.element, element):
        raise EvaluationError(f"elements that are {have.element.kind} do not become {element.kind}")
    if element.kind == "any":
        if have.element is not None and not have.element.is_any:
            return items, have.element
        shared = unify([type_of(item) for item in items])
        if shared is None:
            raise EvaluationError("all elements must have the same type")
        element = shared
    items = [convert(item, element) for item in items]
    return (items, element) if not items or not has_any(element) else _settled(element, items)


def _settled(element: Type, items: list[Value]) -> tuple[list[Value], Type]:
    """The converted elements with their type, without the `any` within it that they decide: all of them alike, or
    empty where others are not."""
    shared = unify([type_of(item) for item in items if item is not None])
    if shared is None or element.is_any or has_any(shared):
        check_alike(items)
        return items, element if shared is None else shared
    return [convert(item, shared) for item in items], shared


def check_alike(items: Iterable[Value]) -> None:
    """Refuse values that are not all of exactly one type, as far as their types are known."""
    told = [item for item in items if item is not None]
    told.sort(key=lambda item: isinstance(item, Unknown))
    if not all(_alike(told[0], item) for item in told[1:]):
        raise EvaluationError("all elements must have the same type")


def _alike(one: Value, other: Value) -> bool:
    """Whether two values have exactly one type, as far as theirs are known: a null may be of any."""
    one, other = (item.value if isinstance(item, Sensitive) else item for item in (one, other))
    if one is None or other is None:
        return True
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        types = type_of(one), type_of(other)
        return any(map(has_any, types)) or types[0] == types[1]
    if _is_tuple(one) and _is_tuple(other):
        return len(one) == len(other) and all(map(_alike, one, other))
    if _is_object(one) and _is_object(other):
        return one.keys() == other.keys() and all(_alike(item, other[key]) for key, item in one.items())
    return type_of(one) == type_of(other)


def _is_tuple(value: Value) -> bool:
    return isinstance(value, list) and not isinstance(value, ListValue)


def _is_object(value: Value) -> bool:
    return isinstance(value, dict) and not isinstance(value, MapValue)


def _object(value: Value, want: Type) -> Value:
    if not isinstance(value, dict):
        raise EvaluationError(f"an object is required, not {_article(type_name(value))}")
    defaults = dict(want.defaults)
    result: dict[str, Value] = {}
    missing = []
    for name, told in want.attributes:
        given = value.get(name)
        if name not in value and name not in want.optional:
            missing.append(f'"{name}"')
        elif given is None and name in defaults:
            result[name] = _default(defaults[name], told)
        else:
            result[name] = _within(given, told, name)
    if missing:
        plural = "s" if len(missing) > 1 else ""
        raise EvaluationError(f"attribute{plural} {', '.join(missing)} required")
    return result


def _within(value: Value, want: Type, name: str) -> Value:
    try:
        return convert(value, want)
    except EvaluationError as error:
        raise EvaluationError(f'attribute "{name}": {error.message}', error.span, error.code) from error


def _default(expr: object, want: Type) -> Value:
    from scanner.hcl.evaluate import constant  # noqa: PLC0415 - defaults are the one place where types need values

    return convert(constant(expr), want)


def _tuple(value: Value, want: Type) -> Value:
    if not isinstance(value, list) or len(value) != len(want.items):
        raise EvaluationError(f"a tuple of {len(want.items)} elements is required")
    return [convert(item, told) for item, told in zip(value, want.items, strict=True)]


def _article(word: str) -> str:
    return word if word == "null" else ("an " if word[:1] in "aeiou" else "a ") + word
