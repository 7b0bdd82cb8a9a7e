"""Comparing one context value with the values of a condition, by family of operators."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import ip_address, ip_network
from itertools import pairwise

from scanner.analysis.access import globs

# Operator (lower case) to (family, negated).
FAMILIES: dict[str, tuple[str, bool]] = {
    "stringequals": ("string", False),
    "stringnotequals": ("string", True),
    "stringequalsignorecase": ("folded", False),
    "stringnotequalsignorecase": ("folded", True),
    "stringlike": ("like", False),
    "stringnotlike": ("like", True),
    "arnequals": ("arn", False),
    "arnlike": ("arn", False),
    "arnnotequals": ("arn", True),
    "arnnotlike": ("arn", True),
    "numericequals": ("number =", False),
    "numericnotequals": ("number =", True),
    "numericlessthan": ("number <", False),
    "numericlessthanequals": ("number <=", False),
    "numericgreaterthan": ("number >", False),
    "numericgreaterthanequals": ("number >=", False),
    "dateequals": ("date =", False),
    "datenotequals": ("date =", True),
    "datelessthan": ("date <", False),
    "datelessthanequals": ("date <=", False),
    "dategreaterthan": ("date >", False),
    "dategreaterthanequals": ("date >=", False),
    "bool": ("bool", False),
    "binaryequals": ("string", False),
    "ipaddress": ("ip", False),
    "notipaddress": ("ip", True),
    "null": ("null", False),
}
_TEXTS = ("string", "folded", "like", "arn")


def compare(family: str, held: str, values: Sequence[str]) -> bool:
    """Whether a value fits one of the listed ones; what cannot be read as the family's type fits none."""
    return any(_fits(family, held, value) for value in values)


def _fits(family: str, held: str, value: str) -> bool:
    if family in _TEXTS:
        return globs.fits(_pattern(family, value), held)
    if family == "bool":
        return held.lower() == value.lower()
    if family == "ip":
        return _within(held, value)
    kind, _, sign = family.partition(" ")
    read = moment if kind == "date" else number
    left, right = read(held), read(value)
    if left is None or right is None:
        return False
    return {"=": left == right, "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[
        sign
    ]


@lru_cache(maxsize=65536)
def _pattern(family: str, value: str) -> globs.Pattern:
    """An ARN's six components are compared one by one, so that `*` crosses colons in the last alone; `*` by itself
    is every ARN."""
    if family == "like":
        return globs.tokens(value)
    if family in ("string", "folded"):
        return globs.literal(value, fold=family == "folded")
    parts = value.split(":", 5)
    if len(parts) < 6:
        return globs.tokens(value, crossing=not value.strip("*"))
    head = [token for part in parts[:5] for token in (*globs.tokens(part, crossing=False), frozenset(":"))]
    return (*head, *globs.tokens(parts[5]))


def number(text: str) -> float | None:
    """A number from its text; None where it is none."""
    try:
        return float(text)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def moment(text: str) -> float | None:
    """Seconds since 1970 of a date in the W3C's form, or of such a number; None where it is neither."""
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text) if len(text) != len("2020") else datetime(int(text), 1, 1, tzinfo=UTC).timestamp()
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


@lru_cache(maxsize=65536)
def _within(held: str, value: str) -> bool:
    try:
        network, inner = ip_network(value.strip(), strict=False), ip_network(held.strip(), strict=False)
    except ValueError:
        return False
    return (
        network.version == inner.version
        and inner.network_address in network
        and (inner.prefixlen >= network.prefixlen)
    )


# Values that reach every combination of comparisons


@lru_cache(maxsize=16384)
def candidates(compared: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[str, ...]:
    """Values of one key that between them make hold every combination of these (family, values) that any value
    does. Raises globs.TooMany."""
    found: list[str] = []
    texts = tuple(
        dict.fromkeys(_pattern(kind, value) for kind, values in compared if kind in _TEXTS for value in values)
    )
    if texts:
        found += [text for _, text in globs.vectors(texts)]
    kinds = {kind.partition(" ")[0] for kind, _ in compared}
    for kind, points in (("number", _numbers), ("date", _dates), ("ip", _addresses)):
        if kind in kinds:
            found += points([value for each, values in compared if each.startswith(kind) for value in values])
    if "bool" in kinds:
        found += ["true", "false"]
    return tuple(dict.fromkeys(found or ["anything"]))


def _numbers(values: list[str]) -> list[str]:
    return [_shown(point) for point in _around(map(number, values))]


def _dates(values: list[str]) -> list[str]:
    points = _around(map(moment, values))
    return [datetime.fromtimestamp(point, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for point in points if point >= 0]


def _around(values: Iterable[float | None]) -> list[float]:
    """Each value, one below all, one above all, and one between each two neighbours."""
    listed = sorted({each for each in values if each is not None})
    if not listed:
        return [0.0]
    between = [(low + high) / 2 for low, high in pairwise(listed)]
    return [listed[0] - 86_400, *listed, *between, listed[-1] + 86_400]


def _shown(point: float) -> str:
    return str(int(point)) if point.is_integer() else repr(point)


def _addresses(values: list[str]) -> list[str]:
    """The first address of each network and the first after it: networks nest or lie apart, so these are all."""
    found = ["198.51.100.7", "2001:db8:ffff::7"]
    for value in values:
        try:
            network = ip_network(value.strip(), strict=False)
        except ValueError:
            continue
        found.append(str(network.network_address))
        after = int(network.broadcast_address) + 1
        if after < 1 << network.max_prefixlen:
            found.append(str(type(network.network_address)(after)))
    return [text for text in found if ip_address(text)]
