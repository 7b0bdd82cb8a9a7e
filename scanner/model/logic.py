"""Three-valued `some` and `every`: what an unknown leaves open is never decided by its absence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from scanner.model.value import Undetermined, Unknown, Value

_T = TypeVar("_T")


def some(items: Iterable[_T], test: Callable[[_T], object] = bool) -> bool:
    """Whether the test holds for at least one item, whatever the order.

    True as soon as one holds; Undetermined when none is known to hold but one could (its test, or the end of
    an open relation, was undetermined); False only when all are known not to.
    """
    pending: Undetermined | None = None
    source = iter(items)
    while True:
        try:
            item = next(source)
            if test(item):
                return True
        except StopIteration:
            break
        except Undetermined as undetermined:
            pending = pending or undetermined
    if pending is not None:
        raise pending
    return False


def every(items: Iterable[_T], test: Callable[[_T], object] = bool) -> bool:
    """Whether the test holds for all items: the mirror of `some`."""
    return not some(items, lambda item: not test(item))


def both(*parts: Callable[[], object]) -> bool:
    """Whether all parts hold. Unlike `and`, one that is plainly false decides, whatever is unknown before it."""
    return every(parts, lambda part: part())


def certain(test: Callable[[], object]) -> bool:
    """Whether a test is known to hold; False where it does not, or cannot be told."""
    try:
        return bool(test())
    except Undetermined:
        return False


def text(value: Value) -> str:
    """A value as text. Sets and methods of strings do not notice an Unknown; this raises Undetermined on it."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return str(value)


def either(*parts: Callable[[], object]) -> bool:
    """Whether one part holds. Unlike `or`, one that plainly holds decides, whatever is unknown before it."""
    return some(parts, lambda part: part())
