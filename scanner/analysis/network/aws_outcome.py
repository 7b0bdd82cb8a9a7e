"""What becomes of one way to a node: what arrives over it, through which relays, and what permits or stops it."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.analysis.network.atoms import NOTHING, Ranges
from scanner.analysis.network.aws_filters import held_of, sources_of
from scanner.analysis.network.aws_points import Point
from scanner.analysis.network.aws_walk import Trip
from scanner.analysis.network.verdict import Step


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way to a node: what arrives over it, through which relays, and what permits or stops it."""

    held: Ranges
    steps: tuple[Step, ...] = ()
    blocks: tuple[Step, ...] = ()
    reasons: tuple[str, ...] = ()
    via: tuple[int, ...] = ()
    sources: Ranges = NOTHING
    door: Point | None = None

    @property
    def arrives(self) -> bool:
        return bool(self.held) and not self.blocks


def outcome(trip: Trip) -> Outcome:
    """What became of a trip."""
    return Outcome(held_of(trip.load), trip.steps, trip.blocks, trip.reasons, (), sources_of(trip.load))
