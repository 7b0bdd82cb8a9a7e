"""Who enters an EKS cluster from AWS, and as whom: access entries with their policies, and the ConfigMap aws-auth.

Sources: Amazon EKS User Guide, "Grant IAM users access to Kubernetes with EKS access entries" (an entry takes
precedence over aws-auth for the same principal), "Review access policy permissions" (they equal the user-facing
roles of Kubernetes), "Grant IAM users access to Kubernetes with a ConfigMap" (an ARN of a role with a path matches
nobody: the identity that asks has none).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from scanner.analysis.access.escalation_world import NO, UNKNOWN, YES, Fact, Standing, together
from scanner.analysis.access.rbac import Grant, Identity, Permission, Subject, cluster_of, read_permission
from scanner.analysis.access.rbac_builtin import built_in
from scanner.graph.columns import Graph
from scanner.model.value import Cause, Unknown, Value

if TYPE_CHECKING:
    from scanner.analysis.access.estate import Estate

AWS_AUTH, ENTRY = "aws-auth", "eks-access-entry"
ENTERS = "enters the cluster"  # the action of the step that leads in
CALLED = {AWS_AUTH: "the entry in aws-auth", ENTRY: "the access entry or policy"}
_CLUSTERS = ("aws_eks_cluster", "AWS::EKS::Cluster")
_PARTS = 6  # of an ARN
_POLICIES = "aws_eks_access_policy_association"
_ROLES = {"cluster-admin": "cluster-admin", "admin": "admin", "edit": "edit", "view": "view"}
_READ = {"groups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]}
_SECRETS = {"groups": [""], "resources": ["secrets"], "verbs": ["get", "list", "watch"]}
# Access policies that are like no role of Kubernetes.
_OWN = {"AmazonEKSAdminViewPolicy": (_READ,), "AmazonEKSSecretReaderPolicy": (_SECRETS,)}


class Entrance(NamedTuple):
    """How one principal enters a cluster. `id` is ENTRY or AWS_AUTH; `principal` and `cluster` are None where they
    are not of the scan; `identity` is who it is in the cluster; `grants` are those of its access policies."""

    id: str
    binding: int
    cluster: int | None
    principal: int | None
    label: str
    identity: Identity
    grants: tuple[Grant, ...]
    fact: Fact


def eks_clusters(graph: Graph) -> list[int]:
    """The clusters of EKS."""
    return [each for each in graph.nodes("cluster") if graph.peek(each, "type") in _CLUSTERS]


def behind(graph: Graph, estate: Estate, name: str) -> tuple[int | None, Fact]:
    """The EKS cluster that a cluster of manifests is. Those that name none are perhaps applied to the only one of
    the scan."""
    found = eks_clusters(graph)
    for each in found if name else ():
        if name in (estate.names.arn(each), graph.peek(each, "name")):
            return each, YES
    if not name and len(found) == 1:
        return found[0], Fact(
            Standing.UNKNOWN, (f"the manifests are applied to {graph.addresses[found[0]].name}",)
        )
    return None, NO


def entrances(graph: Graph, estate: Estate) -> list[Entrance]:
    """Every entrance of the scan that a cluster's authentication mode lets in."""
    if not graph.nodes("binding"):
        return []
    found = [each for index in graph.nodes("binding") for each in _Door(graph, estate, index).entrances()]
    by_entry = {(each.cluster, each.label) for each in found if each.id == ENTRY}
    return [each for each in found if each.id == ENTRY or (each.cluster, each.label) not in by_entry]


class _Door:
    """One binding, read as what lets principals of AWS into a cluster."""

    def __init__(self, graph: Graph, estate: Estate, index: int) -> None:
        self.graph = graph
        self.estate = estate
        self.index = index
        self.type = graph.peek(index, "type")
        self.id = AWS_AUTH if graph.peek(index, "provider") == "kubernetes" else ENTRY

    def entrances(self) -> Iterator[Entrance]:
        subjects = self.graph.peek(self.index, "subjects")
        for subject in subjects if isinstance(subjects, list) else ():
            if isinstance(subject, dict) and subject.get("kind") == "Principal":
                cluster, fact = self._cluster()
                if fact.standing is not Standing.NO:
                    yield from self._entrance(subject, cluster, fact)

    def _cluster(self) -> tuple[int | None, Fact]:
        """The cluster, and whether its mode looks at this binding."""
        graph = self.graph
        if self.id == AWS_AUTH:
            cluster, fact = behind(graph, self.estate, cluster_of(graph, self.index))
            if cluster is None:
                return None, NO
            return cluster, _also(fact, graph.peek(cluster, "legacy_authorization"))
        cluster = next(iter(graph.targets("admits_to", self.index)), None)
        return cluster, _also(YES, graph.peek(cluster, "access_entries")) if cluster is not None else YES

    def _entrance(self, subject: dict[str, Any], cluster: int | None, fact: Fact) -> Iterator[Entrance]:
        name = subject.get("name")
        principal, meant = self._principal(name)
        if principal is None and not isinstance(name, str):
            return  # someone whom the scan cannot name
        if self.id == AWS_AUTH and _has_path(name):
            return
        label = str(self.graph.addresses[principal]) if principal is not None else str(name)
        identity = _identity(subject, label)
        grants = self._grants() if self.type == _POLICIES else ()
        fact = together((fact, meant))
        yield Entrance(self.id, self.index, cluster, principal, label, identity, grants, fact)

    def _principal(self, name: Value) -> tuple[int | None, Fact]:
        targets = self.graph.targets("grants_to", self.index)
        if self.id == ENTRY:
            return (targets[0] if len(targets) == 1 else None), YES
        return self._by_arn(name) if isinstance(name, str) else (None, YES)

    def _by_arn(self, arn: str) -> tuple[int | None, Fact]:
        """The principal that an ARN of aws-auth means: of a role its name alone, whatever its path. Where the scan
        does not tell the account, it is perhaps the one."""
        parts = arn.split(":", 5)
        kind, _, name = parts[-1].rpartition("/")
        for index, principal in self.estate.principals.items():
            own = principal.arn.split(":", 5)
            named = len(own) == len(parts) == _PARTS and own[-1].startswith(f"{kind}/")
            if not named or own[-1].rpartition("/")[2] != name:
                continue
            if own[4] == parts[4]:
                return index, YES
            if not own[4].isascii():
                note = f"{self.graph.addresses[index].name} is in the account {parts[4]}"
                return index, Fact(Standing.UNKNOWN, (note,))
        return None, YES

    def _grants(self) -> tuple[Grant, ...]:
        """What an access policy allows, in each of its namespaces."""
        graph = self.graph
        unknown, permissions = _permissions(graph.peek(self.index, "role_name"))
        where = graph.peek(self.index, "namespaces")
        if isinstance(where, Unknown):
            unknown = unknown or where
        named = [each if isinstance(each, str) else "" for each in where] if isinstance(where, list) else [None]
        subject = (Subject("Principal", str(self.index)),)
        return tuple(Grant(self.index, None, each, permissions, subject, unknown) for each in named)


def _identity(subject: dict[str, Any], label: str) -> Identity:
    """Who a principal is in the cluster: the user and groups that its binding says."""
    user, told = subject.get("user"), subject.get("groups")
    groups = [each for each in told if isinstance(each, str)] if isinstance(told, list) else []
    return Identity(
        user if isinstance(user, str) and user else label, frozenset((*groups, "system:authenticated"))
    )


def _permissions(name: Value) -> tuple[Unknown | None, tuple[Permission, ...]]:
    if isinstance(name, Unknown):
        return name, ()
    if isinstance(name, str) and name in _OWN:
        return None, tuple(map(read_permission, _OWN[name]))
    if name in _ROLES:
        return None, tuple(map(read_permission, built_in()[str(name)]))
    return Unknown(f"what the access policy {name} allows is not known", Cause.OUTSIDE_SCAN), ()


def _also(fact: Fact, looks: Value) -> Fact:
    """A fact, given whether the cluster's mode looks at this kind of binding."""
    if isinstance(looks, Unknown):
        return Fact(Standing.UNKNOWN, (*fact.notes, f"{UNKNOWN}{looks.reason}"))
    return fact if looks is True else NO


def _has_path(arn: Value) -> bool:
    """Whether an ARN is that of a role with a path."""
    _, role, name = str(arn).partition(":role/")
    return bool(role) and "/" in name
