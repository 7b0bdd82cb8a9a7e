"""The longest time between two runs of a schedule: cron expressions of AWS, Kubernetes and barman, rates, names.

AWS: `cron(minute hour day month weekday year)` with `?`, `L`, `W` and `#`, weekdays 1 to 7 from Sunday
(EventBridge Scheduler User Guide, "Cron-based schedules"); `rate(N unit)`. Kubernetes: five fields, weekdays 0 to
7 from Sunday, `@daily` and its kin, `@every 1h30m` (documentation of robfig/cron). CloudNativePG: six fields,
seconds first.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

_START, _DAYS = date(2026, 1, 1), 800
_DAY = 24 * 60
_MONTHS = {name.upper(): at for at, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = {name: at for at, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"))}
_NAMED = {"@hourly": 1.0, "@daily": 24.0, "@midnight": 24.0, "@weekly": 168.0,
          "@daily-random": 24.0, "@weekly-random": 168.0, "@hourly-random": 1.0}  # fmt: skip
_LONG = {"@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
         "@monthly-random": "0 0 1 * *", "@yearly-random": "0 0 1 1 *"}  # fmt: skip
_RATE = re.compile(r"rate\(\s*(\d+)\s+(minute|hour|day)s?\s*\)")
_EVERY = re.compile(r"@every((?:\s*\d+(?:\.\d+)?(?:h|m|s))+)")
_HOURS = {"minute": 1 / 60, "hour": 1.0, "day": 24.0, "h": 1.0, "m": 1 / 60, "s": 1 / 3600}


@lru_cache(maxsize=4096)
def longest_gap(expression: str) -> float:
    """Hours. Raises ValueError where the expression is none, or never runs."""
    text = expression.strip()
    if text.lower() in _NAMED:
        return _NAMED[text.lower()]
    text = _LONG.get(text.lower(), text)
    found = _RATE.fullmatch(text)
    if found:
        return _positive(int(found[1]) * _HOURS[found[2]], expression)
    every = _EVERY.fullmatch(text)
    if every:
        parts = re.findall(r"(\d+(?:\.\d+)?)(h|m|s)", every[1])
        return _positive(sum(float(count) * _HOURS[unit] for count, unit in parts), expression)
    text = re.sub(r"^(?:CRON_)?TZ=\S+\s+", "", text)
    if text.startswith("cron(") and text.endswith(")"):
        return _gap(_aws(text[5:-1].split(), expression), expression)
    fields = text.split()
    if len(fields) == 6:  # seconds first
        fields = fields[1:]
    return _gap(_unix(fields, expression), expression)


def _positive(hours: float, expression: str) -> float:
    if hours <= 0:
        raise ValueError(f"{expression!r} never runs")
    return hours


class _Times:
    """The minutes of a day and the days on which something runs."""

    def __init__(self, minutes: list[int], days: list[int]) -> None:
        self.minutes = minutes
        self.days = days


def _gap(times: _Times, expression: str) -> float:
    if not times.minutes or not times.days:
        raise ValueError(f"{expression!r} never runs")
    minutes, days = times.minutes, times.days
    inside = max((later - sooner for sooner, later in pairwise(minutes)), default=0)
    nights = max((later - sooner for sooner, later in pairwise(days)), default=_DAYS)
    return max(inside, nights * _DAY - minutes[-1] + minutes[0]) / 60


def _aws(fields: list[str], expression: str) -> _Times:
    if len(fields) != 6:
        raise ValueError(f"{expression!r} must have six fields")
    minute, hour, day, month, weekday, year = (field.upper() for field in fields)
    if (day == "?") == (weekday == "?"):
        raise ValueError(f"{expression!r} must have ? in one of its two fields for days")
    minutes = _minutes(minute, hour, expression)
    months = _values(month, 1, 12, _MONTHS, expression)
    years = _values(year, 1970, 2199, {}, expression)
    days = [
        at
        for at, each in _calendar()
        if each.month in months and each.year in years and _aws_day(each, day, weekday, expression)
    ]
    return _Times(minutes, days)


def _aws_day(each: date, day: str, weekday: str, expression: str) -> bool:
    if day != "?":
        return any(_day_of_month(each, item, expression) for item in day.split(","))
    return any(_day_of_week(each, item, expression) for item in weekday.split(","))


def _day_of_month(each: date, item: str, expression: str) -> bool:
    last = calendar.monthrange(each.year, each.month)[1]
    if item == "L":
        return each.day == last
    if item == "LW" or item.endswith("W"):
        wanted = last if item == "LW" else _number(item[:-1], {}, expression)
        return each == _nearest_weekday(each.replace(day=min(wanted, last)))
    return each.day in _values(item, 1, 31, {}, expression)


def _nearest_weekday(wanted: date) -> date:
    """The working day nearest to a day, in the same month."""
    weekday = wanted.weekday()
    if weekday < 5:
        return wanted
    moves = (-1, 2) if weekday == 5 else (1, -2)
    near = [wanted + timedelta(days=move) for move in moves]
    return next(day for day in near if day.month == wanted.month)


def _day_of_week(each: date, item: str, expression: str) -> bool:
    own = each.isoweekday() % 7 + 1  # 1 is Sunday
    names = {name: at + 1 for name, at in _WEEKDAYS.items()}
    if "#" in item:
        name, _, nth = item.partition("#")
        return own == _number(name, names, expression) and (each.day - 1) // 7 + 1 == _number(nth, {}, expression)
    if item == "L":
        return own == 7
    if item.endswith("L"):
        return own == _number(item[:-1], names, expression) and (each + timedelta(days=7)).month != each.month
    return own in _values(item, 1, 7, names, expression)


def _unix(fields: list[str], expression: str) -> _Times:
    if len(fields) != 5:
        raise ValueError(f"{expression!r} is no schedule")
    minute, hour, day, month, weekday = (field.upper() for field in fields)
    minutes = _minutes(minute, hour, expression)
    months = _values(month, 1, 12, _MONTHS, expression)
    days = _values(day, 1, 31, {}, expression)
    weekdays = {each % 7 for each in _values(weekday, 0, 7, _WEEKDAYS, expression)}
    free = (day.startswith(("*", "?")), weekday.startswith(("*", "?")))
    found = []
    for at, each in _calendar():
        if each.month in months:
            hits = (each.day in days, each.isoweekday() % 7 in weekdays)
            # Where both are restricted, either is enough (crontab(5)).
            if all(hits) if any(free) else any(hits):
                found.append(at)
    return _Times(minutes, found)


@lru_cache(maxsize=1)
def _calendar() -> list[tuple[int, date]]:
    return [(at, _START + timedelta(days=at)) for at in range(_DAYS)]


def _minutes(minute: str, hour: str, expression: str) -> list[int]:
    minutes, hours = _values(minute, 0, 59, {}, expression), _values(hour, 0, 23, {}, expression)
    return sorted(each * 60 + at for each in hours for at in minutes)


def _values(field: str, low: int, high: int, names: dict[str, int], expression: str) -> frozenset[int]:
    """The numbers that a field of lists, ranges and steps stands for."""
    return _values_of(field, low, high, tuple(sorted(names.items())), expression)


@lru_cache(maxsize=4096)
def _values_of(
    field: str, low: int, high: int, names: tuple[tuple[str, int], ...], expression: str
) -> frozenset[int]:
    found: set[int] = set()
    known = dict(names)
    for item in field.split(","):
        body, slash, step = item.partition("/")
        if body in ("*", "?"):
            first, last = low, high
        elif "-" in body:
            left, _, right = body.partition("-")
            first, last = _number(left, known, expression), _number(right, known, expression)
        else:
            first = _number(body, known, expression)
            last = high if slash else first
        if not low <= first <= high or not low <= last <= high:
            raise ValueError(f"{expression!r}: {item} is out of range")
        stride = _number(step, {}, expression) if slash else 1
        if stride < 1:
            raise ValueError(f"{expression!r}: a step must be positive")
        if first > last:  # a range that goes over the end
            found.update(range(first, high + 1, stride))
            found.update(range(low, last + 1, stride))
        else:
            found.update(range(first, last + 1, stride))
    return frozenset(found)


def _number(text: str, names: dict[str, int], expression: str) -> int:
    if text in names:
        return names[text]
    if not text.isdigit():
        raise ValueError(f"{expression!r}: {text!r} is no number")
    return int(text)
