"""Random clusters and questions about them, the same for the same seed, as the objects of the Kubernetes API."""

from __future__ import annotations

import random
from typing import Any

CLUSTERS, QUESTIONS = 100, 50
_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "bind", "impersonate", "*")
_GROUPS = ("", "apps", "batch", "rbac.authorization.k8s.io", "*")
_RESOURCES = (
    "pods", "pods/exec", "pods/log", "secrets", "deployments", "deployments/scale", "nodes", "nodes/proxy",
    "clusterroles", "*", "*/scale", "*/exec", "pods/*",
)  # fmt: skip
_NAMES = ("one", "two", "three")
_NAMESPACES = ("a", "b", "kube-system")
_URLS = ("/healthz", "/healthz/*", "/metrics", "/api/*", "*")
_ASKED_URLS = ("/healthz", "/healthz/etcd", "/metrics", "/api", "/api/v1", "/apis")
_USERS = ("jane", "system:serviceaccount:a:robot", "system:anonymous")
_SUBJECT_GROUPS = ("devs", "system:authenticated", "system:serviceaccounts", "system:serviceaccounts:a")
_RBAC = "rbac.authorization.k8s.io"


def _some(source: random.Random, items: tuple[str, ...], most: int) -> list[str]:
    return source.sample(items, source.randint(1, most))


def _rules(source: random.Random, *, wide: bool) -> list[dict[str, Any]]:
    found = []
    for _ in range(source.randint(1, 3)):
        if wide and source.random() < 0.15:
            found.append({"verbs": _some(source, _VERBS, 3), "nonResourceURLs": _some(source, _URLS, 2)})
            continue
        rule: dict[str, Any] = {
            "verbs": _some(source, _VERBS, 7),
            "apiGroups": _some(source, _GROUPS, 5),
            "resources": _some(source, _RESOURCES, 9),
        }
        if source.random() < 0.25:
            rule["resourceNames"] = _some(source, _NAMES, 2)
        found.append(rule)
    return found


def _subject(source: random.Random) -> dict[str, Any]:
    kind = source.choice(("User", "Group", "ServiceAccount"))
    if kind == "ServiceAccount":
        return {"kind": kind, "name": source.choice(("robot", "other")), "namespace": source.choice(_NAMESPACES)}
    names = _USERS if kind == "User" else _SUBJECT_GROUPS
    return {"kind": kind, "apiGroup": _RBAC, "name": source.choice(names)}


def _question(source: random.Random) -> dict[str, Any]:
    user = source.choice((*_USERS, "system:serviceaccount:b:other"))
    groups = ["system:unauthenticated"] if user == "system:anonymous" else ["system:authenticated"]
    if user.startswith("system:serviceaccount:"):
        groups += ["system:serviceaccounts", f"system:serviceaccounts:{user.split(':')[2]}"]
    elif source.random() < 0.3 and user == "jane":
        groups.append("devs")
    asked: dict[str, Any] = {"User": user, "Groups": groups, "Verb": source.choice(_VERBS[:-1])}
    if source.random() < 0.1:
        return {**asked, "URL": source.choice(_ASKED_URLS)}
    resource, _, part = source.choice([each for each in _RESOURCES if "*" not in each]).partition("/")
    asked |= {"Group": source.choice(_GROUPS[:-1]), "Resource": resource, "Sub": part}
    asked["Namespace"] = source.choice((*_NAMESPACES, ""))
    if source.random() < 0.5 and asked["Verb"] != "create":
        asked["Name"] = source.choice(_NAMES)
    return asked


def clusters(seed: int = 20261122) -> list[dict[str, Any]]:
    """The clusters with their objects and questions."""
    source = random.Random(seed)
    return [_cluster(source) for _ in range(CLUSTERS)]


def _cluster(source: random.Random) -> dict[str, Any]:
    found: dict[str, list[Any]] = {"Roles": [], "RoleBindings": [], "ClusterRoles": [], "ClusterRoleBindings": []}
    for number in range(3):
        for namespace in _NAMESPACES[:2]:
            meta = {"name": f"r{number}", "namespace": namespace}
            found["Roles"].append({"metadata": meta, "rules": _rules(source, wide=False)})
        found["ClusterRoles"].append({"metadata": {"name": f"c{number}"}, "rules": _rules(source, wide=True)})
    for number in range(9):
        subjects = [_subject(source) for _ in range(source.randint(1, 2))]
        wide = source.random() < 0.4
        reference = {"apiGroup": _RBAC, "kind": "ClusterRole", "name": f"c{source.randrange(3)}"}
        if not wide and source.random() < 0.6:
            reference |= {"kind": "Role", "name": f"r{source.randrange(3)}"}
        meta = (
            {"name": f"b{number}"} if wide else {"name": f"b{number}", "namespace": source.choice(_NAMESPACES[:2])}
        )
        kind = "ClusterRoleBindings" if wide else "RoleBindings"
        found[kind].append({"metadata": meta, "roleRef": reference, "subjects": subjects})
    found["Asks"] = [_question(source) for _ in range(QUESTIONS)]
    return found
