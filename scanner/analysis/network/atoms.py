"""Sets of addresses and of connections: ranges of whole numbers, hash-consed, with memoized set operations.

One type serves both. An **address** is a number: IPv4 addresses are themselves, IPv6 addresses lie above
`SIX`. A **connection** is protocol * 65536 + port, protocols by their IANA numbers; of ICMP the port is
type * 256 + code; protocols without ports fill their whole block. So a set of either is a sorted tuple of
closed ranges, and one intersection serves addresses, ports, protocols and all.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_network, summarize_address_range
from weakref import WeakValueDictionary

Span = tuple[int, int]

SIX = 1 << 128
_LAST_FOUR = (1 << 32) - 1
_BLOCK = 1 << 16

# IANA's numbers of the protocols that people write by name.
PROTOCOLS = {"icmp": 1, "igmp": 2, "ipip": 4, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ah": 51,
             "icmpv6": 58, "sctp": 132, "udplite": 136}  # fmt: skip
_NAMES = {number: name for name, number in PROTOCOLS.items()}
_WITH_PORTS = frozenset({"tcp", "udp", "sctp", "udplite"})


class Ranges:
    """A set of whole numbers. Equal sets are the same object, so that comparing and hashing cost nothing.

    `spans` are closed, sorted, disjoint and not adjacent. Make one with `ranges`; combine with `&`, `|`, `-`.
    """

    __slots__ = ("__weakref__", "spans")

    spans: tuple[Span, ...]

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __and__(self, other: Ranges) -> Ranges:
        if self is other:
            return self
        return _intersection(self, other) if self.spans and other.spans else NOTHING

    def __or__(self, other: Ranges) -> Ranges:
        if self is other or not other.spans:
            return self
        return _union(self, other) if self.spans else other

    def __sub__(self, other: Ranges) -> Ranges:
        if self is other:
            return NOTHING
        return _difference(self, other) if self.spans and other.spans else self

    def __contains__(self, number: int) -> bool:
        at = bisect_right(self.spans, (number, SIX * 2)) - 1
        return at >= 0 and self.spans[at][1] >= number

    def __le__(self, other: Ranges) -> bool:
        """Whether every number of this set is in the other."""
        return not self - other

    def __len__(self) -> int:
        """How many ranges, not how many numbers."""
        return len(self.spans)

    def __iter__(self) -> Iterator[Span]:
        return iter(self.spans)

    def __repr__(self) -> str:
        return f"Ranges({list(self.spans)})"


_INTERNED: WeakValueDictionary[tuple[Span, ...], Ranges] = WeakValueDictionary()


def _interned(spans: tuple[Span, ...]) -> Ranges:
    found = _INTERNED.get(spans)
    if found is None:
        found = Ranges.__new__(Ranges)
        found.spans = spans
        _INTERNED[spans] = found
    return found


def ranges(spans: Iterable[Span]) -> Ranges:
    """The union of closed spans, in any order, overlapping or not; those that end before they begin are empty."""
    merged: list[Span] = []
    for first, last in sorted(spans):
        if last < first:
            continue
        if merged and first <= merged[-1][1] + 1:
            if last > merged[-1][1]:
                merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    return _interned(tuple(merged))


@lru_cache(maxsize=1 << 16)
def _intersection(one: Ranges, other: Ranges) -> Ranges:
    found: list[Span] = []
    a, b, i, j = one.spans, other.spans, 0, 0
    while i < len(a) and j < len(b):
        first, last = max(a[i][0], b[j][0]), min(a[i][1], b[j][1])
        if first <= last:
            found.append((first, last))
        if a[i][1] < b[j][1]:
            i += 1
        else:
            j += 1
    return _interned(tuple(found))


@lru_cache(maxsize=1 << 16)
def _union(one: Ranges, other: Ranges) -> Ranges:
    return ranges((*one.spans, *other.spans))


@lru_cache(maxsize=1 << 16)
def _difference(one: Ranges, other: Ranges) -> Ranges:
    found: list[Span] = []
    b, j = other.spans, 0
    for start, last in one.spans:
        first = start
        while j < len(b) and b[j][1] < first:
            j += 1
        at = j
        while at < len(b) and b[at][0] <= last:
            if b[at][0] > first:
                found.append((first, b[at][0] - 1))
            first = b[at][1] + 1
            at += 1
        if first <= last:
            found.append((first, last))
    return _interned(tuple(found))


def union(sets: Iterable[Ranges]) -> Ranges:
    """The union of many sets in one pass."""
    distinct = set(sets)
    if len(distinct) == 1:
        return distinct.pop()
    return ranges(span for each in distinct for span in each.spans)


def cuts(sets: Iterable[Ranges], within: Ranges) -> list[Ranges]:
    """The coarsest division of `within` into single spans of which each lies wholly in or out of every set."""
    points = sorted({point for each in sets for first, last in each.spans for point in (first, last + 1)})
    found = []
    for first, last in within.spans:
        at = bisect_right(points, first)
        start = first
        while at < len(points) and points[at] <= last:
            found.append(ranges(((start, points[at] - 1),)))
            start = points[at]
            at += 1
        found.append(ranges(((start, last),)))
    return found


NOTHING = _interned(())

# addresses

ALL_FOUR = ranges(((0, _LAST_FOUR),))
ALL_SIX = ranges(((SIX, SIX + (1 << 128) - 1),))
EVERYWHERE = ALL_FOUR | ALL_SIX
# What the internet routes: all but the special-purpose registries of IANA (RFC 6890 and its updates). Ranges for
# documentation (RFC 5737, RFC 3849) stand for addresses of the internet wherever they are written.
_NOT_ROUTED = ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
               "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4")  # fmt: skip


@lru_cache(maxsize=1 << 14)
def cidr(text: str) -> Ranges:
    """The addresses of a CIDR or a single address, host bits ignored. ValueError says what is wrong with it."""
    network = ip_network(text.strip(), strict=False)
    base = 0 if isinstance(network, IPv4Network) else SIX
    return ranges(((base + int(network.network_address), base + int(network.broadcast_address)),))


def cidrs(texts: Iterable[str]) -> Ranges:
    """The union of CIDRs. ValueError where one of them is none."""
    return ranges(span for text in texts for span in cidr(text).spans)


PRIVATE = cidrs(_NOT_ROUTED)
INTERNET = (ALL_FOUR - PRIVATE) | cidr("2000::/3")


def address_text(number: int) -> str:
    """An address as people write it."""
    return str(IPv4Address(number)) if number < SIX else str(IPv6Address(number - SIX))


def cidr_texts(addresses: Ranges) -> list[str]:
    """The fewest CIDRs that make up a set of addresses."""
    found: list[str] = []
    for first, last in (*(addresses & ALL_FOUR).spans, *(addresses & ALL_SIX).spans):
        if first < SIX:
            found += map(str, summarize_address_range(IPv4Address(first), IPv4Address(last)))
        else:
            found += map(str, summarize_address_range(IPv6Address(first - SIX), IPv6Address(last - SIX)))
    return found


# connections

ANYTHING = ranges(((0, 256 * _BLOCK - 1),))


def protocol_number(name: str | int) -> int | None:
    """The number of a protocol by name or number, in any case; None for all of them ("any", "all", -1).

    ValueError where it is neither."""
    text = str(name).strip().lower()
    if text in ("any", "all", "-1", "*"):
        return None
    number = PROTOCOLS.get(text, PROTOCOLS["icmpv6"] if text == "ipv6-icmp" else -1)
    if number < 0:
        number = int(text) if text.isdigit() else -1
    if not 0 <= number <= 255:  # a byte
        raise ValueError(f"{name} is no protocol")
    return number


@lru_cache(maxsize=1 << 14)
def connections(protocol: str | int = "any", first: int | None = None, last: int | None = None) -> Ranges:
    """The connections of a protocol and its ports (closed; without them all of it).

    With "any" as protocol the ports are those of TCP, UDP and SCTP; without ports it is `ANYTHING`. Of ICMP,
    ports are type * 256 + code. ValueError where the protocol is none.
    """
    number = protocol_number(protocol)
    if number is None:
        if first is None:
            return ANYTHING
        return union(connections(each, first, last) for each in ("tcp", "udp", "sctp"))
    base = number * _BLOCK
    start = 0 if first is None else max(first, 0)
    end = _BLOCK - 1 if first is None else min(first if last is None else last, _BLOCK - 1)
    return ranges(((base + start, base + end),))


TCP, UDP, SCTP = connections("tcp"), connections("udp"), connections("sctp")
STREAMS = union((TCP, UDP, SCTP))


def by_protocol(held: Ranges) -> Iterator[tuple[int, tuple[Span, ...]]]:
    """(protocol number, spans of ports) in order of the number; a whole protocol is ((0, 65535),)."""
    found: dict[int, list[Span]] = {}
    for first, last in held.spans:
        for number in range(first >> 16, (last >> 16) + 1):
            base = number << 16
            found.setdefault(number, []).append((max(first - base, 0), min(last - base, _BLOCK - 1)))
    for number in sorted(found):
        yield number, tuple(found[number])


def protocol_name(number: int) -> str:
    """The name of a protocol, or its number as text."""
    return _NAMES.get(number, str(number))


def described(held: Ranges) -> list[dict[str, str | int | None]]:
    """Connections for JSON: [{"protocol", "from", "to"}], both null for all ports, protocol "any" for all.

    Of ICMP, from and to are type * 256 + code."""
    if held is ANYTHING:
        return [{"protocol": "any", "from": None, "to": None}]
    found: list[dict[str, str | int | None]] = []
    for number, spans in by_protocol(held):
        name = protocol_name(number)
        for first, last in spans:
            whole = first <= (1 if name in _WITH_PORTS else 0) and last == _BLOCK - 1
            found.append({"protocol": name, "from": None if whole else first, "to": None if whole else last})
    return found


def connection_text(held: Ranges) -> str:
    """Connections for people: `tcp 80,443; udp 53`, `all`, `none`."""
    if not held:
        return "none"
    if held is ANYTHING:
        return "all"
    parts = []
    for number, spans in list(by_protocol(held)):
        ports = ",".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
        parts.append(protocol_name(number) + ("" if spans == ((0, _BLOCK - 1),) else f" {ports}"))
    return "; ".join(parts) if len(parts) <= len(PROTOCOLS) else "all but a few"
