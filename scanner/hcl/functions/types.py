"""Conversions and sensitivity."""

from __future__ import annotations

from collections.abc import Callable

from scanner.hcl.convert import convert
from scanner.hcl.functions.signature import Function
from scanner.hcl.types import ANY, BOOL, NUMBER, STRING, Type, collection
from scanner.hcl.values import is_marked, strip_marks, unknown_of
from scanner.model.value import Sensitive, Unknown, Value


def _to(want: Type) -> Callable[[Value], Value]:
    def run(value: Value) -> Value:
        return _forgetful(convert(value, want), want, value)

    return run


def _forgetful(found: Value, want: Type, value: Value) -> Value:
    """A conversion that is called forgets of what is unknown that it is not null, and what its elements are."""
    if not isinstance(found, Unknown) or (found is value and found.type == str(want)):
        return found
    return Unknown(found.reason, found.cause, found.references, str(want), found.prefix)


def _toset(value: Value) -> Value:
    """A set whose elements are not marked: the mark of one is that of all."""
    want = collection("set", ANY)
    if is_marked(value):
        return Sensitive(convert(strip_marks(value), want))
    return _forgetful(convert(value, want), want, value)


def _issensitive(value: Value) -> Value:
    if isinstance(value, Sensitive):
        return True
    return unknown_of(BOOL, value) if isinstance(value, Unknown) else False


FUNCTIONS: dict[str, Function] = {
    "ephemeralasnull": Function(lambda value: value, "any? -> any", unknown="all", marks=True),
    "issensitive": Function(_issensitive, "any? -> bool", unknown="all", marks=True),
    "nonsensitive": Function(
        lambda value: value.value if isinstance(value, Sensitive) else value,
        "any? -> any",
        unknown="all",
        marks=True,
    ),
    "sensitive": Function(
        lambda value: value if isinstance(value, Sensitive) else Sensitive(value),
        "any? -> any",
        unknown="all",
        marks=True,
    ),
    "tobool": Function(_to(BOOL), "any? -> bool", unknown="all", marks=True),
    "tolist": Function(_to(collection("list", ANY)), "any? -> list(any)", unknown="all", marks=True),
    "tomap": Function(_to(collection("map", ANY)), "any? -> map(any)", unknown="all", marks=True),
    "tonumber": Function(_to(NUMBER), "any? -> number", unknown="all", marks=True),
    "toset": Function(_toset, "any? -> set(any)", unknown="all", marks=True),
    "tostring": Function(_to(STRING), "any? -> string", unknown="all", marks=True),
}
