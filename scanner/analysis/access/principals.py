"""The principals of a graph: what grants to each, what limits it, and what it says of its own requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from scanner.analysis.access.conditions import Held
from scanner.analysis.access.managed import managed
from scanner.analysis.access.names import Names, readable
from scanner.analysis.access.normal import normal
from scanner.analysis.access.policy import Policy, Source
from scanner.analysis.access.request import Context, Range
from scanner.analysis.access.rows import Caller, Limits
from scanner.analysis.access.sign_on import SignOn
from scanner.graph.columns import Graph
from scanner.model.value import Unknown, Value, unwrap

_SIGNED_ON = ("permission_set", "assignment")
_ORGANIZATIONS = ("aws_organizations_organization", "AWS::Organizations::Organization")
_ACCOUNT_PART = 4  # of an ARN
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
        self._sign_on: SignOn | None = None
        self._managers: set[str] | None = None
        self._named: dict[str, list[int]] | None = None
        self._by_arn: dict[str, int] | None = None

    @property
    def sign_on(self) -> SignOn:
        """Identity Center's roles."""
        if self._sign_on is None:
            self._sign_on = SignOn(self.graph, self.names)
        return self._sign_on

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
        return self.sign_on.arn(index) if kind in _SIGNED_ON else self.names.arn(index)

    def _identity(self, index: int, kind: str) -> Iterator[Policy]:
        """Its own policies, those of its groups, and those that AWS manages."""
        graph = self.graph
        if kind == "assignment":
            yield from self._handed_out(index)
            return
        yield from self._attached(index)
        if kind == "permission_set":
            yield self.policy(index)
            yield from self._named_policies(index, index)
        yield from self._managed_policies(index)
        if kind == "user":
            for group in graph.targets("member_of", index):
                yield from self._identity(group, "group")
            why = graph.why_open("member_of", index)
            if why is not None:
                yield Policy((), why.reason)

    def _attached(self, index: int) -> Iterator[Policy]:
        for held in self.graph.targets("attaches", index):
            yield self.policy(held)
        why = self.graph.why_open("attaches", index)
        if why is not None:
            yield Policy((), why.reason)

    def _handed_out(self, assignment: int) -> Iterator[Policy]:
        """What a permission set gives in the account of an assignment."""
        held = self.sign_on.set_of(assignment)
        if held is None:
            yield Policy((), "the permission set is outside the scan")
            return
        yield self.policy(held)
        yield from self._managed_policies(held)
        yield from self._named_policies(held, assignment)

    def _named_policies(self, permission_set: int, at: int) -> Iterator[Policy]:
        """The policies that a set means by name in each account; `at` says which account."""
        listed = unwrap(self.graph.peek(permission_set, "customer_policies"))
        for each in [listed] if isinstance(listed, Unknown) else listed or ():
            yield self._named_policy(unwrap(each), at)

    def _named_policy(self, name: Value, at: int) -> Policy:
        """A policy of an account by its path and name."""
        if isinstance(name, Unknown):
            return Policy((), name.reason)
        account = self.names.account(at)
        arn = f"arn:aws:iam::{account}:policy{name}"
        if self._by_arn is None:  # of policies that share one, the first
            self._by_arn = {self.names.arn(each): each for each in reversed(self.graph.nodes("policy"))}
        if (policy := self._by_arn.get(arn)) is not None:
            return self.policy(policy)
        return Policy((), f"the policy {name} of the account {readable(account)} is outside the scan")

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
        if document is None and "/" not in name and (own := self._by_name(name)) is not None:
            return own
        if document is None:
            return Policy((), f"{short} is not in the snapshot of AWS-managed policies of {managed().date}")
        key = (index, attribute + name)
        found = self._managed.get(key)
        if found is None:
            plain = _managed_policy(short)
            moved = tuple(each._replace(source=Source(index, attribute, 0, short)) for each in plain.statements)
            found = self._managed[key] = Policy(moved)
        return found

    def _by_name(self, name: str) -> Policy | None:
        """The one policy of the scan that has a name."""
        graph = self.graph
        if self._named is None:
            self._named = defaultdict(list)
            for each in graph.nodes("policy"):
                if graph.peek(each, "inline") is False and isinstance(held := graph.peek(each, "name"), str):
                    self._named[held].append(each)
        found = self._named.get(name, ())
        return self.policy(found[0]) if len(found) == 1 else None

    def _boundary(self, index: int, kind: str) -> Policy | None:
        graph = self.graph
        if kind == "group":
            return None
        if kind in _SIGNED_ON:
            return self._boundary_of_set(index, kind)
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

    def boundary_key(self, principal: Principal) -> dict[str, str | None]:
        """What the key iam:PermissionsBoundary holds of requests about a user or role; {} where that is not
        known."""
        if principal.boundary is None:
            return {"iam:permissionsboundary": None}
        for policy in self.graph.targets("bounded_by", principal.index):
            return {"iam:permissionsboundary": self.names.arn(policy)}
        name = unwrap(self.graph.peek(principal.index, "boundary"))
        if not isinstance(name, str):
            return {}
        return {"iam:permissionsboundary": f"arn:aws:iam::aws:policy/{name.rpartition(':policy/')[2]}"}

    def _boundary_of_set(self, index: int, kind: str) -> Policy | None:
        held = index if kind == "permission_set" else self.sign_on.set_of(index)
        if held is None:
            return Policy((), "the permission set is outside the scan")
        named = unwrap(self.graph.peek(held, "customer_boundary"))
        if named is not None:
            return self._named_policy(named, index)
        name = unwrap(self.graph.peek(held, "boundary"))
        if isinstance(name, Unknown):
            return Policy((), name.reason)
        return self.managed(held, name, "boundary") if isinstance(name, str) else None

    def guardrails(self, index: int, limits: str = "principals") -> tuple[tuple[Policy, ...], ...]:
        """The guardrails of each level above a node, from the root of the organization down; none where its
        account is not one that the scan declares, or for what AWS's services do themselves."""
        graph = self.graph
        if graph.kind(index).name == "role" and graph.peek(index, "service_linked") is True:
            return ()
        if self.names.account(index) in self._managing():
            return ()
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

    def _managing(self) -> set[str]:
        """The accounts that manage an organization: guardrails do not reach them (AWS Organizations User Guide,
        "Service control policies")."""
        if self._managers is None:
            self._managers = set()
            for index in self.graph.nodes("organization"):
                address = self.graph.addresses[index]
                if str(self.graph.peek(index, "type")) in _ORGANIZATIONS:
                    parts = address.name.split(":")
                    own = parts[_ACCOUNT_PART] if address.scheme == "aws" and len(parts) > _ACCOUNT_PART else ""
                    self._managers.add(own or self.names.account(index))
        return self._managers

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
            statements = self.graph.peek(index, "statements")
            found = self._policies[index] = self.normalized(index, statements, "statements", ())
        return found

    def normalized(self, index: int, statements: Value, attribute: str, labels: Sequence[str]) -> Policy:
        """Statements that a node holds in an attribute."""
        root = self.graph.addresses[index].root
        told = normal(statements, lambda value: self.names.text(value, root))
        return Policy.of(told, node=index, attribute=attribute, labels=labels)


def _full_access(held: tuple[Policy, ...]) -> Policy:
    """AWS attaches FullAWSAccess to every account and unit. Beside policies that only deny it must still be there;
    beside those that allow, somebody may have detached it."""
    listing = any(statement.allow for policy in held for statement in policy.statements)
    return Policy.full_access(_ATTACHED if listing or any(policy.unknown for policy in held) else "")


@cache
def _managed_policy(name: str) -> Policy:
    return Policy.of(normal(managed().find(name), str), variables=True)


def _stamp(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
