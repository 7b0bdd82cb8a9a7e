"""`format` and `formatlist`: Go's verbs as go-cty has them."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import takewhile

from scanner.hcl.convert import to_bool, to_number, to_string
from scanner.hcl.errors import EvaluationError, limit_error
from scanner.hcl.functions.encoding import json_text
from scanner.hcl.functions.signature import Function
from scanner.hcl.functions.strings import graphemes
from scanner.hcl.numeric import Number, from_decimal, shortest
from scanner.hcl.numeric import negative as is_negative
from scanner.hcl.partial import PartialText
from scanner.hcl.types import STRING, collection
from scanner.hcl.values import (
    MAX_STRING,
    ListValue,
    SetValue,
    contains_unknown,
    exact,
    is_number,
    of_known_length,
    type_name,
    unknown_of,
)
from scanner.model.value import Unknown, Value

_VERB = re.compile(
    r"%(?P<flags>[-+# 0]*)(?:(?P<width>[1-9]\d*))?(?:\.(?P<precision>\d*))?(?:\[(?P<at>\d+)\])?(?P<mode>.)?",
    re.DOTALL,
)
_MAX_WIDTH = 100_000


class _Verb:
    """One verb of a format string."""

    __slots__ = ("flags", "mode", "precision", "width")

    def __init__(self, found: re.Match[str]) -> None:
        self.flags = found.group("flags")
        self.width = int(found.group("width") or 0)
        precision = found.group("precision")
        self.precision = None if precision is None else int(precision or 0)
        self.mode = found.group("mode") or ""
        if self.width > _MAX_WIDTH or (self.precision or 0) > _MAX_WIDTH:
            raise limit_error("a width or precision of more than 100000")

    def pad(self, text: str, *, numeric: bool = False) -> str:
        missing = self.width - len(graphemes(text))
        if missing <= 0:
            return text
        if "-" in self.flags:
            return text + " " * missing
        if "0" not in self.flags:
            return " " * missing + text
        signed = numeric and text[:1] in "+- "
        return text[:1] + "0" * missing + text[1:] if signed else "0" * missing + text


def format_values(spec: str, args: tuple[Value, ...]) -> Value:
    """The formatted string; Unknown with what stands before the first unknown argument. Raises EvaluationError."""
    pieces: list[str] = []
    position, next_argument, highest = 0, 0, 0
    blocked = [arg for arg in args if contains_unknown(arg)]
    if blocked and (known := _known_in_part(spec, args)) is not None:
        return known
    for found in _VERB.finditer(spec):
        pieces.append(spec[position : found.start()])
        position = found.end()
        if found.group() == "%%":
            pieces.append("%")
            continue
        verb = _Verb(found)
        at = int(found.group("at")) - 1 if found.group("at") else next_argument
        if blocked and (not 0 <= at < len(args) or contains_unknown(args[at])):
            return unknown_of(STRING, *blocked, prefix="".join(pieces) + _prefix(args, at, found.group()))
        if not 0 <= at < len(args):
            raise EvaluationError(f'"{found.group()}" has no argument: {len(args)} are given')
        next_argument, highest = at + 1, max(highest, at + 1)
        try:
            pieces.append(_formatted(verb, args[at], found.group()))
        except EvaluationError:
            if blocked:  # Terraform formats nothing before it knows everything
                return unknown_of(STRING, *blocked, prefix="".join(pieces))
            raise
    if blocked:
        return unknown_of(STRING, *blocked)
    if highest < len(args):
        raise EvaluationError(f"{len(args)} arguments are given, {highest} are used")
    pieces.append(spec[position:])
    text = "".join(pieces)
    if len(text) > MAX_STRING:
        raise limit_error(f"a string of more than {MAX_STRING} characters")
    return text


def _known_in_part(spec: str, args: tuple[Value, ...]) -> PartialText | None:
    """The text with its unknown pieces, as a template has it, where texts are put in as they are (`%s` alone)."""
    texts = [
        each for each in args if isinstance(each, str) or (isinstance(each, Unknown) and each.type == "string")
    ]
    if spec.count("%") != spec.count("%s") or spec.count("%s") != len(args) or len(texts) < len(args):
        return None
    literal = spec.split("%s")
    parts: list[str | Unknown] = []
    for text, arg in zip(literal, args, strict=False):
        parts += [each for each in (text, arg) if isinstance(each, Unknown) or each]
    parts += [literal[-1]] if literal[-1] else []
    unknown = [each for each in parts if isinstance(each, Unknown)]
    lead = "".join(each for each in takewhile(lambda each: isinstance(each, str), parts) if isinstance(each, str))
    why = unknown_of(STRING, *unknown, prefix=lead + unknown[0].prefix)
    return PartialText(why, parts)


def _prefix(args: tuple[Value, ...], at: int, verb: str) -> str:
    """What the text of an unknown argument begins with."""
    value = args[at] if 0 <= at < len(args) and verb in ("%s", "%v") else None
    return value.prefix if isinstance(value, Unknown) else ""


def _formatted(verb: _Verb, value: Value, told: str) -> str:
    mode = verb.mode
    if mode == "v":
        return _default(verb, value)
    if mode and mode not in "tdbxXoeEfgGsq":
        raise EvaluationError(f'"{told}" is no verb')
    if not mode:
        raise EvaluationError('a "%" stands at the end; write "%%"')
    if value is None:
        raise EvaluationError(f'the argument of "{told}" is null')
    if mode == "t":
        return (
            verb.pad("true" if to_bool(value) else "false")
            if "0" in verb.flags
            else ("true" if to_bool(value) else "false")
        )
    if mode in "sq":
        return _string(verb, value)
    number = to_number(value)
    return _integer(verb, number) if mode in "dbxXo" else _real(verb, number, mode)


def _default(verb: _Verb, value: Value) -> str:
    if "#" not in verb.flags:
        if isinstance(value, str):
            return verb.pad(value)
        if is_number(value):
            return _real(verb, exact(value), "g")
        if isinstance(value, bool):
            return verb.pad("true" if value else "false")
    return verb.pad("null" if value is None else json_text(value))


def _string(verb: _Verb, value: Value) -> str:
    if isinstance(value, (list, dict, SetValue)):
        raise EvaluationError(
            f'"%{verb.mode}" needs a string, not a {type_name(value)}; use "%#v" or jsonencode()'
        )
    text = to_string(value)
    if verb.precision is not None:
        text = "".join(graphemes(text)[: verb.precision])
    return verb.pad(json_text(text) if verb.mode == "q" else text)


def _integer(verb: _Verb, number: int | Decimal) -> str:
    if not isinstance(number, int):
        raise EvaluationError(f'"%{verb.mode}" needs a whole number')
    radix = "d" if verb.mode == "d" else verb.mode
    digits = format(abs(number), radix)
    if verb.precision is not None:
        digits = digits.rjust(verb.precision, "0")
    if "#" in verb.flags and radix != "d":
        digits = {"x": "0x", "X": "0X", "o": "0", "b": "0b"}[radix] + digits
    return verb.pad(_signed(verb, digits, negative=number < 0), numeric=True)


def _signed(verb: _Verb, digits: str, *, negative: bool) -> str:
    if negative:
        return "-" + digits
    if "+" in verb.flags:
        return "+" + digits
    return " " + digits if " " in verb.flags else digits


def _real(verb: _Verb, number: int | Decimal, mode: str) -> str:
    value = Decimal(number).copy_abs()
    negative = is_negative(number)
    if not value.is_finite():
        return verb.pad(("-" if negative else "+") + "Inf", numeric=False)
    if mode in "gG":
        digits = _shortest(number, verb.precision)
    else:
        precision = 6 if verb.precision is None else verb.precision
        digits = _exponent(format(value, f".{precision}{mode.lower()}"))
    if mode in "EG":
        digits = digits.upper()
    return verb.pad(_signed(verb, digits, negative=negative), numeric=True)


def _shortest(value: Number, precision: int | None) -> str:
    """Go's %g: an exponent below 1e-4 and, by the precision, from 1e+06 up; no trailing zeros."""
    if value == 0:
        return "0"
    digits, point = shortest(value)
    limit = 6
    if precision is not None:
        limit = max(precision, 1)
        rounded = Decimal(format(Decimal(value).copy_abs(), f".{limit - 1}e"))
        digits, point = shortest(from_decimal(rounded))
        if limit > len(digits) >= point:
            limit = len(digits)
    exponent = point - 1
    if exponent < -4 or exponent >= limit:
        mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
        return f"{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if point <= 0:
        return f"0.{'0' * -point}{digits}"
    return digits.ljust(point, "0") if point >= len(digits) else f"{digits[:point]}.{digits[point:]}"


def _exponent(text: str) -> str:
    """A two-digit exponent, as Go writes it."""
    mantissa, letter, exponent = text.partition("e")
    if not letter:
        return text
    if not mantissa.strip("0."):
        exponent = "+0"
    return f"{mantissa}e{exponent[0]}{exponent[1:].rjust(2, '0')}"


def _formatlist(spec: str, *args: Value) -> Value:
    """One string per element of the lists, which must be of one length; other arguments repeat."""
    length: int | None = None
    for arg in map(of_known_length, args):
        if isinstance(arg, SetValue) and contains_unknown(arg):
            return unknown_of(collection("list", STRING), *args)
        if isinstance(arg, (list, SetValue)):
            if length is not None and length != len(arg):
                raise EvaluationError(f"the lists are of different lengths: {length} and {len(arg)}")
            length = len(arg)
    blocked = [arg for arg in args if isinstance(arg, Unknown)]
    if any(_may_be_list(arg) for arg in blocked):
        return unknown_of(collection("list", STRING), *blocked)
    rows = []
    columns = [list(arg) if isinstance(arg, (list, SetValue)) else None for arg in args]
    for at in range(1 if length is None else length):
        row = tuple(arg if column is None else column[at] for arg, column in zip(args, columns, strict=True))
        rows.append(format_values(spec, row))
    return ListValue(rows, STRING)


def _may_be_list(value: Unknown) -> bool:
    return value.type not in ("string", "number", "bool")


FUNCTIONS: dict[str, Function] = {
    "format": Function(lambda spec, *args: _format(spec, args), "string, *any? -> string", unknown="all"),
    "formatlist": Function(
        lambda spec, *args: _formats(spec, args), "string, *any? -> list(string)", unknown="all"
    ),
}


def _format(spec: Value, args: tuple[Value, ...]) -> Value:
    return unknown_of(STRING, spec) if isinstance(spec, Unknown) else format_values(spec, args)


def _formats(spec: Value, args: tuple[Value, ...]) -> Value:
    if isinstance(spec, Unknown):
        return unknown_of(collection("list", STRING), spec)
    return _formatlist(spec, *args)
