"""The principals and resources of a graph, and the decision on what one may do to the other."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from scanner.analysis.access.conditions import Held
from scanner.analysis.access.decision import Decision, Verdict, best_of, both_of, decide
from scanner.analysis.access.endpoints import KEY as ENDPOINT
from scanner.analysis.access.endpoints import Endpoints
from scanner.analysis.access.names import Names
from scanner.analysis.access.policy import Policy
from scanner.analysis.access.principals import Principal, Principals
from scanner.analysis.access.request import Action, Context, Range, Told
from scanner.analysis.access.rows import Caller, Limits, Target
from scanner.analysis.access.sign_on import SignOn
from scanner.analysis.access.targets import Targets
from scanner.graph.columns import Graph
from scanner.model.value import unwrap

__all__ = ["Estate", "Principal"]

_ACTING = ("role", "user", "permission_set", "assignment")
_SIGNED_ON = ("permission_set", "assignment")
_BESIDE = "whether a permission on the access point alone is enough for its bucket is not documented"
_BOUNDING = (
    "iam:CreateRole",
    "iam:CreateUser",
    "iam:PutRolePermissionsBoundary",
    "iam:PutUserPermissionsBoundary",
)
_WEB = ("sts:assumerolewithwebidentity", "sts:assumerolewithsaml")


class Estate:
    """All principals and resources of one graph. Use `Estate.of`, but where a `session` policy limits what every
    user and role may do."""

    _last: Estate | None = None  # of the graph that was asked about last

    def __init__(self, graph: Graph, session: Policy | None = None) -> None:
        self.graph = graph
        self.session = session
        self.names = Names(graph)
        self._held = Principals(graph, self.names)
        self.targets = Targets(graph, self.names, self._held)
        self._endpoints = Endpoints(graph, self.names, self._held.policy)
        self._decided: dict[tuple[object, ...], Decision] = {}

    @classmethod
    def of(cls, graph: Graph) -> Estate:
        """The estate of a graph, made once."""
        found = Estate._last
        if found is None or found.graph is not graph:
            found = Estate._last = cls(graph)
        return found

    @property
    def sign_on(self) -> SignOn:
        """Identity Center's roles."""
        return self._held.sign_on

    # principals

    @cached_property
    def principals(self) -> dict[int, Principal]:
        """Roles, users and permission sets of AWS, by node index; a permission set that is assigned acts as the
        role that it is in each account (the node of one assignment, or the role itself)."""
        return {
            index: self._held.principal(index)
            for kind in _ACTING
            for index in self.graph.nodes(kind)
            if self._held.is_aws(index) and (kind not in _SIGNED_ON or self.sign_on.acts(index))
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
        """What is asked of, with its policies: a node, or an ARN, which may be that of a node or of something in
        it."""
        return self.targets.target(resource, action)

    def owner(self, arn: str) -> int | None:
        """The node that an ARN names, or in which it lies (an object of a bucket)."""
        return self.targets.owner(arn)

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
            found = self._decided[key] = self._decide(principal, action, resource, context or {})
        return found

    def _decide(
        self, principal: Principal, action: str, resource: int | str, context: Mapping[str, Held | Range]
    ) -> Decision:
        asked = Action.of(action)
        target = self.target(resource, asked)
        if action.lower().startswith("sts:assumerole") and target.policy is not None:
            target = target._replace(must_allow=True, alone=action.lower() in _WEB)
        elif isinstance(resource, int) and self.graph.kind(resource).name == "role":
            target = target._replace(policy=None)
        context = {**self._bound_key(action, resource), **context}

        def ask(more: Mapping[str, Held], endpoint: Policy | None) -> Decision:
            limits = principal.limits._replace(endpoint=endpoint, session=self.session)
            return self.ask(principal.caller, limits, asked, target, principal.context, {**context, **more})

        found = ask({}, None)
        if any(each.key == ENDPOINT for each in found.clauses):
            found = self._endpoints.through(found, action, ask)
        signed = (self.decide(each, action, resource, context) for each in self.acting(principal))
        return best_of([found, *signed])

    def _bound_key(self, action: str, resource: int | str) -> dict[str, str | None]:
        """The boundary that a user or role already has, of which most requests that change it tell the key; those
        that make it or give it one tell of the new one (Service Authorization Reference, "IAM")."""
        if not isinstance(resource, int) or not action.startswith("iam:"):
            return {}
        if action in _BOUNDING or self.graph.kind(resource).name not in ("user", "role"):
            return {}
        found = self.principals.get(resource)
        return self._held.boundary_key(found) if found is not None else {}

    def acting(self, principal: Principal) -> list[Principal]:
        """The roles that a user of Identity Center signs in to."""
        if principal.kind != "user":
            return []
        found = (self.principals.get(each) for each in self.sign_on.signs_in(principal.index))
        return [each for each in found if each is not None]

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
        told: dict[str, Held | Range] = {
            **self._of_target(target),
            **known,
            **{key.lower(): value for key, value in (context or {}).items()},
        }
        told = Told(told) if self._tells_tags(target) else told
        found = decide(caller, limits, action, target, told)
        if target.beneath is None or found.verdict is Verdict.DENIED:
            return found
        return self._through(caller, limits, action, target, told, found)

    def _through(
        self, caller: Caller, limits: Limits, action: Action, point: Target, context: Context, found: Decision
    ) -> Decision:
        """A request through an access point: its bucket must let it in too (S3 User Guide, "Configuring IAM
        policies for using access points")."""
        assert point.beneath is not None  # noqa: S101 - asked above
        named = point.arn.partition("/object")[0]
        more: dict[str, Held | Range] = {
            "s3:dataaccesspointarn": named,
            "s3:dataaccesspointaccount": point.account,
        }
        behind = decide(
            caller, limits, action, point.beneath, {**context, **self._of_target(point.beneath), **more}
        )
        if behind.verdict is not Verdict.DENIED:
            return both_of(found, behind)
        if behind.because or not limits.own:
            return behind
        alone = decide(caller, limits, action, point._replace(policy=None), context)
        return (
            behind if alone.verdict is Verdict.DENIED else Decision(Verdict.UNKNOWN, (), found.because, (_BESIDE,))
        )

    def _of_target(self, target: Target) -> dict[str, Held | Range]:
        facts: dict[str, Held | Range] = {}
        if target.account:
            facts["aws:resourceaccount"] = facts["s3:resourceaccount"] = target.account
        owner = self.owner(target.arn)
        if owner is None:
            return facts
        service = target.arn.split(":", 3)[2]
        tags = unwrap(self.graph.peek(owner, "tags"))
        for key, value in tags.items() if isinstance(tags, dict) else ():
            told = self.names.text(value, self.graph.addresses[owner].root)
            facts |= dict.fromkeys(
                (f"aws:resourcetag/{key}".lower(), f"{service}:resourcetag/{key}".lower()), told
            )
        return facts

    def _tells_tags(self, target: Target) -> bool:
        """Whether all tags of what is asked of are known: it is a thing of the scan, not something in it."""
        owner = self.targets.owner(target.arn)
        if owner is None or self.names.arn(owner) != target.arn or owner in self.graph.stand_ins:
            return False
        return isinstance(unwrap(self.graph.peek(owner, "tags")), dict)

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
