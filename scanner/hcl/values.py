"""Terraform's values as Python's, and what Python lacks: typed collections, sets, exact numbers.

| Terraform | here |
|---|---|
| string, bool, null | str, bool, None |
| number | int where whole, else decimal.Decimal (float is accepted from outside) |
| tuple, object | list, dict |
| tuple with written nulls alone | BareTuple |
| list(T), map(T), set(T) | ListValue, MapValue (a list and a dict that know T), SetValue |
| unknown, sensitive | scanner.model.value.Unknown, Sensitive |

Maps and objects iterate in the order of their keys, as Terraform's do, whatever the order in the dict.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from scanner.hcl.errors import EvaluationError, limit_error
from scanner.hcl.numeric import Number, from_decimal, is_minus_zero, text
from scanner.hcl.types import ANY, BOOL, NUMBER, STRING, Type, collection, object_type, parse_type
from scanner.model.value import Cause, Sensitive, Unknown, Value

MAX_BITS = 14_000
MAX_STRING = 8_000_000
MAX_ELEMENTS = 200_000


class ListValue(list[Value]):
    """A list(T)."""

    __slots__ = ("element",)

    def __init__(self, items: Iterable[Value] = (), element: Type = ANY) -> None:
        super().__init__(items)
        self.element = element


class MapValue(dict[str, Value]):
    """A map(T)."""

    __slots__ = ("element",)

    def __init__(self, items: dict[str, Value] | Iterable[tuple[str, Value]] = (), element: Type = ANY) -> None:
        super().__init__(items)
        self.element = element


class BareTuple(list[Value]):
    """A tuple whose nulls all stand written: no other expression gave them, and so they are of no type."""

    __slots__ = ()


class SetValue:
    """A set(T): distinct, in Terraform's order: the unknown, each for itself, after the known, and null last."""

    __slots__ = ("element", "items")

    def __init__(self, items: Iterable[Value] = (), element: Type = ANY) -> None:
        self.element = element
        self.items = _distinct_sorted(items)

    def __iter__(self) -> Iterator[Value]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SetValue) and [set_key(item) for item in self] == [
            set_key(item) for item in other
        ]

    __hash__ = None  # type: ignore[assignment]  # values are compared, never keys

    def __repr__(self) -> str:
        return f"SetValue({self.items!r})"


def _distinct_sorted(items: Iterable[Value]) -> list[Value]:
    known: dict[str, Value] = {}
    unknown: list[Value] = []
    nulls: list[Value] = []
    for item in items:
        if item is None:
            nulls = [None]
        elif contains_unknown(item):
            unknown.append(item)
        else:
            known.setdefault(set_key(item), item)
    values = list(known.values())
    if (
        all(isinstance(item, str) for item in values)
        or all(is_number(item) for item in values)
        or all(isinstance(item, bool) for item in values)
    ):
        values.sort(key=lambda item: (item, not is_minus_zero(item)))
    else:
        values = [known[key] for key in sorted(known)]
    return values + unknown + nulls


def set_key(value: Value) -> str:
    """A text that two values share exactly if they are equal; its order is that of Terraform's sets."""
    value = strip_marks(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if value is None:
        return "~"
    if isinstance(value, bool):
        return "T" if value else "F"
    if is_number(value):
        return number_text(value)
    if isinstance(value, (ListValue, SetValue)):
        return "[" + "".join(set_key(item) + ";" for item in value) + "]"
    if isinstance(value, MapValue):
        return (
            "{"
            + "".join(f"{json.dumps(key, ensure_ascii=False)}:{set_key(value[key])};" for key in sorted(value))
            + "}"
        )
    if isinstance(value, dict):
        return "<" + "".join(f"{key}:{set_key(value[key])};" for key in sorted(value)) + ">"
    if isinstance(value, list):
        return "<" + "".join(set_key(item) + ";" for item in value) + ">"
    return f"?{id(value)}"


def is_number(value: Value) -> bool:
    """Whether a value is a number (a bool is none)."""
    return isinstance(value, (int, Decimal, float)) and not isinstance(value, bool)


def exact(value: Value) -> Number:
    """A number as int or Decimal; a float from outside counts as the decimal number that it is written as."""
    if isinstance(value, float):
        return from_decimal(Decimal(repr(value)))
    if not isinstance(value, (int, Decimal)) or isinstance(value, bool):
        raise EvaluationError("a number is required")
    return value


def number_text(value: Value) -> str:
    """A number as Terraform writes it: no exponent, no trailing zeros."""
    number = exact(value)
    if isinstance(number, int) and number.bit_length() > MAX_BITS:
        raise limit_error("this number has too many digits")
    return text(number)


def pairs(value: dict[str, Value]) -> list[tuple[str, Value]]:
    """The items of a map or object in Terraform's order."""
    return [(key, value[key]) for key in sorted(value)]


def type_of(value: Value) -> Type:
    """The type of a value; ANY for null and for an Unknown that does not know its own."""
    if isinstance(value, Sensitive):
        return type_of(value.value)
    if isinstance(value, str):
        return STRING
    if isinstance(value, bool):
        return BOOL
    if is_number(value):
        return NUMBER
    if isinstance(value, ListValue):
        return collection("list", value.element)
    if isinstance(value, SetValue):
        return collection("set", value.element)
    if isinstance(value, MapValue):
        return collection("map", value.element)
    if isinstance(value, list):
        return Type("tuple", items=tuple(type_of(item) for item in value))
    if isinstance(value, dict):
        return object_type({str(key): type_of(item) for key, item in value.items()})
    if isinstance(value, Unknown):
        return parse_type(value.type)
    return ANY


def type_name(value: Value) -> str:
    """A value's type in a sentence: "string", "list of string", "object"."""
    if value is None:
        return "null"
    told = type_of(value)
    if told.kind in ("list", "set", "map") and told.element is not None:
        return f"{told.kind} of {told.element.kind}"
    return told.kind


def to_plain(value: Value) -> Value:
    """JSON-like: Decimals become floats, sets sorted lists; Unknown and Sensitive stay where they are."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, SetValue) and any(map(is_minus_zero, value)):
        value = [item for item in value if not is_minus_zero(item) or [*value].count(0) < 2]
    if isinstance(value, (list, SetValue)):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, Sensitive):
        return Sensitive(to_plain(value.value))
    return value


def is_marked(value: Value) -> bool:
    """Whether the value or anything inside it is sensitive."""
    if isinstance(value, Sensitive):
        return True
    if isinstance(value, (list, SetValue)):
        return any(is_marked(item) for item in value)
    if isinstance(value, dict):
        return any(is_marked(item) for item in value.values())
    return False


def strip_marks(value: Value) -> Value:
    """The value without any sensitive mark, inside or out; the same object where there is none."""
    if not is_marked(value):
        return value
    if isinstance(value, Sensitive):
        return strip_marks(value.value)
    if isinstance(value, SetValue):
        return SetValue([strip_marks(item) for item in value], value.element)
    if isinstance(value, ListValue):
        return ListValue([strip_marks(item) for item in value], value.element)
    if isinstance(value, MapValue):
        return MapValue({key: strip_marks(item) for key, item in value.items()}, value.element)
    if isinstance(value, list):
        return [strip_marks(item) for item in value]
    return {key: strip_marks(item) for key, item in value.items()}


def marked(value: Value, *sources: Value) -> Value:
    """The value, sensitive if any of the sources is (at its top)."""
    if isinstance(value, Sensitive) or not any(isinstance(source, Sensitive) for source in sources):
        return value
    return Sensitive(value)


def find_unknown(value: Value) -> Unknown | None:
    """The first Unknown inside a value, sets included."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Sensitive):
        return find_unknown(value.value)
    if isinstance(value, (list, SetValue)):
        inner: Iterable[Any] = value
    elif isinstance(value, dict):
        inner = value.values()
    else:
        return None
    for item in inner:
        found = find_unknown(item)
        if found is not None:
            return found
    return None


def contains_unknown(value: Value) -> bool:
    """Whether anything in a value is unknown."""
    return find_unknown(value) is not None


def of_known_length(value: Value) -> Value:
    """What is unknown and a tuple as a tuple of unknown elements, since its type tells how many there are."""
    if not isinstance(value, Unknown):
        return value
    have = type_of(value)
    return [unknown_of(each, value) for each in have.items] if have.kind == "tuple" else value


def unknown_of(type_: Type | str, *sources: Value, prefix: str = "") -> Unknown:
    """An Unknown of a type that is unknown because of what is unknown in `sources`.

    Cause and reason are those of the first; the references are those of all.
    """
    found = [unknown for unknown in map(find_unknown, sources) if unknown is not None]
    told = "" if isinstance(type_, Type) and type_.is_any else str(type_)
    if not found:
        return Unknown("the evaluator lost the cause", Cause.FAULT, type=told, prefix=prefix)
    references = tuple(dict.fromkeys(name for unknown in found for name in unknown.references))
    return Unknown(found[0].reason, found[0].cause, references, told, prefix)
