"""The principals and resources of a graph, and the decision on what one may do to the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from scanner.analysis.access import names
from scanner.analysis.access.conditions import Held
from scanner.analysis.access.decision import Decision, Verdict, decide
from scanner.analysis.access.names import Names
from scanner.analysis.access.policy import Policy
from scanner.analysis.access.principals import Principal, Principals
from scanner.analysis.access.request import Action, Context, Range
from scanner.analysis.access.rows import Caller, Limits, Target
from scanner.graph.columns import Graph
from scanner.model.value import Value, unwrap

__all__ = ["Estate", "Principal"]

_ACTING = ("role", "user", "permission_set")
_WEB = ("sts:assumerolewithwebidentity", "sts:assumerolewithsaml")


class Estate:
    """All principals and resources of one graph. Use `Estate.of`."""

    _last: Estate | None = None  # of the graph that was asked about last

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.names = Names(graph)
        self._held = Principals(graph, self.names)
        self._decided: dict[tuple[object, ...], Decision] = {}

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
            index: self._held.principal(index)
            for kind in _ACTING
            for index in self.graph.nodes(kind)
            if self._held.is_aws(index)
        }

    @cached_property
    def groups(self) -> dict[int, Principal]:
        """Groups of AWS, as if they could act."""
        return {
            index: self._held.principal(index) for index in self.graph.nodes("group") if self._held.is_aws(index)
        }

    # policies and resources

    def policy(self, index: int) -> Policy:
        """The statements of a node: a policy, a trust, a guardrail, or a resource's own."""
        return self._held.policy(index)

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
        bare = Target(
            arn,
            account,
            guardrails=tuple(each for level in self._held.guardrails(index, "resources") for each in level),
        )
        if kind.name == "role":
            trusts = graph.targets("trusts", index)
            return bare._replace(policy=self.policy(trusts[0]) if trusts else None)
        if kind.name in ("policy", "trust", "user", "group") or not any(
            each.name == "statements" for each in kind.attributes
        ):
            return bare
        policy = self.policy(index)
        written = bool(policy.statements or policy.unknown)
        if kind.name == "key":
            policy = policy if written else _default_key(index, account)
            return bare._replace(policy=policy + self._grants(index), must_allow=True)
        return bare._replace(policy=policy if written else None)

    def _grants(self, key: int) -> Policy:
        """What grants of a key may allow: to whom is known, which operations is not."""
        holders = [self.names.arn(each) for each in self.graph.targets("grants_to", key)]
        if not holders:
            return Policy(())
        statement = _statement(_GRANTABLE, [{"type": "AWS", "id": arn} for arn in holders])
        return Policy.of([statement], node=key, attribute="grants_to", labels=("a grant",)).doubtful(
            "a grant of the key names it; which operations it gives is not known"
        )

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


def _heads(arn: str) -> Iterator[str]:
    """What an ARN may lie in: each part before a slash or a colon, the longest first."""
    for at in range(len(arn) - 1, 12, -1):
        if arn[at] in "/:":
            yield arn[:at]


# What a grant can give (KMS Developer Guide, "Grants in AWS KMS", grant operations).
_GRANTABLE = [
    *("kms:CreateGrant", "kms:Decrypt", "kms:DeriveSharedSecret", "kms:DescribeKey", "kms:Encrypt"),
    *("kms:GenerateDataKey*", "kms:GenerateMac", "kms:GetPublicKey", "kms:ReEncrypt*", "kms:RetireGrant"),
    *("kms:Sign", "kms:Verify", "kms:VerifyMac"),
]


def _default_key(index: int, account: str) -> Policy:
    """What a key's policy is where none is written (KMS Developer Guide, "Default key policy")."""
    statement = _statement(["kms:*"], [{"type": "AWS", "id": f"arn:aws:iam::{account}:root"}])
    return Policy.of([statement], node=index, labels=("the default key policy",))


def _statement(actions: list[str], principals: list[dict[str, str]]) -> dict[str, Value]:
    """An Allow on every resource, in the normalized form."""
    return {
        **{name: [] for name in ("not_actions", "not_resources", "not_principals", "conditions")},
        "effect": "Allow",
        "actions": actions,
        "resources": ["*"],
        "principals": principals,
    }
