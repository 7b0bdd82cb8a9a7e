"""What principals hold beyond their task: data and credentials of anything, changes on every resource, management
beside operation. Each fact carries the statements that it follows from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scanner.analysis.access import names, resources
from scanner.analysis.access.catalogue import catalogue
from scanner.analysis.access.decision import Decision, Verdict
from scanner.analysis.access.estate import Estate, Principal
from scanner.analysis.access.names import readable
from scanner.analysis.access.policy import Box, Policy, Source, Statement
from scanner.graph.columns import Graph
from scanner.model.value import Unknown, unwrap

DERIVED = ("delegates", "exposes", "manages_and_operates", "unscoped")

# Reads that hand out credentials, or the data of a store, with the ARN of one that no policy can have named.
_CREDENTIALS = (
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:{region}:{account}:secret:{name}"),
    ("ssm:GetParameter", "arn:aws:ssm:{region}:{account}:parameter/{name}"),
    ("ssm:GetParameters", "arn:aws:ssm:{region}:{account}:parameter/{name}"),
    ("ssm:GetParametersByPath", "arn:aws:ssm:{region}:{account}:parameter/{name}"),
)
_DATA = (
    ("s3:GetObject", "arn:aws:s3:::{name}/{name}"),
    ("dynamodb:Scan", "arn:aws:dynamodb:{region}:{account}:table/{name}"),
    ("dynamodb:Query", "arn:aws:dynamodb:{region}:{account}:table/{name}"),
)
_SORTS = {"credentials": _CREDENTIALS, "data": _DATA}
# Who may do one of these to any role or user is an administrator; other rules say so.
_ADMINISTRATION = ("iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:AttachUserPolicy", "iam:PutUserPolicy")

# Managing who may do what, and operating what the account is for: one change of each is enough to tell.
_MANAGING = (
    ("iam:CreateUser", "arn:aws:iam::{account}:user/{name}"),
    ("iam:CreateRole", "arn:aws:iam::{account}:role/{name}"),
    ("iam:CreatePolicyVersion", "arn:aws:iam::{account}:policy/{name}"),
    ("iam:AttachRolePolicy", "arn:aws:iam::{account}:role/{name}"),
    ("organizations:AttachPolicy", "*"),
)
_ASSIGNING = ("sso:CreateAccountAssignment", "*")  # manages something only where Identity Center stands
_OPERATING = (
    ("ec2:TerminateInstances", "arn:aws:ec2:{region}:{account}:instance/{name}"),
    ("s3:PutObject", "arn:aws:s3:::{name}/{name}"),
    ("dynamodb:PutItem", "arn:aws:dynamodb:{region}:{account}:table/{name}"),
    ("lambda:UpdateFunctionCode", "arn:aws:lambda:{region}:{account}:function:{name}"),
    ("rds:ModifyDBInstance", "arn:aws:rds:{region}:{account}:db:{name}"),
    ("ecs:UpdateService", "arn:aws:ecs:{region}:{account}:service/{name}/{name}"),
)
# What makes or widens principals, and takes a condition on the boundary that they must carry (IAM User Guide,
# "Delegating responsibility to others using permissions boundaries").
_DELEGATING = (
    ("iam:CreateRole", "role"),
    ("iam:CreateUser", "user"),
    ("iam:AttachRolePolicy", "role"),
    ("iam:AttachUserPolicy", "user"),
    ("iam:PutRolePolicy", "role"),
    ("iam:PutUserPolicy", "user"),
    ("iam:DeleteRolePermissionsBoundary", "role"),
    ("iam:DeleteUserPermissionsBoundary", "user"),
    ("iam:PutRolePermissionsBoundary", "role"),
    ("iam:PutUserPermissionsBoundary", "user"),
)
_BOUNDARY = "iam:PermissionsBoundary"
_CHANGING = ("Write", "Permissions management", "Tagging")


def derive_holdings(graph: Graph) -> None:
    """Set `exposes` where the statements stand, `manages_and_operates` of principals, `unscoped` of policies."""
    estate = Estate.of(graph)
    acting = {**estate.principals, **estate.groups}
    exposed: dict[int, list[dict[str, Any]]] = {}
    delegated: dict[int, list[dict[str, Any]]] = {}
    told: set[int] = set()
    for index, principal in acting.items():
        idle = not principal.identity  # no policy names what it may do; of who signs in to a role, its set is told
        for holder, opens in () if idle else _exposed(estate, principal):
            _merge(exposed.setdefault(holder, []), opens)
        for holder, gives in () if idle else _delegated(estate, principal):
            _merge(delegated.setdefault(holder, []), gives)
        shown = estate.sign_on.shown_at(index)
        if principal.kind != "group" and graph.kind(shown).name != "assignment":
            told.add(shown)
            graph.set(shown, "manages_and_operates", None if idle else _mixed(estate, principal))
    for kind in ("group", "permission_set", "policy", "role", "user"):
        for index in graph.nodes(kind):
            graph.set(index, "exposes", exposed.get(index, []))
            graph.set(index, "delegates", delegated.get(index, []))
            if kind in ("permission_set", "policy"):
                graph.set(index, "unscoped", _unscoped(estate, index))
            if kind not in ("group", "policy") and index not in told:
                graph.set(index, "manages_and_operates", None)


def _merge(found: list[dict[str, Any]], told: dict[str, Any]) -> None:
    """Add what one principal may read; what a statement opens to several is one fact."""
    for each in found:
        if (each["sort"], each["at"], each["label"]) == (
            told["sort"],
            told["at"],
            told["label"],
        ) and not isinstance(each["actions"], Unknown):
            each["actions"] = list(dict.fromkeys([*each["actions"], *told["actions"]]))
            each["because"] += told["because"]
            return
    found.append(told)


# Data and credentials


def _exposed(estate: Estate, principal: Principal) -> Iterator[tuple[int, dict[str, Any]]]:
    """For each sort, the node whose statement opens it, and {"sort", "actions", "at", "label", "because"}; none of
    an administrator, whose finding is another."""
    if _administers(estate, principal):
        return
    attached: set[Source] = set()  # managed policies that were told of: to take one away ends both sorts
    for sort, listed in _SORTS.items():
        told = [(action, _of_any(estate, principal, action, form)) for action, form in listed]
        sure = [(action, each.because[0]) for action, each in told if each.verdict is Verdict.ALLOWED]
        opening: dict[Source, list[str]] = {}
        for action, source in sure:
            if source.node is not None and source not in attached and not _said(estate, source):
                opening.setdefault(source, []).append(action)
        who = str(estate.graph.addresses[principal.index])
        for source, actions in opening.items():
            assert source.node is not None  # noqa: S101 - asked above
            if source.attribute == "managed_policies":
                attached.add(source)
            held = {"node": who, "at": "", "note": "holds it", "relation": "attaches"}
            trail = [held] if source.node != principal.index else []
            label = readable(source.label)
            at = _at(estate, source)
            fact = {"sort": sort, "actions": actions, "at": at, "label": label, "because": trail}
            yield source.node, fact
        open_ = next((each for _, each in told if each.verdict is Verdict.UNKNOWN), None)
        if not sure and open_ is not None:
            why = Unknown(_reason(open_))
            yield (
                estate.sign_on.shown_at(principal.index),
                {"sort": sort, "actions": why, "at": "", "label": "", "because": []},
            )


# What AWS tells everyone to attach: to machines that its agent manages (it reads every parameter), and to the role
# that its backup service takes, which copies and restores whatever there is (AWS Backup Developer Guide, "IAM
# service roles").
_ADVISED = (
    "AmazonSSMManagedInstanceCore",
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
    "AWSBackupServiceRolePolicyForS3Backup",
    "AWSBackupServiceRolePolicyForS3Restore",
)
# Adds a point to a series; it changes nothing that is there, and the dataset it could name is the account's one.
_ADDING = ("cloudwatch:PutMetricData",)


def _said(estate: Estate, source: Source) -> bool:
    """Whether another rule speaks of a statement: it allows a whole service everywhere, or AWS advises it."""
    if source.attribute == "managed_policies":
        return source.label in _ADVISED
    if source.node is None:
        return False
    statements = estate.policy(source.node).statements
    return any(
        each.source == source and _everywhere(each.least) and any(map(_whole, each.least.actions.patterns))
        for each in statements
    )


def _at(estate: Estate, source: Source) -> str:
    """Where a statement is shown: of managed policies at the one that holds it; each is attached by itself."""
    if source.attribute != "managed_policies" or source.node is None:
        return source.attribute
    listed = unwrap(estate.graph.peek(source.node, source.attribute))
    for position, each in enumerate(listed if isinstance(listed, list) else ()):
        name = unwrap(each)
        if isinstance(name, str) and (name.rpartition("policy/")[2] or name) == source.label:
            return f"{source.attribute}[{position}]"
    return source.attribute


def _administers(estate: Estate, principal: Principal) -> bool:
    form = "arn:aws:iam::{account}:{kind}/{name}"
    return any(
        _of_any(estate, principal, action, form.replace("{kind}", "user" if "User" in action else "role")).verdict
        is Verdict.ALLOWED
        for action in _ADMINISTRATION
    )


def _of_any(estate: Estate, principal: Principal, action: str, form: str) -> Decision:
    """The decision on a resource that no policy can have named: what is allowed there is allowed on any."""
    arn = form.format(name=names.ANY_NAME, account=principal.account, region=names.ANY_NAME)
    return estate.decide(principal, action, arn, {"aws:ResourceAccount": principal.account})


def _reason(decision: Decision) -> str:
    return decision.unknowns[0] if decision.unknowns else "its policies cannot be read in full"


def _trail(estate: Estate, sources: Iterable[Source]) -> list[dict[str, str]]:
    return [
        {"node": str(estate.graph.addresses[each.node]), "at": each.attribute, "note": each.label}
        for each in dict.fromkeys(sources)
        if each.node is not None
    ]


# Making principals without a boundary


def _delegated(estate: Estate, principal: Principal) -> Iterator[tuple[int, dict[str, Any]]]:
    """The nodes whose statements let a principal make or widen others that carry no boundary; none of an
    administrator. A grant that names its targets one by one is no delegation."""
    listed = [(action, kind) for action, kind in _DELEGATING if _perhaps(principal, action)]
    if not listed or _administers(estate, principal):
        return
    opening: dict[Source, list[str]] = {}
    for action, kind in listed:
        arn = f"arn:aws:iam::{principal.account}:{kind}/*"
        found = estate.decide(principal, action, arn, {_BOUNDARY: None})
        for source in found.because[:1] if found.verdict is Verdict.ALLOWED else ():
            if source.node is not None and _many(principal, source):
                opening.setdefault(source, []).append(action)
        if found.verdict is Verdict.UNKNOWN:
            why = {"sort": "", "actions": Unknown(_reason(found)), "at": "", "label": "", "because": []}
            yield estate.sign_on.shown_at(principal.index), why
            return
    who = str(estate.graph.addresses[principal.index])
    for source, actions in opening.items():
        assert source.node is not None  # noqa: S101 - asked above
        trail = [{"node": who, "at": "", "note": "holds it", "relation": "attaches"}]
        trail = trail if source.node != principal.index else []
        at = f"statements[{source.number}]" if source.attribute == "statements" else _at(estate, source)
        label = readable(source.label)
        yield source.node, {"sort": "", "actions": actions, "at": at, "label": label, "because": trail}


def _perhaps(principal: Principal, action: str) -> bool:
    """Whether a statement may allow an action on anything."""
    bits = catalogue().bits(action)
    return any(
        policy.unknown or any(each.allow and each.most.actions.bits & bits for each in policy.statements)
        for policy in principal.identity
    )


def _many(principal: Principal, source: Source) -> bool:
    """Whether a statement speaks of more principals than it names: of all, or of all that fit a pattern."""
    statements = (each for policy in principal.identity for each in policy.statements if each.source == source)
    for each in statements:
        named = each.least.resources
        if named is None or each.least.not_resources or any("*" in text or "?" in text for text in named):
            return True
    return False


# Management beside operation


def _mixed(estate: Estate, principal: Principal) -> object:
    """{"managing": [action], "operating": [action], "because"}, or None where it does at most one of them. Who may
    do everything is an administrator, whose finding is another."""
    if any(_allows_all(policy) for policy in principal.identity):
        return None
    done: list[tuple[str, Decision]] = []
    sides: list[list[str]] = []
    open_: Decision | None = None
    managing = (*_MANAGING, _ASSIGNING) if estate.graph.nodes("permission_set") else _MANAGING
    for listed in (managing, _OPERATING):
        told = [(action, _of_any(estate, principal, action, form)) for action, form in listed]
        sure = [(action, each) for action, each in told if each.verdict is Verdict.ALLOWED]
        unsure = next((each for _, each in told if each.verdict is Verdict.UNKNOWN), None)
        if not sure and unsure is None:
            return None
        open_ = open_ or (None if sure else unsure)
        done += sure[:1]
        sides.append([action for action, _ in sure])
    if open_ is not None:
        return Unknown(_reason(open_))
    trail = _trail(estate, [source for _, decision in done for source in decision.because])
    return {"managing": sides[0], "operating": sides[1], "because": trail}


def _allows_all(policy: Policy) -> bool:
    every = catalogue().everything
    return any(each.allow and each.least.actions.bits == every for each in policy.statements)


# Changes on every resource


def _unscoped(estate: Estate, index: int) -> object:
    """[{"actions": [name], "permissions": whether it changes permissions, "because"}] of the statements that
    allow, without condition and on `*`, changes by actions that could name what they change."""
    policy = estate.policy(index)
    if policy.unknown:
        return Unknown(policy.unknown)
    found: list[dict[str, Any]] = []
    for statement in policy.statements:
        told = _of_statement(estate, statement)
        if told is not None:
            found.append(told)
    return found


def _of_statement(estate: Estate, statement: Statement) -> dict[str, Any] | None:
    box = statement.least
    if (
        not statement.allow
        or not _everywhere(box)
        or any(map(_whole, box.actions.patterns))
        or box.actions.negated
    ):
        return None
    known = catalogue()
    scoped = box.actions.bits & ~known.unscoped
    listed = [at for at in _bits(scoped) if known.level(at) in _CHANGING and known.names[at] not in _ADDING]
    if not listed:
        return None
    permissions = any(known.level(at) == "Permissions management" for at in listed)
    return {
        "actions": [known.names[at] for at in listed],
        "permissions": permissions,
        "because": _trail(estate, [statement.source]),
    }


def _everywhere(box: Box) -> bool:
    """Whether a statement surely speaks of every resource, without a condition."""
    return not (box.clauses or box.never or box.not_resources) and any(
        each == resources.NOWHERE for each in box.resources or ()
    )


def _whole(pattern: str) -> bool:
    """Whether a pattern is a whole service or all of them: other rules speak of these."""
    return pattern == "*" or pattern.endswith(":*")


def _bits(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low
