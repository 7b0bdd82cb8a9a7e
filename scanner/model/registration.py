"""What the registries of names and addresses say of them, as the files that a user keeps hold it.

Domains: RDAP, RFC 9083 (section 5.3) and the statuses of RFC 8056. Prefixes: validated ROA payloads, RFC 6811.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple, Protocol

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Registration:
    """A domain at its registry; None where the answer does not say. `stale` tells why it proves nothing, or ""."""

    name: str
    file: str
    expires: datetime | None = None
    locked: bool | None = None
    lapsing: bool = False  # its registration has ended; only the former holder can have it back
    anchored: bool | None = None
    registrar: str | None = None
    stale: str = ""


class Payload(NamedTuple):
    """A validated ROA payload: `origin` may announce `prefix`, and what lies in it up to /`longest`."""

    prefix: Network
    longest: int
    origin: int


@dataclass(frozen=True, slots=True)
class Payloads:
    """All payloads that cover some prefixes."""

    covering: tuple[Payload, ...]
    stale: str = ""


class Records(Protocol):
    """What the files of a user say."""

    def registration(self, name: str) -> Registration | None:
        """The answer of the registry for a domain (lower case, no dot at its end)."""

    def payloads(self, prefixes: Iterable[Network]) -> Payloads | None:
        """What covers any of the prefixes; None where no file of payloads is given, or none can be read."""


def validity(prefix: Network, origin: int, payloads: Iterable[Payload]) -> str:
    """The origin validation state of a route: valid, invalid or not found (RFC 6811, section 2).

    A payload for AS 0 matches no route (RFC 6483, section 4).
    """
    covering = [each for each in payloads if covers(each.prefix, prefix)]
    if any(0 < each.origin == origin and prefix.prefixlen <= each.longest for each in covering):
        return "valid"
    return "invalid" if covering else "not found"


def covers(outer: Network, inner: Network) -> bool:
    """Whether a prefix holds all of another of its version."""
    if isinstance(outer, IPv4Network):
        return isinstance(inner, IPv4Network) and inner.subnet_of(outer)
    return isinstance(inner, IPv6Network) and inner.subnet_of(outer)
