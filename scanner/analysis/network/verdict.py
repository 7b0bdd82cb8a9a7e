"""What is said of two ends: reachable, possible for a reason, unreachable; and the answer that shows why.

A set of connections that hangs on unknowns is a pair of bounds: what is certainly let through, and what may
be. Filters are combined bound by bound, so no unknown ever closes or opens anything by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from scanner.analysis.network.atoms import ANYTHING, NOTHING, Ranges, described


class Reach(StrEnum):
    """The three verdicts of a question about two ends."""

    REACHABLE = "reachable"
    POSSIBLE = "possible"
    UNREACHABLE = "unreachable"


class Bounds(NamedTuple):
    """Connections between two bounds: `sure` is a subset of `maybe`; `why` says what the difference hangs on."""

    sure: Ranges
    maybe: Ranges
    why: tuple[str, ...] = ()

    @property
    def verdict(self) -> Reach:
        if self.sure:
            return Reach.REACHABLE
        return Reach.POSSIBLE if self.maybe else Reach.UNREACHABLE

    def both(self, other: Bounds) -> Bounds:
        """What passes one filter and the other."""
        return bounds(self.sure & other.sure, self.maybe & other.maybe, (*self.why, *other.why))

    def either(self, other: Bounds) -> Bounds:
        """What passes one filter or the other."""
        return bounds(self.sure | other.sure, self.maybe | other.maybe, (*self.why, *other.why))

    def only(self, wanted: Ranges) -> Bounds:
        """The part of it that is asked about."""
        return bounds(self.sure & wanted, self.maybe & wanted, self.why)

    def unsure(self, why: str) -> Bounds:
        """The same, and nothing of it certain."""
        return bounds(NOTHING, self.maybe, (*self.why, why))


def bounds(sure: Ranges, maybe: Ranges, why: Iterable[str] = ()) -> Bounds:
    """Bounds whose reasons are kept only where the two differ, each once."""
    return Bounds(sure, maybe, () if sure is maybe else tuple(dict.fromkeys(why)))


def exactly(held: Ranges) -> Bounds:
    """Connections that are known for certain."""
    return Bounds(held, held)


OPEN = exactly(ANYTHING)


class Step(NamedTuple):
    """One hop or one filter: the node (its index in the graph, or None for what stands outside, then `name`
    says what), the attribute or relation whose text in the source permits or forbids it, and a note."""

    node: int | None
    note: str
    attribute: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What `ask reach` says of one pair of ends.

    `connections` are what reaches the destination, at the destination's own ports (of a possible verdict, what
    may); `direct` is true where no relay ends the session, `via` are the relays otherwise, in order; `path` are
    the hops with what permits each, `blocked_by` the filters that stand in the way, the first one first.
    """

    verdict: Reach
    connections: Ranges = NOTHING
    direct: bool = False
    via: tuple[int, ...] = ()
    path: tuple[Step, ...] = ()
    blocked_by: tuple[Step, ...] = ()
    reason: str = ""
    assumptions: tuple[str, ...] = field(default=())

    def told(self) -> list[dict[str, str | int | None]]:
        """The connections for JSON."""
        return described(self.connections)


_ORDER = (Reach.REACHABLE, Reach.POSSIBLE, Reach.UNREACHABLE)


def chained(first: Answer, second: Answer, *, direct: bool | None = None) -> Answer:
    """Two networks one after the other: the weaker verdict, what the second lets through, every step. What the
    first one carries is at other ports where something between them sends it on."""
    verdict = max(first.verdict, second.verdict, key=_ORDER.index)
    reason = "; ".join(dict.fromkeys(each.reason for each in (first, second) if each.reason))
    arrives = verdict is not Reach.UNREACHABLE
    straight = first.direct and second.direct if direct is None else direct
    return Answer(
        verdict,
        second.connections if arrives else NOTHING,
        arrives and straight,
        tuple(dict.fromkeys((*first.via, *second.via))) if arrives else (),
        (*first.path, *second.path) if arrives else (),
        () if arrives else (*first.blocked_by, *second.blocked_by),
        reason,
        tuple(dict.fromkeys((*first.assumptions, *second.assumptions))),
    )


def best(answers: Iterable[Answer]) -> Answer | None:
    """The strongest of several: reachable before possible before unreachable, direct before relayed, the
    shortest path first; None without any."""
    order = list(Reach)
    return min(
        answers,
        key=lambda each: (order.index(each.verdict), not each.direct, len(each.path)),
        default=None,
    )
