"""Flows and addresses in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanner.analysis.network.atoms import ALL_FOUR, EVERYWHERE, INTERNET, Ranges, cidr_texts, connection_text
from scanner.analysis.network.verdict import Reach

_FEW = 4


@dataclass(frozen=True, slots=True)
class Told:
    """One flow in words: ends as people call them, with their addresses in the graph (outside: their ranges)."""

    source: str
    destination: str
    connections: Ranges
    verdict: Reach
    reason: str
    source_id: str | list[str]
    destination_id: str | list[str]
    via: tuple[str, ...] = ()
    secured: Mapping[str, Any] | None = None  # see `secured.secured_by`; None where it is not worked out

    @property
    def text(self) -> str:
        """The connections for people."""
        return connection_text(self.connections)


def outside_name(addresses: Ranges) -> str:
    """Addresses outside as people call them."""
    if addresses in (EVERYWHERE, ALL_FOUR, INTERNET):
        return "internet" if addresses is INTERNET else "anywhere outside"
    texts = cidr_texts(addresses)
    return ", ".join(texts[:_FEW]) + (f" and {len(texts) - _FEW} more ranges" if len(texts) > _FEW else "")
