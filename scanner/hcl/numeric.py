"""Numbers as Terraform has them: binary floating point with 512 bits, in the fewest digits that tell them apart.

Whole numbers are int, all others Decimal holding exactly the binary value (every such value has a finite decimal
form). So `0.1 + 0.2 == 0.3` holds and `1.1 * 1.1` is 1.2100...001, both as in Terraform.
"""

from __future__ import annotations

import math
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from fractions import Fraction

from scanner.hcl.errors import limit_error

PRECISION = 512
MAX_EXPONENT = 4096
_EXACT = Context(prec=min(MAX_PREC, 200_000), Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])

Number = int | Decimal


class Double(Decimal):
    """The result of a function that Terraform computes in 64 bits, written in the digits of such a number."""

    __slots__ = ()


def with_sign(value: Decimal, sign: Decimal) -> Decimal:
    """The number with the sign of another, and as many bits as before; Python's own minus would round it."""
    return type(value)(value.copy_sign(sign))


class _MinusZero(int):
    """The zero that carries a sign: equal to any other, and written "-0"."""

    __slots__ = ()

    def __neg__(self) -> int:
        return 0

    def __str__(self) -> str:
        return "-0"

    def __float__(self) -> float:
        return -0.0


MINUS_ZERO = _MinusZero()


def is_minus_zero(value: object) -> bool:
    """Whether a value is the zero with a sign."""
    return isinstance(value, _MinusZero)


def negative(value: Number) -> bool:
    """Whether a number carries the sign, as zero may."""
    return value < 0 or isinstance(value, _MinusZero)


def from_float(value: float) -> Number:
    """A finite 64-bit result, exactly."""
    if value == 0:
        return MINUS_ZERO if math.copysign(1, value) < 0 else 0
    whole = int(value)
    return whole if whole == value and abs(whole) <= 1 << 53 else Double(value)


def from_decimal(value: Decimal) -> Number:
    """A number that was written in decimal. Raises EvaluationError ("limit") on an exponent beyond reason."""
    if not value:
        return MINUS_ZERO if value.is_signed() else 0
    if abs(value.adjusted()) > MAX_EXPONENT:
        raise limit_error("the exponent of this number is too large")
    return rounded(Fraction(value))


def rounded(value: Fraction) -> Number:
    """The nearest number of 512 bits, ties to even."""
    above, below = abs(value.numerator), value.denominator
    if below == 1 and above.bit_length() <= PRECISION:
        return value.numerator
    shift = PRECISION - (above.bit_length() - below.bit_length())
    mantissa, rest = divmod(above << max(shift, 0), below << max(-shift, 0))
    if mantissa.bit_length() > PRECISION:
        half_up = bool(mantissa & 1) and (rest != 0 or bool(mantissa & 2))
        mantissa = (mantissa >> 1) + half_up
        shift -= 1
    else:
        twice = 2 * rest
        divisor = below << max(-shift, 0)
        mantissa += twice > divisor or (twice == divisor and mantissa & 1)
    if value < 0:
        mantissa = -mantissa
    return _scaled(mantissa, shift)


def _scaled(mantissa: int, shift: int) -> Number:
    """`mantissa` / 2**shift."""
    if shift <= 0:
        return mantissa << -shift
    spare = (mantissa & -mantissa).bit_length() - 1
    if spare >= shift:
        return mantissa >> shift
    mantissa, shift = mantissa >> spare, shift - spare
    return Decimal(mantissa * 5**shift).scaleb(-shift, context=_EXACT)


def text(value: Number) -> str:
    """The number in the fewest digits that no other number of its precision shares; no exponent."""
    if isinstance(value, int) and value.bit_length() <= PRECISION:
        return str(value)
    if isinstance(value, Decimal) and not value.is_finite():
        return "-Inf" if value < 0 else "+Inf"
    digits, point = shortest(value)
    sign = "-" if value < 0 else ""
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if point >= len(digits):
        return sign + digits + "0" * (point - len(digits))
    return f"{sign}{digits[:point]}.{digits[point:]}"


def shortest(value: Number) -> tuple[str, int]:
    """The fewest digits of a finite number that is not zero, and where the point stands: 0.DIGITS x 10**point."""
    if isinstance(value, Double):
        told = Decimal(repr(float(abs(value))))
        return _significant(told)
    exactly = abs(Fraction(value))
    low, high, even = _neighbours(exactly)
    places = max(low.denominator.bit_length(), high.denominator.bit_length()) - 1
    scale = 10**places
    rows = [_digits(int(item * scale)) for item in (low, exactly, high)]
    width = max(map(len, rows))
    lower, middle, upper = (row.rjust(width, "0") for row in rows)
    return _settle(lower, middle, upper, inclusive=even, point=width - places)


def _significant(value: Decimal) -> tuple[str, int]:
    _, digits, exponent = value.as_tuple()
    shown = "".join(map(str, digits))
    return shown.rstrip("0"), len(shown) + int(exponent)


def _digits(value: int) -> str:
    """The decimal digits of an int beyond the length that str() allows."""
    return "".join(map(str, Decimal(value).as_tuple().digits))


def _neighbours(value: Fraction) -> tuple[Fraction, Fraction, bool]:
    """Half way to the numbers below and above, and whether the halves round back to this one."""
    shift = PRECISION - value.numerator.bit_length() + value.denominator.bit_length()
    mantissa = value * Fraction(2) ** shift
    while mantissa >= 1 << PRECISION:
        mantissa, shift = mantissa / 2, shift - 1
    while mantissa < 1 << (PRECISION - 1):
        mantissa, shift = mantissa * 2, shift + 1
    half = Fraction(1, 2) / Fraction(2) ** shift
    below = half / 2 if mantissa == 1 << (PRECISION - 1) else half
    return value - below, value + half, int(mantissa) % 2 == 0


def _settle(lower: str, middle: str, upper: str, *, inclusive: bool, point: int) -> tuple[str, int]:
    """Digit by digit until what follows no longer matters, as Go's strconv does."""
    last = len(upper.rstrip("0"))
    lowest = len(lower.rstrip("0"))
    for at, (low, digit, high) in enumerate(zip(lower, middle, upper, strict=True)):
        down = low != digit or (inclusive and at + 1 == lowest)
        up = digit != high and (inclusive or int(digit) + 1 < int(high) or at + 1 < last)
        if down or up:
            kept = int(Decimal(middle[: at + 1]))
            rest = middle[at + 1 :]
            if (up and not down) or (down and up and _rounds_up(rest, kept)):
                kept += 1
            shown = str(kept).rjust(at + 1, "0")
            point += len(shown) - (at + 1)
            break
    else:
        shown = middle
    stripped = shown.lstrip("0")
    return stripped.rstrip("0") or "0", point - (len(shown) - len(stripped))


def _rounds_up(rest: str, kept: int) -> bool:
    half = "5".ljust(len(rest), "0")
    return rest > half or (rest == half and bool(rest) and kept % 2 == 1)
