"""Who asks, for what, and the statements that may match: each with the part of the decision that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from functools import cache
from typing import Any, NamedTuple

from scanner.analysis.access import globs, names
from scanner.analysis.access.catalogue import catalogue
from scanner.analysis.access.names import MAYBE, NO, YES
from scanner.analysis.access.policy import Policy, Statement
from scanner.analysis.access.request import Action, Context, Matched, met


class Caller(NamedTuple):
    """Who asks: `kind` (role, user, service, federated, account, anyone), the symbolic ARN or id, and the account.
    `bounded` where a permissions boundary applies."""

    kind: str
    arn: str
    account: str
    bounded: bool = False


class Limits(NamedTuple):
    """What holds on the caller's side. `guardrails` are levels, from the root of the organization to the
    account: each must allow. `own` is False where the caller's side is not in the scan and taken to allow.
    `endpoint` is the policy of the VPC endpoint that the request comes through, if any."""

    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    guardrails: tuple[tuple[Policy, ...], ...] = ()
    session: Policy | None = None
    own: bool = True
    endpoint: Policy | None = None


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
    grants: Policy = Policy(())  # what lets in beside the policy: grants of a key
    lent: Policy = Policy(())  # what shares may give to other accounts
    own_only: tuple[str, str] = (NO, "")  # only its own account gets in: yes, no or maybe, and why maybe
    beneath: Target | None = None  # what lies behind it and must allow too: the bucket of an access point


class Part(IntEnum):
    """Which part of the decision a statement belongs to; LEVEL and what follows are levels of guardrails.

    Of a resource's policy: DIRECT names the caller so that nothing limits the grant, LIMITED names a role, whose
    boundary and session still do, ACCOUNT only delegates to the account. GRANTED is a grant of a key, of which
    the documentation does not say what limits it; LENT what a share may give.
    """

    IDENTITY = 0
    BOUNDARY = 1
    SESSION = 2
    ENDPOINT = 3
    DIRECT = 4
    LIMITED = 5
    ACCOUNT = 6
    REFUSED = 7
    GRANTED = 8
    LENT = 9
    LEVEL = 10


class Row(NamedTuple):
    """A statement that may match: its part, and how it is met."""

    part: int
    allow: bool
    matched: Matched
    statement: Statement | None


def matching(
    caller: Caller, limits: Limits, action: Action, target: Target, resource: str | None, context: Context
) -> Iterator[Row]:
    """The statements that may match a request; `resource` None where each is judged later."""
    for policy in limits.identity:
        yield from _of(policy, Part.IDENTITY, action, resource, context)
    if limits.boundary is not None:
        yield from _of(limits.boundary, Part.BOUNDARY, action, resource, context)
    if limits.session is not None:
        yield from _of(limits.session, Part.SESSION, action, resource, context)
    for number, level in enumerate(limits.guardrails):
        for policy in level:
            yield from _of(policy, Part.LEVEL + number, action, resource, context)
    if limits.endpoint is not None:
        for row in _naming(limits.endpoint, caller, action, resource, context):
            yield row._replace(part=Part.ENDPOINT)
    yield from _refused(action, target, resource, context)
    if target.policy is not None:
        yield from _naming(target.policy, caller, action, resource, context)
    for row in _naming(target.grants, caller, action, resource, context):
        yield row if row.part == Part.ACCOUNT else row._replace(part=Part.GRANTED)
    for row in _naming(target.lent, caller, action, resource, context):
        yield row._replace(part=Part.LENT)


def _refused(action: Action, target: Target, resource: str | None, context: Context) -> Iterator[Row]:
    """Denies of the resource's side: of its account's RCPs, which can only take away (RCPFullAWSAccess cannot be
    detached) and cover some services only, and what AWS itself lets nobody do."""
    service = action.name.partition(":")[0].lower()
    if target.guardrails and service in catalogue().guarded_services:
        for policy in target.guardrails:
            for row in _of(policy, Part.REFUSED, action, resource, context):
                if not row.allow:
                    yield row
    if service == "iam":
        yield from _of(immutable(), Part.REFUSED, action, resource, context)


@cache
def immutable() -> Policy:
    """What nobody may change: AWS's own policies, and the roles that AWS makes for services and Identity Center.

    Sources: IAM User Guide, "Managed policies and inline policies", "Create a service-linked role";
    IAM Identity Center User Guide, "Reference permission sets in resource policies".
    """
    own = "iam:CreatePolicy* iam:DeletePolicy* iam:SetDefaultPolicyVersion iam:TagPolicy iam:UntagPolicy"
    reserved = (
        "iam:AddRoleToInstanceProfile iam:AttachRole* iam:CreateRole iam:CreateServiceLinkedRole iam:Delete* "
        "iam:DetachRole* iam:PassRole iam:PutRole* iam:TagRole iam:UntagRole iam:Update*"
    )
    linked = "iam:AttachRole* iam:CreateRole iam:DeleteRole* iam:DetachRole* iam:PutRole* iam:UpdateAssumeRole*"
    roles = "arn:aws*:iam::*:role"
    return Policy.of(
        [
            _deny("arn:aws*:iam::aws:policy/*", "AWS's own policies cannot be changed", own),
            _deny(f"{roles}/aws-reserved/*", "roles of Identity Center can be changed there only", reserved),
            _deny(f"{roles}/aws-service-role/*", "roles of services are changed by AWS only", linked),
        ],
        attribute="",
    )


def _deny(resource: str, label: str, actions: str) -> dict[str, Any]:
    empty: dict[str, Any] = {
        name: [] for name in ("not_actions", "not_resources", "principals", "not_principals", "conditions")
    }
    return {**empty, "effect": "Deny", "actions": actions.split(), "resources": [resource], "label": label}


def _of(policy: Policy, part: int, action: Action, resource: str | None, context: Context) -> Iterator[Row]:
    if policy.unknown:
        unread = Matched(MAYBE, (), policy.unknown)
        yield Row(part, allow=True, matched=unread, statement=None)
        yield Row(part, allow=False, matched=unread, statement=None)
    for statement in policy.statements:
        matched = met(statement, action, resource, context)
        if matched.state != NO:
            yield Row(part, statement.allow, matched, statement)


def _naming(
    policy: Policy, caller: Caller, action: Action, resource: str | None, context: Context
) -> Iterator[Row]:
    """The statements of a policy that names principals."""
    if policy.unknown:
        unread = Matched(MAYBE, (), policy.unknown)
        yield Row(Part.DIRECT, allow=True, matched=unread, statement=None)
        yield Row(Part.DIRECT, allow=False, matched=unread, statement=None)
    for statement in policy.statements:
        matched = met(statement, action, resource, context)
        if matched.state == NO:
            continue
        part, state = _named(statement, caller)
        if state == MAYBE and matched.state == YES:
            matched = Matched(MAYBE, matched.clauses, "whether it means this principal is not known")
        if state != NO:
            yield Row(part, statement.allow, matched, statement)


def _named(statement: Statement, caller: Caller) -> tuple[Part, str]:
    """How a resource's statement names the caller: the part that such a grant belongs to, and how surely."""
    box = statement.most
    if box.principals is None:
        return Part.DIRECT, NO  # such a statement matches nobody
    best = (Part.DIRECT, NO)
    for principal in box.principals:
        part, state = named(principal, caller)
        if _RANK[state] > _RANK[best[1]] or (state == best[1] and part < best[0]):
            best = (part, state)
    if box.not_principals:
        if caller.bounded and not statement.allow:
            return Part.DIRECT, YES  # NotPrincipal with Deny always hits a principal that has a boundary
        state = best[1] if statement.allow else _spared(box.principals, caller)
        return Part.DIRECT, {YES: NO, NO: YES, MAYBE: MAYBE}[state]
    if not statement.known and best[1] == YES and statement.least.principals != box.principals:
        return best[0], MAYBE
    return best


def _spared(listed: tuple[tuple[str, str], ...], caller: Caller) -> str:
    """Whether a Deny with NotPrincipal leaves a caller out: it must be listed with its account, a role with its
    sessions besides; a list that lacks one of these might deny it, and the account alone spares nobody else than
    who is listed with it (IAM User Guide, "NotPrincipal")."""
    states = {"session": NO, "account": NO, "itself": NO, "anyone": NO}
    for type_, text in listed:
        part, state = named((type_, text), caller)
        how = "account" if part == Part.ACCOUNT else "session" if ":assumed-role/" in text else "itself"
        how = "anyone" if text == "*" else how
        states[how] = max(states[how], state, key=_RANK.__getitem__)
    if states["anyone"] == YES or caller.kind not in ("user", "role"):
        return max(states.values(), key=_RANK.__getitem__)
    needed = [states["itself"], states["account"], *([states["session"]] if caller.kind == "role" else [])]
    if states["itself"] == states["session"] == NO:
        others = any(_account(text) == caller.account and not text.endswith(":root") for _, text in listed)
        return NO if others or states["account"] == NO else MAYBE
    return YES if all(each == YES for each in needed) else MAYBE


_RANK = {NO: 0, MAYBE: 1, YES: 2}


def named(principal: tuple[str, str], caller: Caller) -> tuple[Part, str]:
    """How one principal element names the caller."""
    type_, text = principal
    if type_ == "*" or (type_ == "AWS" and text == "*"):
        return Part.DIRECT, YES
    if caller.kind in ("service", "federated"):
        same = type_.lower() == caller.kind
        return Part.DIRECT, names.match(text, caller.arn) if same and "*" not in text else NO
    if caller.kind == "canonical":
        return Part.DIRECT, YES if type_ == "CanonicalUser" and text == caller.arn else NO
    if type_ == "CanonicalUser" and caller.kind in ("role", "user", "account"):
        return Part.ACCOUNT, NO if "cloudfront" in names.readable(text) else MAYBE  # an account, by another name
    if type_ != "AWS" or caller.kind == "anyone":
        return Part.DIRECT, NO
    if (text.isdigit() and len(text) == 12) or text.endswith(":root"):
        account = text if text.isdigit() else _account(text)
        return Part.ACCOUNT, same_account(account, caller.account)
    if ":assumed-role/" in text:
        role = text.replace(":sts:", ":iam:").replace(":assumed-role/", ":role/").rpartition("/")[0]
        return Part.DIRECT, names.match(role, caller.arn)
    if not text.startswith("arn:") and not any(each.sort == names.FREE for each in names.holes_in(text)):
        return Part.DIRECT, same_account(text, caller.account) if names.holes_in(text) else NO
    return (Part.LIMITED if caller.kind == "role" else Part.DIRECT), names.match(
        text.replace("*", globs.STAR), caller.arn
    )


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
