"""Number functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from functools import partial, reduce

from scanner.hcl.convert import to_number
from scanner.hcl.errors import EvaluationError, limit_error
from scanner.hcl.functions.signature import Function
from scanner.hcl.functions.strings import whole
from scanner.hcl.numeric import MINUS_ZERO, from_float, with_sign
from scanner.hcl.operators import arithmetic
from scanner.hcl.types import NUMBER
from scanner.hcl.values import MAX_ELEMENTS, ListValue, SetValue, exact, type_of, unknown_of
from scanner.model.value import Unknown, Value

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _rounded(value: Value, round_to: Callable[[Decimal], int]) -> Value:
    number = exact(value)
    if isinstance(number, int) or not number.is_finite():
        return number + 0  # no sign of a zero
    return round_to(number)


def _abs(value: Value) -> Value:
    number = exact(value)
    return with_sign(number, Decimal(1)) if isinstance(number, Decimal) else abs(number)


def _checked(value: float) -> Value:
    if math.isnan(value):
        raise EvaluationError("the result is not a number")
    if math.isinf(value):
        return Decimal("Infinity") if value > 0 else Decimal("-Infinity")
    return from_float(value)


def _log(value: Value, base: Value) -> Value:
    if value == 0 == base:
        raise EvaluationError("the logarithm of 0 in base 0 has no value")
    try:
        return _checked(math.log(float(value)) / math.log(float(base)))
    except ZeroDivisionError:
        if value == 1:
            raise EvaluationError("the logarithm of 1 in base 1 has no value") from None
        return Decimal("Infinity")
    except (ValueError, OverflowError) as fault:
        if value == 0:
            return Decimal("-Infinity")
        if base == 0 and value > 0:
            return MINUS_ZERO if value >= 1 else 0
        raise EvaluationError("the logarithm has no value here") from fault


def _pow(value: Value, power: Value) -> Value:
    try:
        return _checked(math.pow(float(value), float(power)))
    except OverflowError:
        return Decimal("Infinity")
    except ValueError as fault:
        if value == 0:
            return Decimal("Infinity")
        raise EvaluationError("the power has no value here") from fault


def _signum(value: Value) -> int:
    number = whole(value, "the argument")
    return (number > 0) - (number < 0)


def _parseint(text: Value, base: Value) -> Value:
    if isinstance(text, Unknown):
        if type_of(text).kind not in ("string", "any"):
            raise EvaluationError("the first argument must be a string")
        return unknown_of(NUMBER, text)
    if isinstance(base, Unknown) and isinstance(text, str):
        return unknown_of(NUMBER, base)
    if not isinstance(text, str):
        raise EvaluationError("the first argument must be a string")
    radix = whole(base, "the base")
    if not 2 <= radix <= 62:
        raise EvaluationError("the base must be between 2 and 62")
    if len(text) > 4000:
        raise limit_error("a number of more than 4000 digits")
    sign = -1 if text.startswith("-") else 1
    digits = text[1:] if text[:1] in ("-", "+") else text
    if radix <= 36:
        digits = digits.lower()
    found = 0
    for digit in digits:
        at = _DIGITS.find(digit)
        if not 0 <= at < radix:
            raise EvaluationError(f'"{text[:40]}" is no number in base {radix}')
        found = found * radix + at
    if not digits:
        raise EvaluationError("an empty string is no number")
    return sign * found


def _range(*bounds: Value) -> Value:
    """range(limit), range(start, limit), range(start, limit, step); at most 1024 numbers, as in Terraform."""
    if not 1 <= len(bounds) <= 3:
        raise EvaluationError("range() takes 1 to 3 arguments")
    start, limit = (0, bounds[0]) if len(bounds) == 1 else bounds[:2]
    step = bounds[2] if len(bounds) == 3 else (1 if start <= limit else -1)
    if (step >= 0 and start > limit) or (step < 0 and start < limit):
        raise EvaluationError("the step leads away from the limit")
    numbers: list[Value] = []
    at = exact(start)
    while (at < limit) if step >= 0 else (at > limit):  # no step is an error only where there is a way to go
        if len(numbers) >= 1024:
            raise EvaluationError("more than 1024 numbers; Terraform refuses so many")
        numbers.append(at)
        at = arithmetic("+", at, exact(step))
    return ListValue(numbers, NUMBER)


def _sum(items: Value) -> Value:
    if not isinstance(items, (list, SetValue)) or len(items) > MAX_ELEMENTS:
        raise EvaluationError("a list of numbers is required")
    if not len(items):
        raise EvaluationError("the list must not be empty")
    if None in list(items):
        raise EvaluationError("an element is null")
    first, *rest = map(to_number, items)
    return reduce(partial(arithmetic, "+"), rest, first)


def _extreme(*numbers: Value, largest: bool) -> Value:
    if not numbers:
        raise EvaluationError("at least one argument is required")
    return max(numbers) if largest else min(numbers)


FUNCTIONS: dict[str, Function] = {
    "abs": Function(_abs, "number -> number", forgets=True),
    "ceil": Function(lambda value: _rounded(value, math.ceil), "number -> number"),
    "floor": Function(lambda value: _rounded(value, math.floor), "number -> number"),
    "log": Function(_log, "number, number -> number"),
    "max": Function(lambda *numbers: _extreme(*numbers, largest=True), "*number -> number"),
    "min": Function(lambda *numbers: _extreme(*numbers, largest=False), "*number -> number"),
    "parseint": Function(_parseint, "any, number -> number", unknown="all"),
    "pow": Function(_pow, "number, number -> number"),
    "range": Function(_range, "*number -> list(number)"),
    "signum": Function(_signum, "number -> number"),
    "sum": Function(_sum, "any -> number"),
}
