"""What subjects of clusters may newly do, by RBAC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scanner.analysis.access.rbac import Cluster, Grant, Request, Subject, clusters
from scanner.analysis.access.rbac_powers import Power, powers
from scanner.analysis.access.rbac_questions import called, identity_of
from scanner.cli.diff.change import RIGHT, Entry, Place, few
from scanner.cli.diff.sides import Sides
from scanner.model.finding import Severity
from scanner.model.value import Unknown

_READING = frozenset({"get", "list", "watch"})
_MOST = 500  # requests that are asked of one grant


class _Right(NamedTuple):
    """What one grant newly lets a subject do."""

    verbs: tuple[str, ...]
    resources: tuple[str, ...]


def new_rights(sides: Sides) -> Iterator[Entry]:
    """One entry for each subject and binding that lets it do something which it could not."""
    before = clusters(sides.base.asked.graph)
    for name, cluster in sorted(clusters(sides.head.asked.graph).items()):
        old = before.get(name, Cluster(()))
        for grant in cluster.grants:
            for subject in grant.subjects:
                yield from _of_grant(sides, old, grant, subject)


def _of_grant(sides: Sides, old: Cluster, grant: Grant, subject: Subject) -> Iterator[Entry]:
    identity = identity_of(subject)
    held = old.held_by(identity)
    if any(_alike(grant, each) for each in held):
        return
    fresh = [each for each in _requests(grant) if old.may(identity, each) is False]
    unclear = grant.unknown is not None and all(each.unknown is None for each in held)
    if not fresh and not unclear:
        return
    graph = sides.head.asked.graph
    node = str(graph.addresses[grant.binding])
    found = sides.lines.chosen(_places(sides, grant))
    where = f"in namespace {grant.namespace}" if grant.namespace is not None else "in the whole cluster"
    if not fresh and isinstance(grant.unknown, Unknown):
        message = f"{called(subject)} may hold more rights {where} (role {grant.name or 'unknown'})"
        yield Entry(RIGHT, Severity.MEDIUM, message, node, found, certain=False, reason=grant.unknown.reason)
        return
    known = {(each.id, each.reach) for one in held for each in powers(one)}
    more = [each for each in powers(grant) if (each.id, each.reach) not in known and each.unknown is None]
    right = _right(fresh)
    told = (
        " and ".join(each.note for each in more[:2])
        if more
        else f"may {_said(right.verbs)} {_said(right.resources)}"
    )
    severity = _severity(more, right)
    details = {
        "subject": called(subject), "role": grant.name, "namespace": grant.namespace, "verbs": list(right.verbs),
        "resources": list(right.resources), "powers": [each.id for each in more],
    }  # fmt: skip
    yield Entry(RIGHT, severity, f"{called(subject)} {told}, {where}", node, found, details=details)


def _alike(grant: Grant, other: Grant) -> bool:
    """Whether another grant gives the same in the same place."""
    same = grant.permissions == other.permissions and (grant.unknown is None) is (other.unknown is None)
    return same and other.namespace in (None, grant.namespace)


def _requests(grant: Grant) -> list[Request]:
    """One request for each combination that the rules of a grant name."""
    found = []
    for permission in grant.permissions:
        for verb in sorted(permission.verbs):
            found += [Request(verb, url=url) for url in sorted(permission.urls)]
            found += [
                Request(verb, resource, group, grant.namespace, name)
                for group in sorted(permission.groups)
                for resource in sorted(permission.resources)
                for name in sorted(permission.names) or [""]
            ]
    return list(dict.fromkeys(found))[:_MOST]


def _right(requests: list[Request]) -> _Right:
    verbs = tuple(dict.fromkeys(each.verb for each in requests))
    resources = dict.fromkeys(
        each.url or (f"{each.resource}.{each.group}" if each.group not in ("", "*") else each.resource)
        for each in requests
    )
    return _Right(verbs, tuple(resources))


def _severity(more: list[Power], right: _Right) -> Severity:
    if any(each.id == "k8s-everything" and each.reach == "cluster" for each in more):
        return Severity.CRITICAL
    if any(each.reach != "namespace" for each in more):
        return Severity.HIGH
    if more or "*" in right.verbs:
        return Severity.MEDIUM
    return Severity.LOW if set(right.verbs) <= _READING else Severity.MEDIUM


def _places(sides: Sides, grant: Grant) -> Iterator[Place]:
    """The rules of the role, then the binding."""
    written = sides.head.written
    if grant.role is not None:
        yield from (Place(written(grant.role, each)) for each in ("permissions", ""))
    yield from (Place(written(grant.binding, each)) for each in ("subjects", ""))


def _said(texts: tuple[str, ...]) -> str:
    return few(["anything" if each == "*" else each for each in texts])
