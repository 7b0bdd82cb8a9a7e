"""Arithmetic, comparison, logic and equality, with unknown and sensitive operands, as Terraform 1.11 has them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from decimal import Context, Decimal
from fractions import Fraction

from scanner.hcl.convert import convert
from scanner.hcl.errors import EvaluationError, limit_error
from scanner.hcl.numeric import (
    MINUS_ZERO,
    PRECISION,
    Double,
    Number,
    from_float,
    is_minus_zero,
    negative,
    rounded,
    with_sign,
)
from scanner.hcl.partial import Present, present
from scanner.hcl.types import BOOL, NUMBER, Type
from scanner.hcl.values import (
    MAX_BITS,
    SetValue,
    contains_unknown,
    exact,
    is_marked,
    is_number,
    pairs,
    set_key,
    strip_marks,
    type_of,
    unknown_of,
)
from scanner.model.value import Sensitive, Unknown, Value

_ORDER: dict[str, Callable[[Number, Number], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


_IN_64_BITS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_SIGNED_ZERO = re.compile(r'("(?:[^"\\]|\\.)*")|-0(?=[;>]|\Z)')


def decides(op: str, left: Value) -> bool:
    """Whether the left side alone decides a logical operation: `false && x`, `true || x`."""
    return (op == "&&" and left is False) or (op == "||" and left is True)


def binary(op: str, left: Value, right: Value) -> Value:
    """The value of `left op right`. Raises EvaluationError for operands of the wrong type."""
    if op in ("==", "!="):
        return _equality(op, left, right)
    sensitive = isinstance(left, Sensitive) or isinstance(right, Sensitive)
    if isinstance(left, Sensitive):
        left = left.value
    if isinstance(right, Sensitive):
        right = right.value
    if op not in ("&&", "||"):
        found = _number_operation(op, left, right)
    else:
        found = _logic(op, left, right)
        sensitive = sensitive and not isinstance(found, Unknown)  # then Terraform loses the mark
    return Sensitive(found) if sensitive else found


def unary(op: str, operand: Value) -> Value:
    """The value of `-operand` or `!operand`."""
    if isinstance(operand, Sensitive):
        found = unary(op, operand.value)
        return found if isinstance(found, Unknown) else Sensitive(found)  # what is unknown loses its mark
    want = NUMBER if op == "-" else BOOL
    value = _operand(operand, want)
    if isinstance(value, Unknown):
        return present(value)
    if op == "!":
        return not value
    if isinstance(value, Decimal):
        return with_sign(value, value.copy_negate())
    return -value if value or is_minus_zero(value) else MINUS_ZERO


def _operand(value: Value, want: object) -> Value:
    if value is None:
        raise EvaluationError("an operand must not be null")
    return convert(value, NUMBER if want is NUMBER else BOOL)


def _logic(op: str, left: Value, right: Value) -> Value:
    """Terraform 1.11 does not short-circuit: both must be bools, and one unknown makes the result unknown."""
    left, right = _operand(left, BOOL), _operand(right, BOOL)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return present(unknown_of(BOOL, left, right))
    return (left and right) if op == "&&" else (left or right)


def _number_operation(op: str, left: Value, right: Value) -> Value:
    left, right = _operand(left, NUMBER), _operand(right, NUMBER)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return present(unknown_of(BOOL if op in _ORDER else NUMBER, left, right))
    if op in _ORDER:
        return _ORDER[op](left, right)
    return arithmetic(op, left, right)


def arithmetic(op: str, left: Number, right: Number) -> Number:
    """`+ - * / %` on known numbers; a division by zero is infinite, a remainder by zero is the left side."""
    if isinstance(left, int) and isinstance(right, int) and op in "+-*":
        if left.bit_length() + right.bit_length() > MAX_BITS:
            raise limit_error("the result has too many digits")
        whole = left + right if op == "+" else left - right if op == "-" else left * right
        if not whole:
            return _zero(op, left, right)
        return whole if whole.bit_length() <= PRECISION else rounded(Fraction(whole))
    if not Decimal(left).is_finite() or not Decimal(right).is_finite():
        return _infinite(op, Decimal(left), Decimal(right))
    if isinstance(left, Double) and isinstance(right, Double) and op != "%":
        return from_float(_IN_64_BITS[op](float(left), float(right)))
    a, b = Fraction(left), Fraction(right)
    if op in "/%" and b == 0:
        return _by_zero(op, left, right)
    if op == "%":
        times = int(rounded(a / b))  # rounded before it is cut off: 7 % 0.05 is 0
        found = rounded(a - Fraction(rounded(b * times)))
    else:
        found = rounded(a + b if op == "+" else a - b if op == "-" else a * b if op == "*" else a / b)
    return found or _zero(op, left, right)


def _zero(op: str, left: Number, right: Number) -> Number:
    """The zero that an operation gives, with the sign that a floating point number has there."""
    below, other = negative(left), negative(right)
    if op in "*/":
        return MINUS_ZERO if below != other else 0
    if op == "+":
        return MINUS_ZERO if below and other and left == 0 else 0
    return MINUS_ZERO if is_minus_zero(left) and not other else 0


def _by_zero(op: str, left: Number, right: Number) -> Number:
    if op == "%":
        return left
    if left == 0:
        raise EvaluationError("zero divided by zero has no value")
    return Decimal("Infinity") if (left > 0) != negative(right) else Decimal("-Infinity")


def _infinite(op: str, left: Decimal, right: Decimal) -> Number:
    """Arithmetic with an infinity; Python's own rules, where no result is an error."""
    if op == "%" and right == 0:
        return left
    if op in "/%" and not right.is_finite():
        if op == "/" and left.is_finite():
            return MINUS_ZERO if left.is_signed() != right.is_signed() else 0
        raise EvaluationError("this operation on infinities has no result")
    context = Context(traps=[])
    found = {
        "+": context.add,
        "-": context.subtract,
        "*": context.multiply,
        "/": context.divide,
        "%": context.remainder,
    }[op](left, right)
    if found.is_nan():
        raise EvaluationError("this operation on infinities has no result")
    return found


def _equality(op: str, left: Value, right: Value) -> Value:
    sensitive = is_marked(left) or is_marked(right)
    if sensitive:
        left, right = strip_marks(left), strip_marks(right)
    same = equals(left, right)
    found: Value = present(unknown_of(BOOL, left, right)) if same is None else same == (op == "==")
    return Sensitive(found) if sensitive else found


def equals(left: Value, right: Value) -> bool | None:
    """Whether two values without marks are equal; None where that hangs on something unknown.

    Values of different types are never equal: 1 and "1", a list and a tuple.
    """
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _equals_unknown(left, right)
    if left is None or right is None:
        return left is right
    if isinstance(left, str) or isinstance(right, str):
        return isinstance(left, str) and isinstance(right, str) and left == right
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if is_number(left) or is_number(right):
        return is_number(left) and is_number(right) and exact(left) == exact(right)
    return _equals_structures(left, right)


def _equals_unknown(left: Value, right: Value) -> bool | None:
    """What types and a known prefix decide: a string with one is not null, nor one that begins otherwise.

    Two that are both unknown may both come to be null, whatever their types.
    """
    if isinstance(right, Unknown):
        if isinstance(left, Unknown):
            return None
        left, right = right, left
    if right is not None and _never_one_type(type_of(left), type_of(right)):
        return False
    if right is None and isinstance(left, Present):
        return False
    if not left.prefix:
        return None
    if right is None or (isinstance(right, str) and not right.startswith(left.prefix)):
        return False
    return None


def _never_one_type(left: Type, right: Type) -> bool:
    """Whether two types differ in what they are, where that is known of both."""
    return left.kind != right.kind and "any" not in (left.kind, right.kind)


def _equals_structures(left: Value, right: Value) -> bool | None:
    if not contains_unknown(left) and not contains_unknown(right):
        keys = [set_key(side) for side in (left, right)]
        if not isinstance(left, SetValue):
            keys = list(map(unsigned, keys))
        return type_of(left) == type_of(right) and keys[0] == keys[1]
    if isinstance(left, SetValue) or isinstance(right, SetValue):
        return None if type(left) is type(right) else False
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() != right.keys():
            return False
        return _all(equals(item, right[key]) for key, item in pairs(left))
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        return _all(equals(a, b) for a, b in zip(left, right, strict=True))
    return False


def unsigned(key: str) -> str:
    """The key of a value in which every zero is the same: as sets they differ, otherwise they do not."""
    return _SIGNED_ZERO.sub(lambda found: found[1] or "0", key) if "-0" in key else key


def _all(results: Iterable[bool | None]) -> bool | None:
    told = list(results)
    if any(item is False for item in told):
        return False
    return None if any(item is None for item in told) else True
