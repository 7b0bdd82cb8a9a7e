"""One flow in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanner.analysis.network.atoms import Ranges, connection_text
from scanner.analysis.network.verdict import Reach


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
