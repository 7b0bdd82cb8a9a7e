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
from scanner.analysis.access.policy import Policy, Source, Statement
from scanner.analysis.access.request import Action, Context, Matched, filled, is_pattern, met, targets

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


class Caller(NamedTuple):
    """Who asks: `kind` (role, user, service, federated, account, anyone), the symbolic ARN or id, and the account.
    `bounded` where a permissions boundary applies."""

    kind: str
    arn: str
    account: str
    bounded: bool = False


class Limits(NamedTuple):
    """What holds on the caller's side. `guardrails` are levels, from the root of the organization to the account:
    each must allow. `own` is False where the caller's side is not in the scan and taken to allow."""

    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    guardrails: tuple[tuple[Policy, ...], ...] = ()
    session: Policy | None = None
    own: bool = True


class Target(NamedTuple):
    """The resource: its symbolic ARN (or a pattern), its account ("" where nothing names one), its own policy
    (None: it has none; see `must_allow`), and the guardrails of its account. `must_allow`: the resource's
    policy must allow whatever identity policies say (key policies, trust policies)."""

    arn: str
    account: str = ""
    policy: Policy | None = None
    must_allow: bool = False
    guardrails: tuple[Policy, ...] = ()
    alone: bool = False  # the resource's policy alone decides (AssumeRoleWithWebIdentity)


# Which part of the decision a statement belongs to; levels of guardrails follow.
_IDENTITY, _BOUNDARY, _SESSION, _DIRECT, _LIMITED, _ACCOUNT, _GUARD, _LEVEL = range(8)


class _Row(NamedTuple):
    """A statement that may match: its part, and how it is met."""

    part: int
    allow: bool
    matched: Matched
    statement: Statement | None


def decide(caller: Caller, limits: Limits, action: Action, target: Target, context: Context) -> Decision:
    """What becomes of a request. Where the target's ARN is a pattern: of the best request that fits it."""
    if action.name.lower() == "sts:getcalleridentity":
        return Decision(Verdict.ALLOWED)  # needs no permission, and no policy can deny it (STS API)
    if action.unscoped:
        return _one(caller, limits, action, target._replace(arn=resources.NOWHERE), context)
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


def _one(caller: Caller, limits: Limits, action: Action, target: Target, context: Context) -> Decision:
    """The decision on one resource."""
    rows = list(_rows(caller, limits, action, target, target.arn, context))
    return _ruled(caller, limits, target, rows)


def _some(caller: Caller, limits: Limits, action: Action, target: Target, context: Context) -> Decision:
    """The best decision on any resource that fits a pattern."""
    rows = list(_rows(caller, limits, action, target, None, context))
    if not any(row.allow and row.part in (_IDENTITY, _DIRECT, _LIMITED) for row in rows) and limits.own:
        return _ruled(caller, limits, target, [row for row in rows if not row.allow])
    best: Decision | None = None
    try:
        for mask, perhaps in _choices(rows, target.arn, context):
            chosen = [
                row if not perhaps >> number & 1 else row._replace(matched=row.matched._replace(state=MAYBE))
                for number, row in enumerate(rows)
                if mask >> number & 1
            ]
            found = _ruled(caller, limits, target, chosen)
            if best is None or _ORDER[found.verdict] < _ORDER[best.verdict]:
                best = found
            if best.verdict is Verdict.ALLOWED:
                break
    except globs.TooMany:
        return Decision(Verdict.UNKNOWN, unknowns=("the patterns combine in more ways than are followed",))
    return best or Decision(Verdict.DENIED)


def _choices(rows: Sequence[_Row], pattern: str, context: Context) -> Iterator[tuple[int, int]]:
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


# The rows


def _rows(
    caller: Caller, limits: Limits, action: Action, target: Target, resource: str | None, context: Context
) -> Iterator[_Row]:
    for policy in limits.identity:
        yield from _of(policy, _IDENTITY, action, resource, context)
    if limits.boundary is not None:
        yield from _of(limits.boundary, _BOUNDARY, action, resource, context)
    if limits.session is not None:
        yield from _of(limits.session, _SESSION, action, resource, context)
    for number, level in enumerate(limits.guardrails):
        for policy in level:
            yield from _of(policy, _LEVEL + number, action, resource, context)
    for policy in target.guardrails:
        yield from _of(policy, _GUARD, action, resource, context)
    if target.policy is not None:
        yield from _of_resource(target, caller, action, resource, context)


def _of(policy: Policy, part: int, action: Action, resource: str | None, context: Context) -> Iterator[_Row]:
    if policy.unknown:
        unread = Matched(MAYBE, (), policy.unknown)
        yield _Row(part, allow=True, matched=unread, statement=None)
        yield _Row(part, allow=False, matched=unread, statement=None)
    for statement in policy.statements:
        matched = met(statement, action, resource, context)
        if matched.state != NO:
            yield _Row(part, statement.allow, matched, statement)


def _of_resource(
    target: Target, caller: Caller, action: Action, resource: str | None, context: Context
) -> Iterator[_Row]:
    policy = target.policy
    assert policy is not None  # noqa: S101 - asked by the caller
    if policy.unknown:
        unread = Matched(MAYBE, (), policy.unknown)
        yield _Row(_DIRECT, allow=True, matched=unread, statement=None)
        yield _Row(_DIRECT, allow=False, matched=unread, statement=None)
    for statement in policy.statements:
        matched = met(statement, action, resource, context)
        if matched.state == NO:
            continue
        part, state = _named(statement, caller)
        if state == MAYBE and matched.state == YES:
            matched = Matched(MAYBE, matched.clauses, "whether it means this principal is not known")
        if state != NO:
            yield _Row(part, statement.allow, matched, statement)


def _named(statement: Statement, caller: Caller) -> tuple[int, str]:
    """How a resource's statement names the caller: the part that such a grant belongs to, and how surely."""
    box = statement.most
    if box.principals is None:
        return _DIRECT, YES
    best: tuple[int, str] = (_DIRECT, NO)
    for principal in box.principals:
        part, state = named(principal, caller)
        if _RANK[state] > _RANK[best[1]] or (state == best[1] and part < best[0]):
            best = (part, state)
    if box.not_principals:
        if caller.bounded and not statement.allow:
            return _DIRECT, YES  # NotPrincipal with Deny always hits a principal that has a boundary
        return _DIRECT, {YES: NO, NO: YES, MAYBE: MAYBE}[best[1]]
    if not statement.known and best[1] == YES and statement.least.principals != box.principals:
        return best[0], MAYBE
    return best


_RANK = {NO: 0, MAYBE: 1, YES: 2}


def named(principal: tuple[str, str], caller: Caller) -> tuple[int, str]:
    """How one principal element names the caller."""
    type_, text = principal
    if type_ == "*" or (type_ == "AWS" and text == "*"):
        return _DIRECT, YES
    if caller.kind in ("service", "federated"):
        same = type_.lower() == caller.kind
        return _DIRECT, names.match(text, caller.arn) if same and "*" not in text else NO
    if type_ != "AWS" or caller.kind == "anyone":
        return _DIRECT, NO
    if (text.isdigit() and len(text) == 12) or text.endswith(":root"):
        account = text if text.isdigit() else _account(text)
        return _ACCOUNT, same_account(account, caller.account)
    if ":assumed-role/" in text:
        role = text.replace(":sts:", ":iam:").replace(":assumed-role/", ":role/").rpartition("/")[0]
        return _DIRECT, names.match(role, caller.arn)
    if not text.startswith("arn:") and not any(each.sort == names.FREE for each in names.holes_in(text)):
        return _DIRECT, same_account(text, caller.account) if names.holes_in(text) else NO
    return (_LIMITED if caller.kind == "role" else _DIRECT), names.match(text.replace("*", globs.STAR), caller.arn)


def _account(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 4 else ""


def same_account(one: str, other: str) -> str:
    """Whether two symbolic accounts are the same one."""
    if one == other:
        return YES
    if one.isascii() and other.isascii():
        return NO
    return MAYBE


# The verdict


def _ruled(caller: Caller, limits: Limits, target: Target, rows: list[_Row]) -> Decision:
    """The verdict over every way in which the clauses that are left open may hold."""
    try:
        masks = _ways(rows)
    except globs.TooMany:
        return Decision(Verdict.UNKNOWN, unknowns=("the conditions combine in more ways than are followed",))
    same = YES if not target.account else same_account(caller.account, target.account)
    places = {YES: (True,), NO: (False,), MAYBE: (True, False)}[same]
    sure, perhaps, allowing = True, False, 0
    for mask in masks:
        low = all(_allowed(caller, limits, target, rows, mask, same=each, kind=False) for each in places)
        high = low or any(_allowed(caller, limits, target, rows, mask, same=each, kind=True) for each in places)
        sure, perhaps = sure and low, perhaps or high
        if low and (not allowing or _weight(rows, mask) < _weight(rows, allowing - 1)):
            allowing = mask + 1
    if sure:
        return Decision(Verdict.ALLOWED, (), _granting(rows, masks[0] if len(masks) == 1 else -1))
    if not perhaps:
        return Decision(Verdict.DENIED, (), _denying(rows))
    if allowing:
        return _conditional(rows, allowing - 1)
    reasons = dict.fromkeys(
        row.matched.reason for row in rows if row.matched.state == MAYBE and row.matched.reason
    )
    unknowns = tuple(map(names.readable, reasons)) or ("whether it is the same account is not known",)
    return Decision(Verdict.UNKNOWN, (), _granting(rows, -1), unknowns)


def _weight(rows: list[_Row], mask: int) -> int:
    """How many clauses a way asks for: those of the Allows that match and of the Denies that do not."""
    return sum(
        len(row.matched.clauses) for number, row in enumerate(rows) if bool(mask >> number & 1) is row.allow
    )


def _ways(rows: list[_Row]) -> list[int]:
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
    caller: Caller, limits: Limits, target: Target, rows: list[_Row], mask: int, *, same: bool, kind: bool
) -> bool:
    """Whether the rows in the mask allow; what is unknown is taken for allowing (`kind`) or against it."""
    granted: set[int] = set()
    for number, row in enumerate(rows):
        if not mask >> number & 1 or (row.matched.state == MAYBE and row.allow is not kind):
            continue
        if not row.allow:
            return False
        granted.add(row.part)
    if any(_LEVEL + number not in granted for number in range(len(limits.guardrails))):
        return False
    if target.guardrails and _GUARD not in granted:
        return False
    within = (limits.boundary is None or _BOUNDARY in granted) and (limits.session is None or _SESSION in granted)
    own = (_IDENTITY in granted and within) or not limits.own
    direct = _DIRECT in granted or (_LIMITED in granted and within)
    if target.alone:
        return _DIRECT in granted or _LIMITED in granted
    if not same:
        return own and bool(granted & {_DIRECT, _LIMITED, _ACCOUNT})
    if target.must_allow:
        return direct or (_ACCOUNT in granted and own)
    return direct or own


def _granting(rows: list[_Row], mask: int) -> tuple[Source, ...]:
    parts = (_IDENTITY, _DIRECT, _LIMITED, _ACCOUNT)
    return tuple(
        dict.fromkeys(
            row.statement.source
            for number, row in enumerate(rows)
            if row.allow and row.part in parts and row.statement is not None and mask >> number & 1
        )
    )


def _denying(rows: Iterable[_Row]) -> tuple[Source, ...]:
    return tuple(
        dict.fromkeys(row.statement.source for row in rows if not row.allow and row.statement is not None)
    )


def _conditional(rows: list[_Row], mask: int) -> Decision:
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
