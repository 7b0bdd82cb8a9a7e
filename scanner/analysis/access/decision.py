"""What all policies together say of one request.

The order and the exceptions are those of the IAM User Guide, "Policy evaluation logic", "How AWS enforcement
code logic evaluates requests" and "Evaluating identity-based policies with resource-based policies": a matching
Deny in any policy ends it; each level of SCPs must allow; a resource policy that names the caller itself may
grant alone within an account; KMS key policies and role trust policies must allow in any case; across accounts
both sides must."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from scanner.analysis.access import globs, names, resources
from scanner.analysis.access.conditions import Clause, ways
from scanner.analysis.access.names import MAYBE, NO, YES
from scanner.analysis.access.policy import Box, Source
from scanner.analysis.access.request import Action, Context, filled, is_pattern, targets
from scanner.analysis.access.rows import Caller, Limits, Part, Row, Target, matching, same_account

MOST_MASKS = 4096


class Verdict(Enum):
    """What becomes of a request."""

    ALLOWED = "allowed"
    CONDITIONAL = "conditional"
    DENIED = "denied"
    UNKNOWN = "unknown"


class Decision(NamedTuple):
    """The verdict, the conditions it hangs on, the statements that decide, and why something is unknown."""

    verdict: Verdict
    conditions: tuple[str, ...] = ()
    because: tuple[Source, ...] = ()
    unknowns: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()


def decide(caller: Caller, limits: Limits, action: Action, target: Target, context: Context) -> Decision:
    """What becomes of a request. Where the target's ARN is a pattern: of the best request that fits it."""
    if action.name.lower() == "sts:getcalleridentity":
        return Decision(Verdict.ALLOWED)  # needs no permission, and no policy can deny it (STS API)
    if action.unscoped:
        alone = Target(resources.NOWHERE, target.account, guardrails=target.guardrails)
        return _one(caller, limits, action, alone, context)
    if not is_pattern(target.arn):
        return _one(caller, limits, action, target, context)
    worst: Decision | None = None
    for group in targets(action, target.arn):
        found = [_some(caller, limits, action, target._replace(arn=each), context) for each in group]
        best = min(found, key=lambda each: _ORDER[each.verdict])
        if worst is None or _ORDER[best.verdict] > _ORDER[worst.verdict]:
            worst = best
    assert worst is not None  # noqa: S101 - there is at least one group
    return worst


_ORDER = {Verdict.ALLOWED: 0, Verdict.CONDITIONAL: 1, Verdict.UNKNOWN: 2, Verdict.DENIED: 3}


def order(decision: Decision) -> int:
    """0 for what is allowed, more for less."""
    return _ORDER[decision.verdict]


def best_of(found: Sequence[Decision]) -> Decision:
    """The most that is allowed, the first of equals."""
    return min(found, key=lambda each: _ORDER[each.verdict])


def both_of(one: Decision, other: Decision) -> Decision:
    """Two decisions that must both let a request in."""
    worst = max((one, other), key=lambda each: _ORDER[each.verdict])
    parts = (one, other)
    return Decision(
        worst.verdict,
        tuple(dict.fromkeys(text for each in parts for text in each.conditions)),
        tuple(dict.fromkeys(source for each in parts for source in each.because)),
        tuple(dict.fromkeys(text for each in parts for text in each.unknowns)),
        tuple(dict.fromkeys(clause for each in parts for clause in each.clauses)),
    )


def _one(caller: Caller, limits: Limits, action: Action, target: Target, context: Context) -> Decision:
    """The decision on one resource."""
    return _ruled(caller, limits, target, list(matching(caller, limits, action, target, target.arn, context)))


def _some(caller: Caller, limits: Limits, action: Action, target: Target, context: Context) -> Decision:
    """The best decision on any resource that fits a pattern."""
    rows = [row for row in matching(caller, limits, action, target, None, context)
            if row.statement is None or not _beside(row.statement.most, target.arn)]  # fmt: skip
    granting = (Part.IDENTITY, Part.DIRECT, Part.LIMITED, Part.GRANTED)
    if limits.own and not any(row.allow and row.part in granting for row in rows):
        return _ruled(caller, limits, target, [row for row in rows if not row.allow])
    best: Decision | None = None
    try:
        for mask, perhaps in _choices(rows, target.arn, context):
            found = _ruled(caller, limits, target, list(_chosen(rows, mask, perhaps)))
            if best is None or _ORDER[found.verdict] < _ORDER[best.verdict]:
                best = found
            if best.verdict is Verdict.ALLOWED:
                break
    except globs.TooMany:
        return Decision(Verdict.UNKNOWN, unknowns=("the patterns combine in more ways than are followed",))
    return best or Decision(Verdict.DENIED)


def _beside(box: Box, pattern: str) -> bool:
    """Whether a statement speaks of no resource that fits a pattern, as far as a quick look tells."""
    if not box.resources or box.not_resources:
        return False
    return all(resources.apart(each, pattern) for each in box.resources)


def _chosen(rows: Sequence[Row], mask: int, perhaps: int) -> Iterator[Row]:
    """The rows in a mask; those in `perhaps` only maybe."""
    for number, row in enumerate(rows):
        if mask >> number & 1:
            yield row._replace(matched=row.matched._replace(state=MAYBE)) if perhaps >> number & 1 else row


def _choices(rows: Sequence[Row], pattern: str, context: Context) -> Iterator[tuple[int, int]]:
    """For each sort of resource that fits the pattern: the rows that speak of it, and those that do perhaps."""
    listed: list[tuple[str, ...] | None] = []
    for row in rows:
        box = row.statement.most.resources if row.statement else None
        listed.append(
            None if box is None else tuple(x for text in box if (x := filled(text, context)) is not None)
        )
    segments = tuple(
        dict.fromkeys(each for texts in listed for text in texts or () for each in resources.split(text))
    )
    wanted = resources.split(pattern) or (resources.ALL,)
    place = {each: 1 << number for number, each in enumerate(segments)}
    last = len(segments)
    seen: set[tuple[int, int]] = set()
    for asked in wanted:
        for reached, _ in resources.reached((*segments, asked)):
            if not reached >> last & 1:
                continue
            mask = perhaps = 0
            for number, (row, texts) in enumerate(zip(rows, listed, strict=True)):
                hit, may = _speaks(texts, reached, place)
                apart = row.statement is not None and row.statement.most.not_resources
                if texts is None or hit is not apart:
                    mask |= 1 << number
                elif may and not apart:
                    mask |= 1 << number
                    perhaps |= 1 << number
                if apart and may:
                    perhaps |= 1 << number
            if (mask, perhaps) not in seen:
                seen.add((mask, perhaps))
                yield mask, perhaps


def _speaks(
    texts: tuple[str, ...] | None, reached: int, place: dict[resources.Segments, int]
) -> tuple[bool, bool]:
    """Whether one of the texts is among what a resource reaches, and whether one that is unknown as a whole may
    be."""
    if texts is None:
        return True, False
    hit = any(reached & place[each] for text in texts for each in resources.split(text))
    may = any(text and any(each.sort == names.FREE for each in names.holes_in(text[0])) for text in texts)
    return hit, may


# The verdict


def _ruled(caller: Caller, limits: Limits, target: Target, rows: list[Row]) -> Decision:
    """The verdict over every way in which the clauses that are left open may hold."""
    try:
        masks = _ways(rows)
    except globs.TooMany:
        return Decision(Verdict.UNKNOWN, unknowns=("the conditions combine in more ways than are followed",))
    same = YES if not target.account else same_account(caller.account, target.account)
    if caller.kind == "anyone" or (same == MAYBE and not limits.own):  # whoever is not of the scan
        same = NO
    places = {YES: (True,), NO: (False,), MAYBE: (True, False)}[same]
    sure, perhaps, allowing = True, False, 0
    for mask in masks:
        low = all(_allowed(caller, limits, target, rows, mask, same=each, kind=False) for each in places)
        high = low or any(_allowed(caller, limits, target, rows, mask, same=each, kind=True) for each in places)
        sure, perhaps = sure and low, perhaps or high
        if low and (not allowing or _weight(rows, mask) < _weight(rows, allowing - 1)):
            allowing = mask + 1
    if sure:  # what only may match decides nothing
        always = masks[0] if len(masks) == 1 else -1
        known = sum(1 << number for number, row in enumerate(rows) if row.matched.state == YES)
        return Decision(Verdict.ALLOWED, (), _granting(rows, always & known) or _granting(rows, always))
    if not perhaps:
        return Decision(Verdict.DENIED, (), _denying(rows))
    if allowing:
        return _conditional(rows, allowing - 1)
    reasons = dict.fromkeys(
        row.matched.reason for row in rows if row.matched.state == MAYBE and row.matched.reason
    )
    if target.own_only[0] == MAYBE and same != YES:
        reasons[target.own_only[1]] = None
    unknowns = tuple(map(names.readable, reasons)) or ("whether it is the same account is not known",)
    return Decision(Verdict.UNKNOWN, (), _granting(rows, -1), unknowns)


def _weight(rows: list[Row], mask: int) -> int:
    """How many clauses a way asks for: those of the Allows that match and of the Denies that do not."""
    return sum(
        len(row.matched.clauses) for number, row in enumerate(rows) if bool(mask >> number & 1) is row.allow
    )


def _ways(rows: list[Row]) -> list[int]:
    """Which rows may hold together, over all values of the keys that are left open."""
    full = (1 << len(rows)) - 1
    by_key: dict[str, dict[Clause, None]] = {}
    for row in rows:
        for one in row.matched.clauses:
            by_key.setdefault(one.key, {})[one] = None
    found = {full}
    for clauses in by_key.values():
        listed = tuple(clauses)
        needs = [sum(1 << n for n, one in enumerate(listed) if one in row.matched.clauses) for row in rows]
        step = {
            sum(1 << number for number, need in enumerate(needs) if mask & need == need)
            for mask, _ in ways(listed)
        }
        found = {before & after for before in found for after in step}
        if len(found) > MOST_MASKS:
            raise globs.TooMany
    return sorted(found, reverse=True)


def _allowed(
    caller: Caller, limits: Limits, target: Target, rows: list[Row], mask: int, *, same: bool, kind: bool
) -> bool:
    """Whether the rows in the mask allow; what is unknown is taken for allowing (`kind`) or against it."""
    granted: set[int] = set()
    for number, row in enumerate(rows):
        if not mask >> number & 1 or (row.matched.state == MAYBE and row.allow is not kind):
            continue
        if not row.allow:
            return False
        granted.add(row.part)
    if any(Part.LEVEL + number not in granted for number in range(len(limits.guardrails))):
        return False
    if limits.endpoint is not None and Part.ENDPOINT not in granted:
        return False
    within = (limits.boundary is None or Part.BOUNDARY in granted) and (
        limits.session is None or Part.SESSION in granted
    )
    own = (Part.IDENTITY in granted and within) or not limits.own
    direct = Part.DIRECT in granted or (Part.LIMITED in granted and within)
    direct = direct or (Part.GRANTED in granted and (within or kind))
    if target.alone:
        return bool(granted & {Part.DIRECT, Part.LIMITED, Part.GRANTED})
    if not same:
        if target.own_only[0] == YES or (target.own_only[0] == MAYBE and not kind):
            return False
        named = bool(granted & {Part.DIRECT, Part.LIMITED, Part.ACCOUNT, Part.GRANTED, Part.LENT})
        return named and (own or (kind and Part.GRANTED in granted))
    if target.must_allow:
        return direct or (Part.ACCOUNT in granted and own)
    return direct or own


def _granting(rows: list[Row], mask: int) -> tuple[Source, ...]:
    parts = (Part.IDENTITY, Part.DIRECT, Part.LIMITED, Part.ACCOUNT, Part.GRANTED, Part.LENT)
    return tuple(
        dict.fromkeys(
            row.statement.source
            for number, row in enumerate(rows)
            if row.allow and row.part in parts and row.statement is not None and mask >> number & 1
        )
    )


def _denying(rows: Iterable[Row]) -> tuple[Source, ...]:
    return tuple(
        dict.fromkeys(row.statement.source for row in rows if not row.allow and row.statement is not None)
    )


def _conditional(rows: list[Row], mask: int) -> Decision:
    """Allowed in one way: on what its Allows ask for, unless what its Denies ask for."""
    told: dict[str, None] = {}
    clauses: dict[Clause, None] = {}
    for number, row in enumerate(rows):
        shown = " and ".join(names.readable(one.text) for one in row.matched.clauses)
        if shown and row.allow and mask >> number & 1:
            told[shown] = None
        elif shown and not row.allow and not mask >> number & 1:
            told[f"not ({shown})"] = None
        else:
            continue
        clauses.update(dict.fromkeys(row.matched.clauses))
    because = (*_granting(rows, mask), *_denying(row for n, row in enumerate(rows) if not mask >> n & 1))
    return Decision(Verdict.CONDITIONAL, tuple(told), because, (), tuple(clauses))
