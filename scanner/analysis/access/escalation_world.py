"""What escalation paths find in the scan: things that act as roles, roles that trust a service, and whatever else
has to exist. What the scan does not hold may lie outside it, unless the scope is said to be complete.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from scanner.analysis.access.paths import CARRIERS
from scanner.graph.columns import Graph
from scanner.model.value import Unknown, Value

if TYPE_CHECKING:
    from scanner.analysis.access.estate import Estate, Principal


class Standing(IntEnum):
    """How sure something is; the least of several holds for all of them together."""

    NO = 0
    UNKNOWN = 1
    CONDITIONAL = 2
    YES = 3


class Fact(NamedTuple):
    """Whether something is so, and what that hangs on (a condition, or an assumption where unknown)."""

    standing: Standing
    notes: tuple[str, ...] = ()


UNKNOWN = "unknown: "  # begins a note that says why something is not known; others are what would have to hold
YES, NO = Fact(Standing.YES), Fact(Standing.NO)


class Carrier(NamedTuple):
    """A thing that acts as roles; `unknown` is why they may be more than are listed."""

    node: int
    roles: tuple[int, ...]
    unknown: str = ""


_PROFILES = ("aws_iam_instance_profile.", ":instance-profile/")  # as code and as a live account name one
_SWAPPING = ("iam:RemoveRoleFromInstanceProfile", "iam:AddRoleToInstanceProfile")
_DEPLOYING = ("aws_codedeploy_deployment_group", "AWS::CodeDeploy::DeploymentGroup")
_MOST_KEYS = 2  # access keys of one user (IAM quotas)
# What must exist somewhere: the kinds and native types (none: any of the kind) that show it, and its name.
_EXISTING: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "container-cluster": (("cluster",), ("aws_ecs_cluster", "AWS::ECS::Cluster"), "an ECS cluster"),
    "event-source": (("table", "stream", "queue"), (), "a stream or queue that can set a function off"),
    "glue-job": (("function", "container_service"), ("aws_glue_job", "AWS::Glue::Job"), "a Glue job"),
    "identity-pool": (("api",), ("aws_cognito_identity_pool", "AWS::Cognito::IdentityPool"), "an identity pool"),
    "job-queue": (
        ("queue", "container_service"),
        ("aws_batch_job_queue", "AWS::Batch::JobQueue"),
        "a Batch job queue",
    ),
    "scaling-group": (("instance_group",), (), "an Auto Scaling group"),
    "task-definition": (
        ("container_service",),
        ("aws_ecs_task_definition", "AWS::ECS::TaskDefinition"),
        "a task definition",
    ),
}
# What a principal may make itself where it does not exist: one of these lists of actions.
_MAKING: dict[str, tuple[tuple[str, ...], ...]] = {
    "container-cluster": (("ecs:CreateCluster",),),
    "event-source": (
        ("dynamodb:CreateTable", "dynamodb:PutItem"),
        ("sqs:CreateQueue", "sqs:SendMessage"),
        ("kinesis:CreateStream", "kinesis:PutRecord"),
    ),
    "identity-pool": (("cognito-identity:CreateIdentityPool",),),
    "any-profile": (("iam:CreateInstanceProfile",),),
    "instance-profile": (("iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"),),
    "job-queue": (("batch:CreateJobQueue", "batch:CreateComputeEnvironment"),),
    "sign-in": (  # to a machine that gets the role, which need not have one before
        ("ec2:RunInstances",),
        ("ssm:StartSession",),
        ("ssm:SendCommand",),
        ("ec2-instance-connect:SendSSHPublicKey",),
    ),
    "task-definition": (("ecs:RegisterTaskDefinition",),),
}
# What no scan shows: always an assumption.
_UNSEEN = {
    "member-account": "the account manages the root users of an organization's members",
    "own-issuer": "the principal answers at the address of the identity provider",
    "own-token": "the identity provider gives tokens to clients of the principal's, and the role asks for none",
    "older-version": "an earlier version of the policy allows more",
    "pod": "the principal can run pods in the cluster",
    "sign-in": "the principal can sign in to a machine",
}


class World:
    """The prerequisites of paths, answered over one graph."""

    def __init__(self, graph: Graph, estate: Estate, complete: Collection[str]) -> None:
        self.graph = graph
        self.estate = estate
        self.closed = "trust" in complete
        self._carriers: dict[str, list[Carrier]] = {}
        self._trusting: dict[str, dict[int, Fact]] = {}
        self._types = self._by_type()
        self._checks: dict[str, Callable[[Principal, int], Fact]] = {
            "access-entries": self._access_entries,
            "any-profile": lambda *_: YES if self._has_profiles() else self.outside("an instance profile exists"),
            "batch-builds": lambda *_: _if("the project allows batch builds"),
            "container-machine": self._container_machine,
            "deployment-group": self._deployment_group,
            "identity-center": lambda *_: (
                YES if graph.nodes("permission_set") else self.outside("the account administers Identity Center")
            ),
            "instance-profile": self._instance_profile,
            "no-password": lambda _, user: NO if graph.peek(user, "console") is True else YES,
            "no-spare-key": lambda _, user: YES if self._keys(user) >= _MOST_KEYS else NO,
            "own-permission-set": lambda principal, _: (
                YES if self._kind(principal.index) in ("permission_set", "assignment") else NO
            ),
            "password": self._password,
            "spare-key": lambda _, user: YES if self._keys(user) < _MOST_KEYS else NO,
        }

    def outside(self, note: str) -> Fact:
        """What the scan does not hold: absent where the scope is complete, else perhaps outside it."""
        return NO if self.closed else Fact(Standing.UNKNOWN, (note,))

    def asks(self, name: str, principal: Principal, target: int) -> Fact:
        """Whether a further prerequisite of a path holds, for the principal that goes it and its target."""
        if name in _UNSEEN:
            fact = self.outside(_UNSEEN[name])
        else:
            fact = self._exists(name) if name in _EXISTING else self._checks[name](principal, target)
        if fact.standing is not Standing.YES and self._makes(name, principal):
            return YES
        return fact

    def _makes(self, name: str, principal: Principal) -> bool:
        return any(self._may_all(principal, actions) for actions in _MAKING.get(name, ()))

    def _may_all(self, principal: Principal, actions: tuple[str, ...]) -> bool:
        """Whether a principal surely may do all of these to something."""
        return all(
            fact_of(self.estate.decide(principal, action, "*")).standing is Standing.YES for action in actions
        )

    # what exists

    def carriers(self, name: str) -> list[Carrier]:
        """The things of a name of `paths.CARRIERS`, with the roles that they act as."""
        if name not in self._carriers:
            found = [index for type_ in CARRIERS[name][0] for index in self._types.get(type_, ())]
            self._carriers[name] = [self._carrier(index) for index in found]
        return self._carriers[name]

    def _carrier(self, index: int) -> Carrier:
        graph = self.graph
        held = [index, *graph.targets("contains", index)]
        roles = [role for each in held for role in graph.targets("assumes", each)]
        open_ = next((why for each in held if (why := graph.why_open("assumes", each)) is not None), None)
        return Carrier(index, tuple(dict.fromkeys(roles)), open_.reason if open_ is not None else "")

    def trusting(self, service: str) -> dict[int, Fact]:
        """The roles that a service may assume, each with how sure that is."""
        if service not in self._trusting:
            found = {}
            for index, principal in self.estate.principals.items():
                if principal.trust is not None and _may_name(principal.trust, service):
                    fact = fact_of(self.estate.trusts_service(index, service))
                    if fact.standing is not Standing.NO:
                        found[index] = fact
            self._trusting[service] = found
        return self._trusting[service]

    def _by_type(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for kind in ("instance", "function", "container_service", "config", "cluster", "instance_group", "api",
                     "queue", "event_rule", "table", "stream"):  # fmt: skip
            for index in self.graph.nodes(kind):
                type_ = self.graph.peek(index, "type")
                if isinstance(type_, str):
                    found.setdefault(type_, []).append(index)
        return found

    def _exists(self, name: str) -> Fact:
        kinds, types, called = _EXISTING[name]
        if any(type_ in self._types for type_ in types):
            return YES
        if not types and any(self.graph.nodes(kind) for kind in kinds):
            return YES
        return self.outside(f"{called} exists")

    def _container_machine(self, principal: Principal, target: int) -> Fact:
        machines = any(self.graph.nodes(kind) for kind in ("instance", "instance_group"))
        if machines and self._exists("container-cluster").standing is Standing.YES:
            return YES
        return self.outside("an ECS cluster with a machine of its own exists")

    def _deployment_group(self, principal: Principal, target: int) -> Fact:
        """Which machines a group deploys to is said by their tags and scaling groups, at the time."""
        note = "a CodeDeploy deployment group reaches the machine"
        return _if(note) if any(type_ in self._types for type_ in _DEPLOYING) else self.outside(note)

    def _instance_profile(self, principal: Principal, role: int) -> Fact:
        if self._has_profile(role):
            return YES
        machines = (*self.carriers("instance"), *self.carriers("launch-template"))
        if any(role in each.roles for each in machines):
            return YES
        if self._has_profiles() and self._may_all(principal, _SWAPPING):  # another role's profile takes this one
            return YES
        name = self.graph.peek(role, "name")
        return self.outside(f"an instance profile of {name if isinstance(name, str) else 'the role'} exists")

    def _has_profiles(self) -> bool:
        return any(map(self._has_profile, self.estate.principals))

    def _has_profile(self, role: int) -> bool:
        return any(form in each.name for each in self.graph.folded[role] for form in _PROFILES)

    def _access_entries(self, principal: Principal, cluster: int) -> Fact:
        if self.graph.peek(cluster, "legacy_authorization") is False:
            return YES  # the mode API: entries are the only way in
        return _if("the cluster's authentication mode allows access entries")

    # users

    def _keys(self, user: int) -> int:
        holders = self.graph.sources("grants_to", user)
        return sum(self._kind(each) == "access_key" for each in holders)

    def _password(self, principal: Principal, user: int) -> Fact:
        console: Value = self.graph.peek(user, "console")
        if console is True:
            return YES
        why = f" ({console.reason})" if isinstance(console, Unknown) else ""
        return self.outside(f"{self.name(user)} has a password{why}")

    def name(self, index: int) -> str:
        """What people call a node: its own name, else its address."""
        name = self.graph.peek(index, "name")
        return name if isinstance(name, str) else self.graph.addresses[index].name

    def _kind(self, index: int) -> str:
        return self.graph.kind(index).name


def _if(note: str) -> Fact:
    return Fact(Standing.CONDITIONAL, (note,))


def fact_of(decision: object) -> Fact:
    """A decision as a fact: its conditions, or why it is unknown, are the notes."""
    verdict = str(getattr(decision, "verdict").value)  # noqa: B009 - the type is the estate's own
    if verdict == "allowed":
        return YES
    if verdict == "denied":
        return NO
    notes: tuple[str, ...] = getattr(decision, "conditions")  # noqa: B009 - as above
    if verdict == "conditional":
        return Fact(Standing.CONDITIONAL, tuple(notes))
    unknowns: tuple[str, ...] = getattr(decision, "unknowns")  # noqa: B009 - as above
    return Fact(Standing.UNKNOWN, (*notes, *(f"{UNKNOWN}{each}" for each in unknowns)))


def together(facts: Iterator[Fact] | Collection[Fact]) -> Fact:
    """The facts all at once: as sure as the least sure, with the notes of all, each once."""
    standing = Standing.YES
    notes: list[str] = []
    for fact in facts:
        if fact.standing is Standing.NO:
            return NO
        standing = min(standing, fact.standing)
        notes += fact.notes
    return Fact(standing, tuple(dict.fromkeys(notes)))


def _may_name(trust: object, service: str) -> bool:
    """Whether a trust policy may speak of a service: a quick look before the decision."""
    statements = getattr(trust, "statements")  # noqa: B009 - the type is the estate's own
    if getattr(trust, "unknown"):  # noqa: B009 - as above
        return True
    for statement in statements:
        named = statement.most.principals
        if statement.allow and (named is None or any(_is_service(each, service) for each in named)):
            return True
    return False


def _is_service(principal: tuple[str, str], service: str) -> bool:
    type_, name = principal
    return type_ == "*" or (type_ == "Service" and name in ("*", service))
