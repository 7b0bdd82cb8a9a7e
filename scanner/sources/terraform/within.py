"""Where a part of a value is written: the entry of an object, the element of a list or a `for_each`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.hcl.syntax import Attribute, Call, Expression, Literal, Object, Template, Tuple

_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


def within(expr: Expression, path: str) -> tuple[int, int] | None:
    """The bytes of what a path below an expression (`.KEY`, `[0].name`) says, the key included; of what holds it,
    where it is not written out there. None where that is the expression itself.
    """
    found: tuple[int, int] | None = None
    while path:
        if isinstance(expr, Object):
            entry = _entry(expr, path[1:]) if path.startswith(".") else None
            if entry is None:
                return found
            key, expr, path = entry
            found = (key.start, expr.end)
            continue
        step = _STEP.match(path)
        if step is None or step.group(2) is None or not isinstance(expr, Tuple):
            return found
        position = int(step.group(2))
        if position >= len(expr.items):
            return found
        expr, path = expr.items[position], path[step.end() :]
        found = (expr.start, expr.end)
    return found


def encoded(expr: Expression, path: str) -> Attribute | None:
    """The entry that a path (`.KEY`) names of an object that is written out within `jsonencode(...)`, as if it
    were an attribute of its own."""
    held = expr.args[0] if isinstance(expr, Call) and expr.name == "jsonencode" and expr.args else None
    entry = _entry(held, path[1:]) if isinstance(held, Object) and path.startswith(".") else None
    if entry is None or entry[2]:
        return None
    key, value, _ = entry
    alone = value.parts[0] if isinstance(value, Template) and len(value.parts) == 1 else value
    return Attribute(_text(key), alone if isinstance(alone, Expression) else value, key.start, value.end)


def chosen(over: Expression, key: str, steps: Sequence[str | int]) -> tuple[int, int] | None:
    """The bytes of the element of a `for_each` that `each.key`, or `each.value` with further steps, stands for: of
    a set or an object that is written out in the block. None where it is worked out."""
    if isinstance(over, Call) and over.name == "toset" and len(over.args) == 1:
        over = over.args[0]
    if isinstance(over, Tuple):
        return next(((each.start, each.end) for each in over.items if _text(each) == key), None)
    for name, value in over.items if isinstance(over, Object) else ():
        if _text(name) == key:
            path = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in steps[2:])
            return within(value, path) or (name.start, value.end)
    return None


def _entry(expr: Object, path: str) -> tuple[Expression, Expression, str] | None:
    """The key and value of the entry that a path begins with, and the path from there on; keys may hold dots."""
    for key, value in expr.items:
        name = _text(key)
        if name and path.startswith(name) and path[len(name) : len(name) + 1] in ("", ".", "["):
            return key, value, path[len(name) :]
    return None


def _text(key: Expression) -> str:
    """A key that is written out; "" for one that is worked out."""
    if isinstance(key, Template) and len(key.parts) == 1:
        part = key.parts[0]
        return part if isinstance(part, str) else ""
    return str(key.value) if isinstance(key, Literal) and isinstance(key.value, str) else ""
