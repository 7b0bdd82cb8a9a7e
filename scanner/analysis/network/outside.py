"""Addresses outside the cluster as classes: those that no policy of one direction can tell apart are one bit."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.analysis.network.atoms import Ranges, Span, ranges
from scanner.analysis.network.stages import bits


class Outside:
    """A division of a universe of addresses by sets of them.

    `classes` are disjoint, together the universe, and each lies wholly in or out of every set. One pass over
    the ends of all spans, so that a policy of hundreds of ranges costs as much as sorting them.
    """

    def __init__(self, sets: Iterable[Ranges], universe: Ranges) -> None:
        self.universe = universe
        distinct = [each for each in dict.fromkeys(sets) if each]
        spans: dict[int, list[Span]] = {}
        for signature, span in _swept([universe, *distinct]):
            if signature & 1:
                spans.setdefault(signature, []).append(span)
        self.classes = [ranges(each) for each in spans.values()]
        held = [0] * (len(distinct) + 1)
        for at, signature in enumerate(spans):
            for number in bits(signature):
                held[number] |= 1 << at
        self._bits = dict(zip(distinct, held[1:], strict=True))
        self._bits[universe] = self.everything

    @property
    def everything(self) -> int:
        return (1 << len(self.classes)) - 1

    def within(self, addresses: Ranges) -> int:
        """The classes that lie in a set the division was made with."""
        return self._bits[addresses] if addresses else 0

    def touching(self, addresses: Ranges) -> int:
        """The classes that hold any of these addresses."""
        return sum(1 << at for at, each in enumerate(self.classes) if each & addresses)


def _swept(sets: list[Ranges]) -> Iterable[tuple[int, Span]]:
    """(which sets hold it, as bits; span) over the line of numbers, in order."""
    ends: dict[int, int] = {}
    for number, each in enumerate(sets):
        for first, last in each.spans:
            ends[first] = ends.get(first, 0) ^ (1 << number)
            ends[last + 1] = ends.get(last + 1, 0) ^ (1 << number)
    signature, start = 0, 0
    for point in sorted(ends):
        if signature:
            yield signature, (start, point - 1)
        signature ^= ends[point]
        start = point
