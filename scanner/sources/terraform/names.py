"""Addresses of terraform taken apart: module calls with their keys, instance keys, references."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

_KEY = r'\[(?:\d+|"(?:[^"\\]|\\.)*"|\*)\]'
_CALL = re.compile(rf"module\.([\w-]+)({_KEY})?(?:\.|$)")
_ANY_KEY = re.compile(_KEY)
_NAMED = re.compile(rf"(data\.)?([\w-]+)\.([\w-]+)({_KEY})?(?:\.?(.*))$", re.DOTALL)


class Named(NamedTuple):
    """What a reference names: `block` is `type.name` with `data.` before it, `key` as written or ""."""

    block: str
    key: str
    rest: str


def generic(address: str) -> str:
    """An address without any instance key."""
    return _ANY_KEY.sub("", address)


def calls(prefix: str) -> list[tuple[str, str]]:
    """The module calls at the beginning of an address, outermost first: name and key as written."""
    found: list[tuple[str, str]] = []
    at = 0
    while (call := _CALL.match(prefix, at)) is not None:
        found.append((call[1], call[2] or ""))
        at = call.end()
    return found


def split(address: str) -> tuple[str, str]:
    """The module part of an address, with its last dot, and what is left."""
    at = 0
    while (call := _CALL.match(address, at)) is not None:
        at = call.end()
    return address[:at], address[at:]


def named(reference: str) -> Named | None:
    """The resource that a reference names, with what it asks of it; None where it is none."""
    found = _NAMED.match(reference)
    if found is None:
        return None
    return Named(f"{found[1] or ''}{found[2]}.{found[3]}", found[4] or "", found[5] or "")


def key_text(index: object) -> str:
    """An instance key as addresses show it."""
    if isinstance(index, int) and not isinstance(index, bool):
        return f"[{index}]"
    return f"[{json.dumps(index, ensure_ascii=False)}]" if isinstance(index, str) else ""
