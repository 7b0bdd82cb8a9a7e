"""The principals of a graph: what grants to each, what limits it, and what it says of its own requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from scanner.analysis.access.conditions import Held
from scanner.analysis.access.managed import managed
from scanner.analysis.access.names import Names
from scanner.analysis.access.normal import normal
from scanner.analysis.access.policy import Policy, Source
from scanner.analysis.access.request import Context, Range
from scanner.analysis.access.rows import Caller, Limits
from scanner.graph.columns import Graph
from scanner.model.value import Unknown, unwrap

_SESSION_HOURS = 36  # the longest that temporary credentials last (STS API, GetSessionToken)
_ATTACHED = "whether FullAWSAccess is still attached is not known"


@dataclass(frozen=True, slots=True)
class Principal:
    """A principal of the scan: its node, names, policies and limits, and what is known of its context."""

    index: int
    kind: str
    arn: str
    account: str
    identity: tuple[Policy, ...]
    boundary: Policy | None
    guardrails: tuple[tuple[Policy, ...], ...]
    trust: Policy | None
    trust_node: int | None
    context: Context

    @property
    def caller(self) -> Caller:
        kind = "user" if self.kind == "user" else "role"
        return Caller(kind, self.arn, self.account, self.boundary is not None)

    @property
    def limits(self) -> Limits:
        return Limits(self.identity, self.boundary, self.guardrails)


class Principals:
    """Makes the principals of one graph, and reads its policies."""

    def __init__(self, graph: Graph, names: Names) -> None:
        self.graph = graph
        self.names = names
        self.now = datetime.now(UTC)
        self._policies: dict[int, Policy] = {}
        self._managed: dict[tuple[int, str], Policy] = {}

    def is_aws(self, index: int) -> bool:
        provider = self.graph.peek(index, "provider")
        return not isinstance(provider, Unknown) and provider == "aws"

    def principal(self, index: int) -> Principal:
        graph, kind = self.graph, self.graph.kind(index).name
        trusts = graph.targets("trusts", index)
        account = self.names.account(index)
        return Principal(
            index,
            kind,
            self._arn(index, kind),
            account,
            tuple(self._identity(index, kind)),
            self._boundary(index, kind),
            self.guardrails(index),
            self.policy(trusts[0]) if trusts else None,
            trusts[0] if trusts else None,
            self._facts(index, kind, account),
        )

    def _arn(self, index: int, kind: str) -> str:
        if kind != "permission_set":
            return self.names.arn(index)
        name, account = self.names.name(index), self.names.account(index)
        return f"arn:aws:iam::{account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_{name}"

    def _identity(self, index: int, kind: str) -> Iterator[Policy]:
        """Its own policies, those of its groups, and those that AWS manages."""
        graph = self.graph
        for held in graph.targets("attaches", index):
            yield self.policy(held)
        why = graph.why_open("attaches", index)
        if why is not None:
            yield Policy((), why.reason)
        if kind == "permission_set":
            yield self.policy(index)
        yield from self._managed_policies(index)
        if kind == "user":
            for group in graph.targets("member_of", index):
                yield from self._identity(group, "group")
            why = graph.why_open("member_of", index)
            if why is not None:
                yield Policy((), why.reason)

    def _managed_policies(self, index: int) -> Iterator[Policy]:
        listed = unwrap(self.graph.peek(index, "managed_policies"))
        if isinstance(listed, Unknown):
            yield Policy((), listed.reason)
            return
        for each in map(unwrap, listed or ()):
            yield Policy((), each.reason) if isinstance(each, Unknown) else self.managed(index, str(each))

    def managed(self, index: int, name: str, attribute: str = "managed_policies") -> Policy:
        """A policy that AWS manages, as a node holds it; unreadable where the snapshot lacks it."""
        document = managed().find(name)
        short = name.rpartition("policy/")[2] or name
        if document is None:
            return Policy((), f"{short} is not in the snapshot of AWS-managed policies of {managed().date}")
        key = (index, attribute + name)
        found = self._managed.get(key)
        if found is None:
            plain = _managed_policy(short)
            moved = tuple(each._replace(source=Source(index, attribute, 0, short)) for each in plain.statements)
            found = self._managed[key] = Policy(moved)
        return found

    def _boundary(self, index: int, kind: str) -> Policy | None:
        graph = self.graph
        if kind == "group":
            return None
        for policy in graph.targets("bounded_by", index):
            return self.policy(policy)
        name = unwrap(graph.peek(index, "boundary"))
        if isinstance(name, Unknown):
            return Policy((), name.reason)
        if isinstance(name, str):
            return self.managed(index, name, "boundary")
        why = graph.why_open("bounded_by", index)
        if why is not None:
            return Policy((), why.reason)
        if kind in ("role", "user") and graph.peek(index, "bounded") is True:
            return Policy((), "the boundary is a policy outside the scan")
        return None

    def guardrails(self, index: int, limits: str = "principals") -> tuple[tuple[Policy, ...], ...]:
        """The guardrails of each level above a node, from the root of the organization down; none where its
        account is not one that the scan declares, or for what AWS's services do themselves."""
        if str(self.graph.peek(index, "type")) == "aws_iam_service_linked_role":
            return ()
        graph = self.graph
        at = self._account_node(index)
        levels = []
        while at is not None:
            filtering = [each for each in graph.sources("filters", at) if graph.kind(each).name == "guardrail"]
            held = tuple(self.policy(each) for each in filtering if self._limits(each) == limits)
            if held:
                levels.append((*held, _full_access(held)) if limits == "principals" else held)
            above = graph.targets("member_of", at)
            at = above[0] if above else None
        return tuple(reversed(levels))

    def _limits(self, guardrail: int) -> str | None:
        found = self.graph.peek(guardrail, "limits")
        return found if isinstance(found, str) else None

    def _account_node(self, index: int) -> int | None:
        account = self.names.account(index)
        for each in self.graph.nodes("account"):
            if self.names.is_account(each, account):
                return each
        return None

    def _facts(self, index: int, kind: str, account: str) -> Context:
        """What the principal itself says of the context of its requests."""
        facts: dict[str, Held | Range] = {
            "aws:principalaccount": account,
            "aws:principalarn": self._arn(index, kind),
            "aws:principaltype": "User" if kind == "user" else "AssumedRole",
            "aws:username": self.names.name(index) if kind == "user" else None,
            "aws:principalisawsservice": "false",
            "aws:principalservicename": None,
            "aws:sourcearn": None,
            "aws:sourceaccount": None,
            "aws:securetransport": "true",  # whoever wants in speaks TLS
            "aws:currenttime": _stamp(self.now),
            "aws:epochtime": str(int(self.now.timestamp())),
            "aws:tokenissuetime": self._issued(kind),
        }
        tags = unwrap(self.graph.peek(index, "tags"))
        for key, value in tags.items() if isinstance(tags, dict) else ():
            root = self.graph.addresses[index].root
            facts[f"aws:principaltag/{key}".lower()] = self.names.text(value, root)
        return facts

    def _issued(self, kind: str) -> Range | None:
        """When temporary credentials were issued; long-lived keys of a user have no such key."""
        if kind == "user":
            return None
        return Range(_stamp(self.now - timedelta(hours=_SESSION_HOURS)), _stamp(self.now))

    def policy(self, index: int) -> Policy:
        """The statements of a node: a policy, a trust, a guardrail, or a resource's own."""
        found = self._policies.get(index)
        if found is None:
            root = self.graph.addresses[index].root
            statements = normal(self.graph.peek(index, "statements"), lambda value: self.names.text(value, root))
            found = self._policies[index] = Policy.of(statements, node=index)
        return found


def _full_access(held: tuple[Policy, ...]) -> Policy:
    """AWS attaches FullAWSAccess to every account and unit. Beside policies that only deny it must still be there;
    beside those that allow, somebody may have detached it."""
    listing = any(statement.allow for policy in held for statement in policy.statements)
    return Policy.full_access(_ATTACHED if listing or any(policy.unknown for policy in held) else "")


def _managed_policy(name: str) -> Policy:
    document = managed().find(name)
    found = _READ.get(name)
    if found is None:
        found = _READ[name] = Policy.of(normal(document, str), variables=True)
    return found


_READ: dict[str, Policy] = {}


def _stamp(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
