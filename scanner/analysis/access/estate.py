"""The principals of a graph with all that grants to them or limits them, and the resources with their policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from scanner.analysis.access import names
from scanner.analysis.access.conditions import Held
from scanner.analysis.access.decision import Decision, Verdict, decide
from scanner.analysis.access.managed import managed
from scanner.analysis.access.names import Names
from scanner.analysis.access.normal import normal
from scanner.analysis.access.policy import Policy, Source
from scanner.analysis.access.request import Action, Context, Range
from scanner.analysis.access.rows import Caller, Limits, Target
from scanner.graph.columns import Graph
from scanner.model.value import Unknown, Value, unwrap

_ACTING = ("role", "user", "permission_set")
_SESSION_HOURS = 36  # the longest that temporary credentials last (STS API, GetSessionToken)
_WEB = ("sts:assumerolewithwebidentity", "sts:assumerolewithsaml")


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


class Estate:
    """All principals and resources of one graph. Use `Estate.of`."""

    _last: Estate | None = None  # of the graph that was asked about last

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.names = Names(graph)
        self._policies: dict[int, Policy] = {}
        self._managed: dict[tuple[int, str], Policy] = {}
        self._decided: dict[tuple[object, ...], Decision] = {}
        self.now = datetime.now(UTC)

    @classmethod
    def of(cls, graph: Graph) -> Estate:
        """The estate of a graph, made once."""
        found = Estate._last
        if found is None or found.graph is not graph:
            found = Estate._last = cls(graph)
        return found

    # principals

    @cached_property
    def principals(self) -> dict[int, Principal]:
        """Roles, users and permission sets of AWS, by node index."""
        return {
            index: self._principal(index)
            for kind in _ACTING
            for index in self.graph.nodes(kind)
            if self._is_aws(index)
        }

    @cached_property
    def groups(self) -> dict[int, Principal]:
        """Groups of AWS, as if they could act."""
        return {index: self._principal(index) for index in self.graph.nodes("group") if self._is_aws(index)}

    def _is_aws(self, index: int) -> bool:
        provider = self.graph.peek(index, "provider")
        return not isinstance(provider, Unknown) and provider == "aws"

    def _principal(self, index: int) -> Principal:
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
            self._guardrails(index),
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

    def _guardrails(self, index: int) -> tuple[tuple[Policy, ...], ...]:
        """The SCPs of each level above a principal, from the root of the organization down; none where its account
        is not one that the scan declares."""
        graph = self.graph
        at = self._account_node(index)
        levels = []
        while at is not None:
            policies = tuple(
                self.policy(each) for each in graph.sources("filters", at) if graph.kind(each).name == "guardrail"
            )
            if policies:
                levels.append(policies)
            above = graph.targets("member_of", at)
            at = above[0] if above else None
        return tuple(reversed(levels))

    def _account_node(self, index: int) -> int | None:
        account = self.names.account(index)
        for each in self.graph.nodes("account"):
            if self.names.name(each) == account or self.names._whole(each, "id") == account:
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

    # policies and resources

    def policy(self, index: int) -> Policy:
        """The statements of a node: a policy, a trust, a guardrail, or a resource's own."""
        found = self._policies.get(index)
        if found is None:
            root = self.graph.addresses[index].root
            statements = normal(self.graph.peek(index, "statements"), lambda value: self.names.text(value, root))
            found = self._policies[index] = Policy.of(statements, node=index)
        return found

    def inside(self, index: int, tail: str) -> str:
        """The ARN of what lies in a node: `inside(bucket, "/*")` for its objects."""
        return self.names.arn(index) + tail

    def target(self, resource: int | str, action: Action | None = None) -> Target:
        """What is asked of, with its policy: a node, or an ARN, which may be that of a node or of something in
        it."""
        if isinstance(resource, int):
            return self._of_node(resource, self._asked_of(resource, action))
        owner = self.owner(resource)
        if owner is not None:
            return self._of_node(owner, resource)
        parts = resource.split(":")
        account = parts[4] if len(parts) > 4 and "*" not in parts[4] else ""
        if parts[2:3] == ["kms"] and parts[-1].startswith("key/"):
            return Target(resource, account, Policy((), "the key policy is outside the scan"), must_allow=True)
        return Target(resource, account)

    def _asked_of(self, index: int, action: Action | None) -> str:
        """The ARN that an action is asked of: objects, where it is a store of objects and the action takes
        them."""
        arn = self.names.arn(index)
        if action is None or action.at is None or self.graph.kind(index).name != "object_store":
            return arn
        from scanner.analysis.access.catalogue import catalogue  # noqa: PLC0415 - loaded by now

        types = catalogue().types(action.at)
        return f"{arn}/*" if "object" in types and "bucket" not in types else arn

    def _of_node(self, index: int, arn: str) -> Target:
        graph, kind = self.graph, self.graph.kind(index)
        account = self.names.account(index)
        if kind.name == "role":
            trusts = graph.targets("trusts", index)
            return Target(arn, account, self.policy(trusts[0]) if trusts else None)
        if kind.name in ("policy", "trust", "user", "group") or not any(
            each.name == "statements" for each in kind.attributes
        ):
            return Target(arn, account)
        policy = self.policy(index)
        written = bool(policy.statements or policy.unknown)
        if kind.name == "key":
            return Target(arn, account, policy if written else _default_key(index, account), must_allow=True)
        return Target(arn, account, policy if written else None)

    def owner(self, arn: str) -> int | None:
        """The node that an ARN names, or in which it lies (an object of a bucket)."""
        return next((self._by_arn[each] for each in (arn, *_heads(arn)) if each in self._by_arn), None)

    @cached_property
    def _by_arn(self) -> dict[str, int]:
        known = names.ARN_TYPES
        return {
            self.names.arn(index): index
            for index in range(len(self.graph))
            if self.graph.addresses[index].scheme != "tf" or str(self.graph.peek(index, "type")) in known
            if self.graph.kind(index).name not in ("trust", "container")
        }

    # questions

    def decide(
        self,
        principal: Principal,
        action: str,
        resource: int | str,
        context: Mapping[str, Held | Range] | None = None,
    ) -> Decision:
        """What becomes of a request; see the package's docstring for `resource` and `context`."""
        key = (principal.index, action, resource, tuple(sorted(context.items())) if context else ())
        found = self._decided.get(key)
        if found is None:
            asked = Action.of(action)
            target = self.target(resource, asked)
            if action.lower().startswith("sts:assumerole") and target.policy is not None:
                target = target._replace(must_allow=True, alone=action.lower() in _WEB)
            elif isinstance(resource, int) and self.graph.kind(resource).name == "role":
                target = target._replace(policy=None)
            found = self.ask(principal.caller, principal.limits, asked, target, principal.context, context)
            self._decided[key] = found
        return found

    def ask(
        self,
        caller: Caller,
        limits: Limits,
        action: Action,
        target: Target,
        known: Context,
        context: Mapping[str, Held | Range] | None = None,
    ) -> Decision:
        """A decision about any caller, in or outside the scan; `context` overrides what is `known`."""
        told = {
            **self._of_target(target),
            **known,
            **{key.lower(): value for key, value in (context or {}).items()},
        }
        return decide(caller, limits, action, target, told)

    def _of_target(self, target: Target) -> dict[str, Held | Range]:
        facts: dict[str, Held | Range] = {}
        if target.account:
            facts["aws:resourceaccount"] = facts["s3:resourceaccount"] = target.account
        owner = self.owner(target.arn)
        if owner is None:
            return facts
        tags = unwrap(self.graph.peek(owner, "tags"))
        for key, value in tags.items() if isinstance(tags, dict) else ():
            facts[f"aws:resourcetag/{key}".lower()] = self.names.text(value, self.graph.addresses[owner].root)
        return facts

    def may_assume(self, role: int, principal: Principal) -> Decision:
        """Whether a principal can take a role by sts:AssumeRole: trust and permission together."""
        return self.decide(principal, "sts:AssumeRole", role)

    def trusts_service(self, role: int, service: str) -> Decision:
        """Whether a service may take a role; its trust alone decides. Keys of the source are left open."""
        return self.trusts(role, Caller("service", service, ""), "sts:AssumeRole")

    def trusts(self, role: int, caller: Caller, action: str, context: Context | None = None) -> Decision:
        """Whether a trust policy lets a caller from outside take the role, whatever limits it at home."""
        principal = self.principals.get(role)
        trust = principal.trust if principal else None
        if trust is None:
            return Decision(Verdict.UNKNOWN, unknowns=("the trust policy is not in the scan",))
        account = principal.account if principal and caller.account else ""
        target = Target(self.names.arn(role), account, trust, must_allow=True, alone=not caller.account)
        return self.ask(caller, Limits(own=False), Action.of(action), target, context or {})


def _managed_policy(name: str) -> Policy:
    document = managed().find(name)
    found = _READ.get(name)
    if found is None:
        found = _READ[name] = Policy.of(normal(document, str), variables=True)
    return found


_READ: dict[str, Policy] = {}


def _heads(arn: str) -> Iterator[str]:
    """What an ARN may lie in: each part before a slash or a colon, the longest first."""
    for at in range(len(arn) - 1, 12, -1):
        if arn[at] in "/:":
            yield arn[:at]


def _default_key(index: int, account: str) -> Policy:
    """What a key's policy is where none is written (KMS Developer Guide, "Default key policy")."""
    statement: dict[str, Value] = {
        **{name: [] for name in ("not_actions", "not_resources", "not_principals", "conditions")},
        "effect": "Allow",
        "actions": ["kms:*"],
        "resources": ["*"],
        "principals": [{"type": "AWS", "id": f"arn:aws:iam::{account}:root"}],
    }
    return Policy.of([statement], node=index, labels=("the default key policy",))


def _stamp(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
