"""Who may do what in a Kubernetes cluster, binding by binding, as its RBAC authorizer decides.

Source: kubernetes pkg/apis/rbac/v1/evaluation_helpers.go and pkg/registry/rbac/validation/rule.go; Kubernetes
documentation, "Using RBAC Authorization". RBAC only allows: a request is refused where no grant allows it. An
answer is True, False, or the Unknown that it hangs on (test with `is True`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from scanner.analysis.access.rbac_builtin import built_in, built_in_roles
from scanner.graph.columns import Graph
from scanner.model.value import Cause, Unknown, Value, first_unknown

Truth = bool | Unknown

_ANYTHING = frozenset({"*"})
_AUTHENTICATED = "system:authenticated"
_ACCOUNTS = "system:serviceaccounts"
MASTERS = "system:masters"  # the API server allows this group everything, whatever RBAC says
# The user-facing roles that come with every cluster, and the labels by which others add to them: `admin` collects
# `edit`, and `edit` collects `view` ("Using RBAC Authorization", user-facing roles).
_COLLECTING = {"view": ("view",), "edit": ("view", "edit"), "admin": ("view", "edit", "admin")}
_ELSEWHERE = "is not part of this scan, nor does it come with every cluster"


class Request(NamedTuple):
    """One question to the authorizer.

    `resource` holds its subresource (`pods/exec`); `namespace` is None for what has none, and for a request
    that spans all of them; `name` is "" where none is given (create, list). With `url` it is about a path that
    is no resource, and the rest but `verb` stays empty.
    """

    verb: str
    resource: str = ""
    group: str = ""
    namespace: str | None = None
    name: str = ""
    url: str = ""


class Permission(NamedTuple):
    """One rule of a role. `unknown` is why one of its parts is not known in full."""

    verbs: frozenset[str]
    groups: frozenset[str]
    resources: frozenset[str]
    names: frozenset[str]
    urls: frozenset[str]
    unknown: Unknown | None = None

    def allows(self, request: Request) -> Truth:
        """Whether this rule covers a request."""
        if self._covers(request):
            return True
        return self.unknown if self.unknown is not None else False

    def _covers(self, request: Request) -> bool:
        if "*" not in self.verbs and request.verb not in self.verbs:
            return False
        if request.url:
            return any(_url_fits(pattern, request.url) for pattern in self.urls)
        if "*" not in self.groups and request.group not in self.groups:
            return False
        if self.names and request.name not in self.names:
            return False
        return self._names_resource(request.resource)

    def _names_resource(self, resource: str) -> bool:
        """`*` holds subresources, `pods` does not hold `pods/exec`, `*/exec` holds those of every resource."""
        if "*" in self.resources or resource in self.resources:
            return True
        _, slash, part = resource.partition("/")
        return bool(slash) and f"*/{part}" in self.resources


class Grant(NamedTuple):
    """One binding: what it grants, where, and to whom. `namespace` None is the whole cluster; `name` is the
    role's."""

    binding: int
    role: int | None
    namespace: str | None
    permissions: tuple[Permission, ...]
    subjects: tuple[Subject, ...]
    unknown: Unknown | None = None
    name: str = ""

    def allows(self, request: Request) -> Truth:
        """Whether this grant lets its subjects make a request."""
        if self.namespace is not None and self.namespace != request.namespace:
            return False
        answer: Truth = self.unknown if self.unknown is not None else False
        for permission in self.permissions:
            told = permission.allows(request)
            if told is True:
                return True
            answer = told if isinstance(told, Unknown) else answer
        return answer


class Subject(NamedTuple):
    """A user, a group or a service account; the namespace is "" for the first two."""

    kind: str
    name: str
    namespace: str = ""


class Identity(NamedTuple):
    """Who asks: a user name and its groups."""

    user: str
    groups: frozenset[str]

    @classmethod
    def of_account(cls, namespace: str, name: str) -> Identity:
        """A service account as the API server sees it."""
        own = frozenset({_AUTHENTICATED, _ACCOUNTS, f"{_ACCOUNTS}:{namespace}"})
        return cls(f"system:serviceaccount:{namespace}:{name}", own)

    @classmethod
    def of_user(cls, name: str, *groups: str) -> Identity:
        """A person or machine that has signed in; everyone who has is in system:authenticated."""
        own = ("system:unauthenticated",) if name == "system:anonymous" else (_AUTHENTICATED,)
        return cls(name, frozenset((*own, *groups)))


class Cluster:
    """The grants of one cluster, found by whom they name."""

    def __init__(self, grants: Iterable[Grant]) -> None:
        self.grants = list(grants)
        self._by_user: dict[str, list[Grant]] = {}
        self._by_group: dict[str, list[Grant]] = {}
        for grant in self.grants:
            for subject in grant.subjects:
                table, key = self._key(subject)
                table.setdefault(key, []).append(grant)

    def _key(self, subject: Subject) -> tuple[dict[str, list[Grant]], str]:
        if subject.kind == "Group":
            return self._by_group, subject.name
        if subject.kind == "ServiceAccount":
            return self._by_user, f"system:serviceaccount:{subject.namespace}:{subject.name}"
        return self._by_user, subject.name

    def held_by(self, identity: Identity) -> list[Grant]:
        """The grants that reach an identity, by name or by group, each once."""
        found = list(self._by_user.get(identity.user, ()))
        for group in sorted(identity.groups):
            found += self._by_group.get(group, ())
        return list(dict.fromkeys(found)) if len(found) > 1 else found

    def may(self, identity: Identity, request: Request) -> Truth:
        """Whether an identity may make a request."""
        if MASTERS in identity.groups:
            return True
        answer: Truth = False
        for grant in self.held_by(identity):
            told = grant.allows(request)
            if told is True:
                return True
            answer = told if isinstance(told, Unknown) else answer
        return answer

    def who_can(self, request: Request) -> Iterator[tuple[Subject, Grant, Truth]]:
        """Each subject and the grant by which it may (True), or perhaps may (Unknown), make a request."""
        for grant in self.grants:
            told = grant.allows(request)
            if told is not False:
                for subject in grant.subjects:
                    yield subject, grant, told


def read_permission(value: Mapping[str, Any]) -> Permission:
    """A rule from its normalized form {verbs, groups, resources, names, urls}."""
    parts = [_texts(value.get(name)) for name in ("verbs", "groups", "resources", "names", "urls")]
    verbs, groups, resources, names, urls = (known for known, _ in parts)
    unknown = next((why for _, why in parts if why is not None), None)
    if unknown is not None and parts[3][1] is not None:
        names = names or frozenset({""})  # it names something: without the names nothing is certain
    return Permission(verbs, groups, resources, names, urls, unknown)


def _texts(value: Value) -> tuple[frozenset[str], Unknown | None]:
    if isinstance(value, Unknown):
        return frozenset(), value
    if not isinstance(value, list):
        return frozenset(), None
    known = frozenset(each for each in value if isinstance(each, str))
    return known, (first_unknown(value) if len(known) < len(set(map(id, value))) else None)


def _url_fits(pattern: str, url: str) -> bool:
    if pattern in ("*", url):
        return True
    return pattern.endswith("*") and url.startswith(pattern.rstrip("*"))


def clusters(graph: Graph) -> dict[str, Cluster]:
    """The clusters of a graph by name ("" where none is written)."""
    reader = _Reader(graph)
    found: dict[str, list[Grant]] = {}
    for index in graph.nodes("binding"):
        if graph.peek(index, "role_kind") not in ("Role", "ClusterRole"):
            continue
        if graph.peek(index, "provider") == "kubernetes":
            found.setdefault(cluster_of(graph, index), []).append(reader.grant(index))
    return {name: Cluster(grants) for name, grants in found.items()}


def cluster_of(graph: Graph, index: int) -> str:
    """The cluster that holds a node, "" where it is not written."""
    account = graph.peek(index, "account")
    return account if isinstance(account, str) else ""


def namespace_of(graph: Graph, index: int) -> str:
    """The namespace that a node lives in. Where none is written, whoever applies its folder chooses one: the
    objects of the folder share a namespace whose name nobody else has."""
    names = {"binding": "namespaces", "service_account": "namespace"}
    told = graph.peek(index, names.get(graph.kind(index).name, "region"))
    told = told[0] if isinstance(told, list) and len(told) == 1 else told
    return told if isinstance(told, str) else f"(namespace of {graph.addresses[index].root})"


class _Reader:
    """Reads bindings and their roles, each role once."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._roles: dict[int, tuple[tuple[Permission, ...], Unknown | None]] = {}
        self._extended: dict[tuple[str, str], tuple[Permission, ...]] = {}

    def grant(self, index: int) -> Grant:
        graph = self.graph
        wide = graph.peek(index, "cluster_wide") is True
        namespace = None if wide else namespace_of(graph, index)
        role, permissions, unknown = self._bound(index)
        subjects, more = self._subjects(index, namespace)
        name = graph.peek(index, "role_name")
        unknown = more if unknown is None else unknown
        return Grant(index, role, namespace, permissions, subjects, unknown, name if isinstance(name, str) else "")

    def _bound(self, index: int) -> tuple[int | None, tuple[Permission, ...], Unknown | None]:
        graph = self.graph
        targets = graph.targets("binds", index)
        if targets:
            return targets[0], *self._role(targets[0])
        name = graph.peek(index, "role_name")
        if isinstance(name, Unknown):
            return None, (), name
        if graph.peek(index, "role_kind") == "ClusterRole" and name in built_in():
            return None, self._built_in(cluster_of(graph, index), str(name)), None
        inside = f"{namespace_of(graph, index)}/{name}"
        if graph.peek(index, "role_kind") == "Role" and inside in built_in_roles():
            return None, tuple(map(read_permission, built_in_roles()[inside])), None
        return None, (), Unknown(f"the role {name} {_ELSEWHERE}", Cause.OUTSIDE_SCAN)

    def _role(self, index: int) -> tuple[tuple[Permission, ...], Unknown | None]:
        if index not in self._roles:
            self._roles[index] = _permissions(self.graph.peek(index, "permissions"))
        return self._roles[index]

    def _built_in(self, cluster: str, name: str) -> tuple[Permission, ...]:
        """A role that comes with the cluster, and what the roles of the scan add to it by label."""
        key = (cluster, name)
        if key not in self._extended:
            labels = [f"rbac.authorization.k8s.io/aggregate-to-{each}" for each in _COLLECTING.get(name, ())]
            more = [
                permission
                for index in (self.graph.nodes("cluster_role") if labels else ())
                if cluster_of(self.graph, index) == cluster and _labelled(self.graph, index, labels)
                for permission in self._role(index)[0]
            ]
            self._extended[key] = (*map(read_permission, built_in()[name]), *more)
        return self._extended[key]

    def _subjects(self, index: int, namespace: str | None) -> tuple[tuple[Subject, ...], Unknown | None]:
        told = self.graph.peek(index, "subjects")
        if isinstance(told, Unknown):
            return (), told
        found = []
        for item in told if isinstance(told, list) else ():
            kind, name, where = (item.get(part) for part in ("kind", "name", "namespace"))
            if not isinstance(kind, str) or not isinstance(name, str):
                continue  # someone whom the scan cannot name: nobody of the scan
            if kind == "ServiceAccount":
                found.append(Subject(kind, name, where if isinstance(where, str) else namespace or ""))
            else:
                found.append(Subject(kind, name))
        return tuple(found), None


def _permissions(value: Value) -> tuple[tuple[Permission, ...], Unknown | None]:
    if isinstance(value, Unknown):
        return (), value
    items = value if isinstance(value, list) else []
    unknown = next((each for each in items if isinstance(each, Unknown)), None)
    return tuple(read_permission(each) for each in items if isinstance(each, dict)), unknown


def _labelled(graph: Graph, index: int, labels: Iterable[str]) -> bool:
    """Whether a cluster role carries one of some labels with the value "true"."""
    tags = graph.peek(index, "tags")
    held = [tags.get(each) for each in labels] if isinstance(tags, dict) else []
    return any(isinstance(each, str) and each == "true" for each in held)
