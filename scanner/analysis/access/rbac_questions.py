"""Who can, of a Kubernetes cluster: what people ask in words, and every subject's answer.

A resource is written `[NAMESPACE/]RESOURCE[.GROUP][/SUBRESOURCE][/NAME]`, as `secrets`, `shop/secrets/db`,
`pods/exec` or `deployments.apps`, or as the address of an object; a path that is no resource begins with `/`.
Without a namespace a question is about any, with `*` about all of them at once (what lists of the whole cluster
need); without a name it is about any, but for a rule that names some.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from scanner.analysis.access.answers import Answer
from scanner.analysis.access.decision import Decision, Verdict
from scanner.analysis.access.eks import Entrance, behind, eks_clusters, entrances
from scanner.analysis.access.escalation_world import UNKNOWN, Fact, Standing, together
from scanner.analysis.access.estate import Estate
from scanner.analysis.access.names import readable
from scanner.analysis.access.policy import Source
from scanner.analysis.access.rbac import (
    MASTERS,
    Cluster,
    Grant,
    Identity,
    Permission,
    Request,
    Subject,
    cluster_of,
    clusters,
    namespace_of,
)
from scanner.analysis.access.rbac_builtin import resource_types
from scanner.graph.columns import Graph
from scanner.model.value import Unknown

ANYWHERE = ""  # any namespace, as opposed to None: none, or all of them at once
_ORDER = {Verdict.ALLOWED: 0, Verdict.CONDITIONAL: 1, Verdict.UNKNOWN: 2, Verdict.DENIED: 3}
_UNNAMED = frozenset({"create", "deletecollection"})  # requests that name no object
# Subresources that resources of any kind may have.
_PARTS = frozenset({"status", "scale", "finalizers"})


class NoQuestionError(ValueError):
    """A text that names no resource of a cluster; says why."""


class Question(NamedTuple):
    """What is asked. `namespace` is ANYWHERE for any; `name` "" for any; `groups` are tried one after another."""

    verb: str
    resource: str
    groups: tuple[str, ...]
    namespace: str | None = ANYWHERE
    name: str = ""
    url: str = ""

    def requests(self, namespace: str | None) -> Iterator[Request]:
        """The requests that the question means for whoever holds a grant of a namespace (None: of all)."""
        where = (namespace if self.namespace == ANYWHERE else self.namespace) or None
        if self.url:
            yield Request(self.verb, url=self.url)
            return
        for group in self.groups:
            yield Request(self.verb, self.resource, group, where, self.name)


def read_question(verb: str, text: str, graph: Graph) -> Question:
    """A question from its words. Raises NoQuestionError."""
    if text.startswith("/"):
        return Question(verb, "", (), None, url=text)
    if text.startswith("k8s:") and "#" in text:
        text = _written_as(text)
    parts = text.split("/")
    known = named_resources(graph)
    for start in (0, 1):
        if len(parts) > start and (found := _resource(parts[start], known)):
            return _read(verb, text, found, parts[:start], parts[start + 1 :])
    raise NoQuestionError(
        f"{text!r} names no resource of a cluster; it has the form "
        "[NAMESPACE/]RESOURCE[.GROUP][/SUBRESOURCE][/NAME], for example shop/secrets/db or pods/exec"
    )


def _written_as(address: str) -> str:
    """The address of an object (`k8s:ROOT#GROUP/KIND/NAMESPACE/NAME`) as a resource is written."""
    group, kind, namespace, name = (*address.partition("#")[2].split("/"), "", "", "")[:4]
    plurals = {each.kind: plural for plural, each in resource_types().items() if "/" not in plural}
    resource = plurals.get(kind, f"{kind.lower()}s") + (f".{group}" if group else "")
    return "/".join(part for part in (namespace, resource, name) if part)


def named_resources(graph: Graph) -> dict[str, tuple[str, ...]]:
    """Resources and their groups: those of every cluster, and those that roles of the scan name beside them."""
    found: dict[str, tuple[str, ...]] = {name: (each.group,) for name, each in resource_types().items()}
    for index in graph.nodes("cluster_role"):
        told = graph.peek(index, "permissions")
        for each in told if isinstance(told, list) else ():
            if isinstance(each, dict):
                _note(found, each.get("groups"), each.get("resources"))
    return found


def _note(found: dict[str, tuple[str, ...]], groups: object, resources: object) -> None:
    if not isinstance(groups, list) or not isinstance(resources, list):
        return
    for name in resources:
        if isinstance(name, str) and name not in resource_types():
            told = (*found.get(name, ()), *(each for each in groups if isinstance(each, str)))
            found[name] = tuple(dict.fromkeys(told))


def _resource(text: str, known: dict[str, tuple[str, ...]]) -> tuple[str, tuple[str, ...]] | None:
    """The plural and the groups that a text means: a resource, its kind or singular, with or without its group."""
    if text == "*":
        return "*", ("*",)
    name, dot, group = text.partition(".")
    if dot:
        return name, (group,)
    if name in known:
        return name, known[name]
    kinds = {each.kind.lower(): plural for plural, each in resource_types().items() if "/" not in plural}
    plural = kinds.get(name.lower())
    return (plural, known[plural]) if plural else None


def _read(
    verb: str, text: str, found: tuple[str, tuple[str, ...]], before: list[str], after: list[str]
) -> Question:
    resource, groups = found
    if after and (f"{resource}/{after[0]}" in resource_types() or after[0] in _PARTS or resource == "*"):
        resource, after = f"{resource}/{after[0]}", after[1:]
    told = resource_types().get(resource) or resource_types().get(resource.partition("/")[0])
    wide = told is not None and not told.namespaced
    if before and wide:
        raise NoQuestionError(f"{text!r}: {resource} belong to the whole cluster, not to a namespace")
    namespace = None if wide or before == ["*"] else before[0] if before else ANYWHERE
    return Question(verb, resource, groups, namespace, "/".join(after))


# answers


class _Asker(NamedTuple):
    """Someone who can ask a cluster: a node of the scan, or what a binding calls it."""

    node: int | None
    label: str
    identity: Identity


def who_can(graph: Graph, question: Question) -> list[Answer]:
    """Everyone's answer: the service accounts of the scan, then whom bindings name besides; the allowed first."""
    found = clusters(graph)
    for index in graph.nodes("service_account"):
        if graph.peek(index, "provider") == "kubernetes":
            found.setdefault(cluster_of(graph, index), Cluster(()))
    answers = [
        Answer(asker.node, asker.label, _decide(graph, cluster, asker.identity, question))
        for name, cluster in found.items()
        for asker in _askers(graph, name, cluster, several=len(found) > 1)
    ]
    answers += _from_the_cloud(graph, found, question)
    return sorted(answers, key=lambda each: _ORDER[each.decision.verdict])


def _from_the_cloud(graph: Graph, found: dict[str, Cluster], question: Question) -> Iterator[Answer]:
    """The answers of those whom EKS lets in, and of whoever made a cluster."""
    if not eks_clusters(graph) and not any(
        graph.peek(each, "role_kind") == "Group" for each in graph.nodes("binding")
    ):
        return
    estate = Estate.of(graph)
    told: dict[str, list[Decision]] = {}
    nodes: dict[str, int | None] = {}
    for entrance in entrances(graph, estate):
        nodes[entrance.label] = entrance.principal
        told.setdefault(entrance.label, []).extend(_of_entrance(graph, estate, found, entrance, question))
    for label, decisions in told.items():
        best = min(decisions, key=lambda each: _ORDER[each.verdict], default=Decision(Verdict.DENIED))
        yield Answer(nodes[label], readable(label), best)
    for cluster in eks_clusters(graph):
        if graph.peek(cluster, "creator_administers") is True:
            source = Source(cluster, "creator_administers", 0, "whoever makes the cluster administers it")
            yield Answer(
                None, f"whoever made {graph.addresses[cluster]}", Decision(Verdict.ALLOWED, because=(source,))
            )


def _of_entrance(
    graph: Graph, estate: Estate, found: dict[str, Cluster], entrance: Entrance, question: Question
) -> Iterator[Decision]:
    """By its access policies, which hold whatever the manifests say, and by the bindings of the cluster behind."""
    if MASTERS in entrance.identity.groups:
        source = Source(entrance.binding, "subjects", 0, f"is in {MASTERS}, whom the API server allows everything")
        yield _given(Decision(Verdict.ALLOWED, because=(source,)), entrance.fact)
    yield _given(_by(graph, entrance.grants, question), entrance.fact)
    for name, cluster in found.items():
        node, link = behind(graph, estate, name)
        if node is not None and node == entrance.cluster:
            grants = cluster.held_by(entrance.identity)
            yield _given(_by(graph, grants, question), together((entrance.fact, link)))


def _given(decision: Decision, fact: Fact) -> Decision:
    """A decision that hangs on how sure it is that the principal enters."""
    if decision.verdict is Verdict.DENIED or fact.standing is Standing.YES:
        return decision
    notes = tuple(each.removeprefix(UNKNOWN) for each in fact.notes)
    return decision._replace(verdict=Verdict.UNKNOWN, unknowns=(*decision.unknowns, *notes))


def _askers(graph: Graph, name: str, cluster: Cluster, *, several: bool) -> Iterator[_Asker]:
    seen = set()
    for index in graph.nodes("service_account"):
        own = graph.peek(index, "name")
        if (
            graph.peek(index, "provider") == "kubernetes"
            and cluster_of(graph, index) == name
            and isinstance(own, str)
        ):
            identity = Identity.of_account(namespace_of(graph, index), own)
            seen.add(identity.user)
            yield _Asker(index, str(graph.addresses[index]), identity)
    where = f" of {name}" if several and name else ""
    subjects = dict.fromkeys(subject for grant in cluster.grants for subject in grant.subjects)
    for subject in sorted(subjects):
        identity = identity_of(subject)
        if identity.user not in seen or subject.kind == "Group":
            yield _Asker(None, f"{called(subject)}{where}", identity)


def identity_of(subject: Subject) -> Identity:
    """Whom a subject stands for; of a group anyone in it."""
    if subject.kind == "ServiceAccount":
        return Identity.of_account(subject.namespace, subject.name)
    if subject.kind != "Group":
        return Identity.of_user(subject.name)
    if subject.name == "system:unauthenticated":
        return Identity("", frozenset({subject.name}))
    return Identity("", frozenset({subject.name, "system:authenticated"}))


def called(subject: Subject) -> str:
    """A subject for people."""
    return f"{subject.kind} {f'{subject.namespace}/' if subject.namespace else ''}{subject.name}"


def _decide(graph: Graph, cluster: Cluster, identity: Identity, question: Question) -> Decision:
    if MASTERS in identity.groups:
        return Decision(
            Verdict.ALLOWED, because=(Source(None, "", 0, f"the API server allows {MASTERS} everything"),)
        )
    return _by(graph, cluster.held_by(identity), question)


def _by(graph: Graph, grants: Iterable[Grant], question: Question) -> Decision:
    """What grants decide together."""
    sure, perhaps = [], []
    for grant in grants:
        told = _told(grant, question)
        if told is True:
            sure.append(grant)
        elif isinstance(told, Unknown):
            perhaps.append((grant, told))
    if sure:
        return Decision(Verdict.ALLOWED, because=tuple(source(graph, each, question) for each in sure))
    if perhaps:
        because = tuple(source(graph, each, question) for each, _ in perhaps)
        reasons = tuple(dict.fromkeys(why.reason for _, why in perhaps))
        return Decision(Verdict.UNKNOWN, because=because, unknowns=reasons)
    return Decision(Verdict.DENIED)


def _told(grant: Grant, question: Question) -> bool | Unknown:
    """Whether a grant answers a question: for one of its groups, and of objects that are not named any."""
    answer: bool | Unknown = False
    for request in question.requests(grant.namespace):
        told = grant.allows(request)
        if told is False and not question.name and question.verb not in _UNNAMED:
            told = any(_names_one(each, request) for each in grant.permissions if _inside(grant, request))
        if told is True:
            return True
        answer = told if isinstance(told, Unknown) else answer
    return answer


def _inside(grant: Grant, request: Request) -> bool:
    return grant.namespace is None or grant.namespace == request.namespace


def _names_one(permission: Permission, request: Request) -> bool:
    """Whether a rule that names objects allows a request for one of them."""
    return any(permission.allows(request._replace(name=name)) is True for name in sorted(permission.names))


def source(graph: Graph, grant: Grant, question: Question) -> Source:
    """The binding that decides, with what it is limited to."""
    name = graph.peek(grant.binding, "role_name")
    limits = ["the whole cluster" if grant.namespace is None else f"namespace {grant.namespace}"]
    named = _named(grant.permissions, question)
    if named and not question.name:
        limits.append(f"only {', '.join(sorted(named))}")
    role = f"binds {name}" if isinstance(name, str) else "binds a role"
    return Source(grant.binding, "role_name", 0, f"{role} in {'; '.join(limits)}")


def _named(permissions: Iterable[Permission], question: Question) -> Collection[str]:
    """The objects that the rules name which answer a question; none where one of them names none."""
    found: set[str] = set()
    for each in permissions:
        for request in question.requests(None):
            if each._replace(names=frozenset()).allows(request) is True:
                if not each.names:
                    return ()
                found |= each.names
    return found
