"""regex, regexall and replace."""

from __future__ import annotations

import re

from scanner.hcl.errors import EvaluationError, limit_error
from scanner.hcl.functions.re2 import Program, compile_pattern, find, find_all
from scanner.hcl.functions.signature import Function
from scanner.hcl.types import ANY, STRING, Type, collection, object_type
from scanner.hcl.values import MAX_STRING, ListValue, unknown_of
from scanner.model.value import Cause, Unknown, Value

_REFERENCE = re.compile(r"\$(?:(\$)|\{(\w+)\}|(\w+))")


def _captured(program: Program, text: str, match: list[int]) -> Value:
    """What a match gives: the whole, a tuple of its groups, or an object of its named groups."""
    parts: list[Value] = [
        text[match[2 * at] : match[2 * at + 1]] if match[2 * at] >= 0 else None
        for at in range(len(program.groups) + 1)
    ]
    if not program.groups:
        return parts[0]
    if any(program.groups):
        return dict(zip(program.groups, parts[1:], strict=True))
    return parts[1:]


def _captured_type(program: Program) -> Type:
    if not program.groups:
        return STRING
    if any(program.groups):
        return object_type(dict.fromkeys(program.groups, STRING))
    return Type("tuple", items=(STRING,) * len(program.groups))


def _program(pattern: str) -> Program:
    program = compile_pattern(pattern)
    if any(program.groups) and not all(program.groups):
        raise EvaluationError("named and unnamed groups cannot be mixed")
    return program


def _regex(pattern: Value, text: Value) -> Value:
    if isinstance(pattern, Unknown):
        return unknown_of(ANY, pattern)
    try:
        program = _program(pattern)
    except EvaluationError as error:
        return _unsupported(error)
    if isinstance(text, Unknown):
        return unknown_of(_captured_type(program), text)
    match = find(program, text)
    if match is None:
        raise EvaluationError("the pattern matches nothing in the string")
    return _captured(program, text, match)


def _regexall(pattern: Value, text: Value) -> Value:
    if isinstance(pattern, Unknown):
        return unknown_of(ANY, pattern)
    try:
        program = _program(pattern)
    except EvaluationError as error:
        return _unsupported(error)
    if isinstance(text, Unknown):
        return unknown_of(collection("list", _captured_type(program)), text)
    matches = (_captured(program, text, match) for match in find_all(program, text))
    return ListValue(matches, _captured_type(program))


def _unsupported(error: EvaluationError) -> Unknown:
    if error.code != "unsupported":
        raise error
    return Unknown(error.message, Cause.UNSUPPORTED)


def _replace(text: Value, part: Value, new: Value) -> Value:
    """Replace a string, or between slashes a pattern, with `$1` and `${name}` for what its groups matched."""
    if isinstance(part, Unknown) or isinstance(new, Unknown) or isinstance(text, Unknown):
        return unknown_of(STRING, text, part, new, prefix=_replaced_prefix(text, part, new))
    if len(part) > 1 and part.startswith("/") and part.endswith("/"):
        return _replace_pattern(text, part[1:-1], new)
    _check_size(len(text) + (text.count(part) if part else len(text) + 1) * len(new))
    return text.replace(part, new)


def _check_size(size: int) -> None:
    if size > MAX_STRING:
        raise limit_error(f"a string of more than {MAX_STRING} characters")


def _replaced_prefix(text: Value, part: Value, new: Value) -> str:
    """What is certain of the result: what cannot be touched by a match that begins in the known part."""
    known = text.prefix if isinstance(text, Unknown) else text
    if not isinstance(part, str) or len(part) != 1:
        return ""
    if isinstance(new, Unknown):
        return str(known.partition(part)[0])
    return str(known.replace(part, new))


def _replace_pattern(text: str, pattern: str, new: str) -> Value:
    try:
        program = compile_pattern(pattern)
    except EvaluationError as error:
        return _unsupported(error)
    out, position, size = [], 0, 0
    for match in find_all(program, text):
        out.append(text[position : match[0]])
        out.append(_expanded(program, text, match, new))
        size += len(out[-1])
        _check_size(size)
        position = match[1]
    out.append(text[position:])
    return "".join(out)


def _expanded(program: Program, text: str, match: list[int], new: str) -> str:
    def group(found: re.Match[str]) -> str:
        if found.group(1):
            return "$"
        name = found.group(2) or found.group(3)
        if name.isdigit():
            at = int(name) if len(name) < 4 else len(match)
        else:
            at = program.groups.index(name) + 1 if name in program.groups else len(match)
        if 2 * at >= len(match) or match[2 * at] < 0:
            return ""
        return text[match[2 * at] : match[2 * at + 1]]

    return _REFERENCE.sub(group, new)


FUNCTIONS: dict[str, Function] = {
    "regex": Function(_regex, "string, string -> any", unknown="all"),
    "regexall": Function(_regexall, "string, string -> list(any)", unknown="all"),
    "replace": Function(_replace, "string, string, string -> string", unknown="all"),
}
