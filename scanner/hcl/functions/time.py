"""Timestamps and dates."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from fractions import Fraction

from scanner.hcl.errors import EvaluationError
from scanner.hcl.functions.signature import Function
from scanner.model.value import Cause, Unknown, Value

_STAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[-+]\d\d:\d\d)\Z")
_DURATION = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_UNITS = {
    "ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9,
}  # fmt: skip
_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+", re.DOTALL)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _parsed(text: str) -> tuple[datetime, str]:
    """An RFC 3339 timestamp to the second, and its zone as written."""
    found = _STAMP.match(text)
    if found is None:
        raise EvaluationError(f'"{text}" is no RFC 3339 timestamp such as 2025-01-31T12:00:00Z')
    zone = found.group(8)
    offset = timedelta(0)
    if zone != "Z":
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6])) * (-1 if zone[0] == "-" else 1)
    try:
        year, month, day, hour, minute, second = map(int, found.groups()[:6])
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset)), zone
    except ValueError as fault:
        raise EvaluationError(f'"{text}" is no date: {fault}') from fault


def _nanoseconds(text: str) -> int:
    found = _STAMP.match(text)
    return int(((found.group(7) if found is not None else None) or "0").ljust(9, "0")[:9])


def _duration(text: str) -> int:
    """A duration such as "1h30m" in nanoseconds."""
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":  # the one number that needs no unit
        return 0
    total, position = Fraction(0), 0
    for found in _DURATION.finditer(rest):
        if found.start() != position:
            break
        position = found.end()
        total += Fraction(found.group(1).rstrip(".") or "0") * _UNITS[found.group(2)]
    if position != len(rest) or (not rest):
        raise EvaluationError(f'"{text}" is no duration such as 1h30m')
    if abs(total) >= 1 << 63:
        raise EvaluationError(f'the duration "{text}" is too long')
    return int(total) * (-1 if text.startswith("-") else 1)


def _timeadd(stamp: str, duration: str) -> str:
    moment, _ = _parsed(stamp)
    whole = _nanoseconds(stamp) + _duration(duration)
    try:
        moment += timedelta(seconds=whole // 10**9)
    except OverflowError as fault:
        raise EvaluationError("the result lies outside the years 1 to 9999") from fault
    return moment.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + _zone(moment, "Z")


def _zone(moment: datetime, utc: str) -> str:
    offset = moment.utcoffset() or timedelta(0)
    if not offset:
        return utc
    minutes = abs(int(offset.total_seconds())) // 60
    return f"{'-' if offset < timedelta(0) else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


def _timecmp(left: str, right: str) -> int:
    a = (_parsed(left)[0], _nanoseconds(left))
    b = (_parsed(right)[0], _nanoseconds(right))
    return (a > b) - (a < b)


def _formatdate(spec: str, stamp: str) -> str:
    moment, _ = _parsed(stamp)
    out, position = [], 0
    for found in _TOKEN.finditer(spec):
        if found.start() != position:
            break
        position = found.end()
        if found.group(1) is not None:
            out.append(found.group(1).replace("''", "'"))
        elif found.group(2) is not None:
            out.append(_verb(found.group(), moment))
        else:
            out.append(found.group())
    if position != len(spec):
        raise EvaluationError("a quoted part of the format is not closed")
    return "".join(out)


def _verb(verb: str, moment: datetime) -> str:
    found = _date_verbs(moment).get(verb)
    if found is None:
        raise EvaluationError(f'"{verb}" is no part of a date format; quote letters that stand for themselves')
    return found


def _date_verbs(moment: datetime) -> dict[str, str]:
    month, day = _MONTHS[moment.month - 1], _DAYS[moment.weekday()]
    hour = moment.hour % 12 or 12
    half = "PM" if moment.hour >= 12 else "AM"
    colon, plain = _zone(moment, "+00:00"), _zone(moment, "+00:00").replace(":", "")
    return {
        "YYYY": f"{moment.year:04d}", "YY": f"{moment.year % 100:02d}",
        "MMMM": month, "MMM": month[:3], "MM": f"{moment.month:02d}", "M": str(moment.month),
        "DD": f"{moment.day:02d}", "D": str(moment.day), "EEEE": day, "EEE": day[:3],
        "hh": f"{moment.hour:02d}", "h": str(moment.hour), "HH": f"{hour:02d}", "H": str(hour),
        "AA": half, "aa": half.lower(), "mm": f"{moment.minute:02d}", "m": str(moment.minute),
        "ss": f"{moment.second:02d}", "s": str(moment.second),
        "ZZZZZ": colon, "ZZZZ": plain, "ZZZ": "UTC" if colon == "+00:00" else plain,
        "Z": "Z" if colon == "+00:00" else colon,
    }  # fmt: skip


def _now(name: str) -> Value:
    return Unknown(f"{name}() differs with every run", Cause.PROVIDER_COMPUTED, type="string")


FUNCTIONS: dict[str, Function] = {
    "formatdate": Function(_formatdate, "string, string -> string"),
    "plantimestamp": Function(lambda: _now("plantimestamp"), "-> string"),
    "timeadd": Function(_timeadd, "string, string -> string"),
    "timecmp": Function(_timecmp, "string, string -> number"),
    "timestamp": Function(lambda: _now("timestamp"), "-> string"),
}
