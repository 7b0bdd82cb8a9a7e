"""The core that every dialect of policy compiles into: ordered stages of rules with pass.

Classes of endpoints are bits. A rule lies between two sets of them, its subjects and their peers, each with
bounds: what certainly belongs, what may. Within a stage the first rule that matches decides: allow and deny are
final, pass goes on with the next stage. What no rule of any stage decides is allowed; a policy that isolates ends
its stage with a rule that denies its subjects everything. Rules are asked per connection atom, so that one may
decide some ports and leave others.

A **row** says of one destination which sources get through: [(mask of connection atoms, sure, maybe)], masks
disjoint, sources as bits. Destinations with the same rules share a row, and pairs of rows are combined once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from scanner.analysis.network.atoms import ANYTHING, Ranges, ranges


class Action(Enum):
    """What a rule does with what it matches."""

    ALLOW = "allow"
    DENY = "deny"
    PASS = "pass"  # noqa: S105 - a policy's word, no password


class Bits(NamedTuple):
    """A set of classes between bounds: `sure` is a subset of `maybe`."""

    sure: int
    maybe: int

    def both(self, other: Bits) -> Bits:
        return Bits(self.sure & other.sure, self.maybe & other.maybe)

    def either(self, other: Bits) -> Bits:
        return Bits(self.sure | other.sure, self.maybe | other.maybe)

    def without(self, other: Bits) -> Bits:
        return Bits(self.sure & ~other.maybe, self.maybe & ~other.sure)


NONE = Bits(0, 0)


class Rule(NamedTuple):
    """One rule: what it does, to which connections, between which classes, and where it is written.

    `policy` is the node it belongs to, `position` its place among that policy's rules (-1: the policy's end, by
    which it isolates); `condition` is what it asks beyond addresses and ports, `why` what it hangs on whether it
    matches, where that is not certain.
    """

    action: Action
    connections: Ranges
    subjects: Bits
    peers: Bits
    policy: int = -1
    position: int = -1
    condition: str = ""
    why: tuple[str, ...] = ()


Stages = Sequence[Sequence[Rule]]
Row = tuple[tuple[int, int, int], ...]


class Space:
    """The atoms of connections that a set of rules tells apart, and masks over them."""

    def __init__(self, sets: Iterable[Ranges]) -> None:
        distinct = set(sets)
        points = {first for each in distinct for first, _ in each.spans}
        points |= {last + 1 for each in distinct for _, last in each.spans}
        end = ANYTHING.spans[0][1] + 1
        self._points = sorted((points | {0}) - {end})
        self._end = end
        self.full = (1 << len(self._points)) - 1
        self._masks: dict[Ranges, int] = {ANYTHING: self.full}
        self._ranges: dict[int, Ranges] = {}

    def mask(self, held: Ranges) -> int:
        """The atoms of a set that the space was made with."""
        found = self._masks.get(held)
        if found is None:
            found = 0
            for first, last in held.spans:
                low, high = bisect_left(self._points, first), bisect_left(self._points, last + 1)
                found |= ((1 << (high - low)) - 1) << low
            self._masks[held] = found
        return found

    def ranges(self, mask: int) -> Ranges:
        """The connections of a mask."""
        found = self._ranges.get(mask)
        if found is None:
            points = self._points
            ends = [*points[1:], self._end]
            found = self._ranges[mask] = ranges((points[at], ends[at] - 1) for at in bits(mask))
        return found


def bits(held: int) -> Iterator[int]:
    """The positions of the bits of a set, from the lowest."""
    while held:
        low = held & -held
        yield low.bit_length() - 1
        held ^= low


class _Seen(NamedTuple):
    """A rule as a destination sees it: sources instead of subjects and peers."""

    action: Action
    mask: int
    sure: int
    maybe: int


class Filter:
    """The stages of one direction over all destinations, with their rows.

    `inward` filters are asked at the destination (its subjects are destinations), the others at the source.
    """

    def __init__(self, stages: Stages, space: Space, *, inward: bool, destinations: int, sources: int) -> None:
        self.stages = stages
        self.inward = inward
        self.rows: list[Row] = []
        self._space = space
        self._sources = (1 << sources) - 1
        self._everywhere = (1 << destinations) - 1
        self._of = self._index(destinations)

    def row(self, destination: int) -> int:
        """The number of a destination's row in `rows`."""
        return self._of[destination]

    def sides(self, rule: Rule) -> tuple[Bits, Bits]:
        """(destinations, sources) of a rule."""
        return (rule.subjects, rule.peers) if self.inward else (rule.peers, rule.subjects)

    def _index(self, destinations: int) -> list[int]:
        """Each destination's row: those whose rules are the same share one."""
        grouped: dict[Bits, list[int]] = {}
        listed: list[tuple[int, _Seen]] = []
        for at, stage in enumerate(self.stages):
            for rule in stage:
                there, (sure, maybe) = self.sides(rule)
                grouped.setdefault(there, []).append(len(listed))
                mask = self._space.mask(rule.connections)
                listed.append((at, _Seen(rule.action, mask, sure & self._sources, maybe & self._sources)))
        keys: list[list[int]] = [[] for _ in range(destinations)]
        groups = list(grouped)
        for number, (sure, maybe) in enumerate(groups):
            if sure & self._everywhere == self._everywhere:
                continue
            for at in bits(sure & self._everywhere):
                keys[at].append(number * 2)
            for at in bits(maybe & ~sure & self._everywhere):
                keys[at].append(number * 2 + 1)
        always = [
            number * 2 for number, each in enumerate(groups) if each.sure & self._everywhere == self._everywhere
        ]
        rows: dict[tuple[int, ...], int] = {}
        shared: dict[Row, int] = {}
        found = []
        for key in map(tuple, keys):
            row = rows.get(key)
            if row is None:
                row = rows[key] = self._share(self._compute([*always, *key], groups, grouped, listed), shared)
            found.append(row)
        return found

    def _share(self, row: Row, shared: dict[Row, int]) -> int:
        number = shared.setdefault(row, len(self.rows))
        if number == len(self.rows):
            self.rows.append(row)
        return number

    def _compute(
        self,
        key: Sequence[int],
        groups: Sequence[Bits],
        grouped: dict[Bits, list[int]],
        listed: Sequence[tuple[int, _Seen]],
    ) -> Row:
        numbers = [(number, each & 1) for each in key for number in grouped[groups[each >> 1]]]
        numbers.sort()
        staged: list[list[_Seen]] = [[] for _ in self.stages]
        for number, unsure in numbers:
            at, seen = listed[number]
            staged[at].append(seen._replace(sure=0) if unsure else seen)
        return _decided([stage for stage in staged if stage], self._space.full, self._sources)


def _blocks(full: int, masks: Iterable[int]) -> list[int]:
    """The coarsest division of all atoms of which every mask is a union. Most masks have nothing in common."""
    blocks: list[int] = []
    covered = 0
    for mask in masks:
        common = mask & covered
        if common:
            divided: list[int] = []
            for block in blocks:
                inside = block & common
                divided += (inside, block ^ inside) if inside and inside != block else (block,)
            blocks = divided
        if mask != common:
            blocks.append(mask & ~covered)
            covered |= mask
    return [*blocks, full & ~covered] if covered != full else blocks


def _decided(stages: Sequence[Sequence[_Seen]], full: int, everyone: int) -> Row:
    """The row of a destination whose rules these are.

    Where it is not certain that a rule matches, both ways are followed: what may have been allowed and what may
    have been denied are kept apart, and only what cannot have been denied is certain.
    """
    masks = dict.fromkeys(rule.mask for stage in stages for rule in stage)
    blocks = _blocks(full, masks)
    count = len(blocks)
    alone = {block: at for at, block in enumerate(blocks)}
    where: dict[int, Sequence[int]] = {}
    for mask in masks:
        at_once = alone.get(mask)
        if mask == full:
            where[mask] = range(count)
        else:
            where[mask] = [at for at in range(count) if blocks[at] & mask] if at_once is None else (at_once,)
    alive, allowed, denied = [everyone] * count, [0] * count, [0] * count
    for stage in stages:
        passed: dict[int, int] = {}
        for action, mask, sure, maybe in stage:
            for at in where[mask]:
                matched = alive[at] & maybe
                if not matched:
                    continue
                if action is Action.ALLOW:
                    allowed[at] |= matched
                elif action is Action.DENY:
                    denied[at] |= matched
                else:
                    passed[at] = passed.get(at, 0) | matched
                alive[at] &= ~sure
        for at, held in passed.items():
            alive[at] |= held
    merged: dict[tuple[int, int], int] = {}
    for at in range(count):
        maybe = allowed[at] | alive[at]
        key = (maybe & ~denied[at], maybe)
        merged[key] = merged.get(key, 0) | blocks[at]
    return tuple((mask, sure, maybe) for (sure, maybe), mask in merged.items())


class Crossing:
    """Several filters in a row; their rows are combined once for each combination that occurs.

    `exempt` are, per filter, the sources that it does not concern (what comes from outside has no policy of its
    own for what goes out).
    """

    def __init__(self, filters: Sequence[Filter], exempt: Sequence[Bits]) -> None:
        self.filters = filters
        self._exempt = exempt
        self._memo: dict[tuple[int, ...], Row] = {}

    def to(self, destination: int) -> Row:
        """The row of what passes every filter to a destination."""
        key = tuple(each.row(destination) for each in self.filters)
        found = self._memo.get(key)
        if found is None:
            rows = [each.rows[number] for each, number in zip(self.filters, key, strict=True)]
            found = self._memo[key] = self._combine(rows)
        return found

    def _combine(self, rows: Sequence[Row]) -> Row:
        free = self._exempt[0]
        parts = [(mask, sure | free.sure, maybe | free.maybe) for mask, sure, maybe in rows[0]]
        for row, free in zip(rows[1:], self._exempt[1:], strict=True):
            parts = [
                (mask & other, sure & (more_sure | free.sure), maybe & (more_maybe | free.maybe))
                for mask, sure, maybe in parts
                for other, more_sure, more_maybe in row
                if mask & other
            ]
        merged: dict[tuple[int, int], int] = {}
        for mask, sure, maybe in parts:
            if maybe:
                merged[sure, maybe] = merged.get((sure, maybe), 0) | mask
        return tuple((mask, sure, maybe) for (sure, maybe), mask in merged.items())


def verdicts(stages: Stages, subject: int, peer: int) -> Iterator[tuple[Rule, Ranges, bool, bool]]:
    """Which rules decide on a subject and a peer: (rule, the connections it decides on, whether it certainly
    matches, whether nothing uncertain stood before it), in order. For explanations; pairs are few."""
    left, unsure = ANYTHING, False
    for stage in stages:
        passed = ranges(())
        for rule in stage:
            if not (rule.subjects.maybe >> subject & 1 and rule.peers.maybe >> peer & 1):
                continue
            hit = left & rule.connections
            if not hit:
                continue
            certain = bool(rule.subjects.sure >> subject & 1 and rule.peers.sure >> peer & 1)
            yield rule, hit, certain, not unsure
            unsure = unsure or not certain
            if certain:
                left = left - hit
            if rule.action is Action.PASS:
                passed |= hit
        left |= passed
