"""What an attribute may hold: JSON-like values, and the two that JSON lacks: unknown and sensitive."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any, NoReturn


class Cause(Enum):
    """Why a value is not known. The first five lie outside our reach; the others count against us."""

    NO_DEFAULT = "no default"
    MODULE_ABSENT = "module absent"
    DATA_SOURCE = "data source"
    PROVIDER_COMPUTED = "provider-computed"
    OUTSIDE_SCAN = "outside scan"
    UNSUPPORTED = "unsupported"
    LIMIT = "limit"
    FAULT = "evaluator fault"

    @property
    def ours(self) -> bool:
        """Whether a better scanner would have known."""
        return self in (Cause.UNSUPPORTED, Cause.LIMIT, Cause.FAULT)


class Undetermined(Exception):
    """Raised where a decision would rest on an unknown value."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.reason)
        self.unknown = unknown


class Unknown:
    r"""A value that cannot be told, and why.

    `reason` is a sentence fragment for people ("variable \"region\" has no default"); `references` are what it
    hangs on, as `address.attribute`, for example `aws_s3_bucket.logs[0].id`; `type` is a Terraform type
    constraint where one is known; `prefix` is what a string is known to begin with, `suffix` what the text of a
    template is known to end with (None where no template made it: the value is another's as a whole). Comparing,
    testing or iterating an Unknown raises Undetermined, so that no rule decides on it by accident; code that
    handles values asks `isinstance(value, Unknown)` first.
    """

    __slots__ = ("cause", "prefix", "reason", "references", "suffix", "type")

    def __init__(
        self,
        reason: str,
        cause: Cause = Cause.PROVIDER_COMPUTED,
        references: tuple[str, ...] = (),
        type: str = "",
        prefix: str = "",
        *,
        suffix: str | None = None,
    ) -> None:
        self.reason = reason
        self.cause = cause
        self.references = references
        self.type = type
        self.prefix = prefix
        self.suffix = suffix

    def _refuse(self, *_: object) -> NoReturn:
        raise Undetermined(self)

    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __iter__ = __len__ = __getitem__ = __contains__ = __int__ = __float__ = _refuse
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"Unknown({self.reason!r}, {self.cause.value!r})"


class Sensitive:
    """A value that must not be shown. It is unwrapped to decide and masked wherever it is written."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "Sensitive(…)"


# str, int, float, bool, None, list[Value], dict[str, Value], Unknown, Sensitive: JSON plus the two above.
Value = Any


def unknowns(value: Value) -> Iterator[Unknown]:
    """Every Unknown inside a value, depth first."""
    stack = [value]
    while stack:
        item = stack.pop()
        form = type(item)
        if form is str:
            continue  # nearly every leaf
        if form is dict:
            stack.extend(reversed(item.values()))
        elif form is list:
            stack.extend(reversed(item))
        elif isinstance(item, Unknown):
            yield item
        elif isinstance(item, Sensitive):
            stack.append(item.value)


SHORT = 2


def secrets(value: Value) -> Iterator[str]:
    """Every text that carries a sensitive mark, inside a value; one of two signs or fewer tells nothing."""
    stack = [(value, False)]
    while stack:
        item, marked = stack.pop()
        if isinstance(item, Sensitive):
            stack.append((item.value, True))
        elif isinstance(item, dict):
            stack.extend((each, marked) for each in item.values())
        elif isinstance(item, list):
            stack.extend((each, marked) for each in item)
        elif marked and isinstance(item, str) and len(item) > SHORT:
            yield item


def first_unknown(value: Value) -> Unknown | None:
    """The first Unknown inside a value, or None when all of it is known."""
    if value is None or isinstance(value, (str, int, float)):
        return None
    return next(unknowns(value), None)


def unwrap(value: Value) -> Value:
    """The value without its sensitive mark (inner marks stay)."""
    while isinstance(value, Sensitive):
        value = value.value
    return value


def portable(value: Value, *, show_sensitive: bool = False) -> Value:
    """The value as JSON: unknown as {"$unknown": reason, "prefix"}, sensitive as {"$sensitive": true}."""
    if isinstance(value, Sensitive):
        return portable(value.value, show_sensitive=True) if show_sensitive else {"$sensitive": True}
    if isinstance(value, Unknown):
        told: dict[str, Value] = {"$unknown": value.reason}
        if value.prefix:
            told["prefix"] = value.prefix
        return told
    if isinstance(value, dict):
        return {str(key): portable(item, show_sensitive=show_sensitive) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [portable(item, show_sensitive=show_sensitive) for item in value]
    return value
