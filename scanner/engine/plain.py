"""The part of YAML that metadata of rules is written in, read without a YAML library: 125 blocks in 5 ms, not 40.

Mappings by indentation, `[a, b]` of words, text in double quotes without escapes, words that YAML takes for text,
and blocks after `|`. Whatever else stands there is left to the library.
"""

from __future__ import annotations

import re
from typing import Any

_ENTRY = re.compile(r"( *)([a-z][a-z0-9_-]*):(?: +(\S.*?))?\s*")
_QUOTED = re.compile(r'"([^"\\]*)"')
_TEXT = re.compile(r"[A-Za-z](?:[^:#\n]|:(?=\S)|(?<=\S)#)*")  # neither `: ` nor ` #` within
_WORD = re.compile(r"[A-Za-z][\w.()/*-]*")
_NO_TEXT = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))  # as YAML 1.1 reads them


class _Other(Exception):
    """Something that this reader does not know."""


def plain(text: str) -> dict[str, Any] | None:
    """The mapping that a text is, as a YAML library gives it; None where it takes one to tell."""
    lines = text.splitlines()
    try:
        found, end = _mapping(lines, 0, 0)
    except _Other:
        return None
    return found if end == len(lines) else None


def _mapping(lines: list[str], at: int, indent: int) -> tuple[dict[str, Any], int]:
    """The entries at one indentation from a line on, and the line after them."""
    found: dict[str, Any] = {}
    while at < len(lines) and _indent(lines[at]) >= indent:
        entry = _ENTRY.fullmatch(lines[at])
        if entry is None or len(entry[1]) != indent or entry[2] in found or entry[2] in _NO_TEXT:
            raise _Other
        key, said = entry[2], entry[3]
        at += 1
        if said == "|":
            found[key], at = _block(lines, at, indent)
        elif said is not None:
            found[key] = _scalars(said) if said.startswith("[") else _scalar(said, _TEXT)
        elif at < len(lines) and _indent(lines[at]) > indent:
            found[key], at = _mapping(lines, at, _indent(lines[at]))
        else:
            raise _Other
    return found, at


def _block(lines: list[str], at: int, indent: int) -> tuple[str, int]:
    """The text of deeper lines, and the line after it; one line break ends it."""
    start = at
    while at < len(lines) and (not lines[at].strip() or _indent(lines[at]) > indent):
        at += 1
    if start == at or not lines[start].strip():
        raise _Other
    depth = _indent(lines[start])
    if any(line.strip() and _indent(line) < depth for line in lines[start:at]):
        raise _Other
    return "\n".join(line[depth:] for line in lines[start:at]).rstrip("\n") + "\n", at


def _scalars(said: str) -> list[str]:
    if not said.endswith("]"):
        raise _Other
    return [_scalar(each.strip(), _WORD) for each in said[1:-1].split(",")]


def _scalar(said: str, form: re.Pattern[str]) -> str:
    quoted = _QUOTED.fullmatch(said)
    if quoted is not None:
        return quoted[1]
    if form.fullmatch(said) is None or said.lower() in _NO_TEXT:
        raise _Other
    return said


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
