"""RBAC decisions. Expected answers: Kubernetes documentation, "Using RBAC Authorization" (referring to resources,
to subjects, default roles), and pkg/apis/rbac/v1/evaluation_helpers.go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.analysis.access.rbac import Cluster, Grant, Identity, Request, Subject, clusters, read_permission
from scanner.analysis.access.rbac_builtin import built_in
from scanner.analysis.access.rbac_powers import powers
from scanner.model.value import Cause, Unknown
from tests.analysis.access.reading import graph_of
from tests.cli.running import run, write


def rule(verbs: str, resources: str = "", groups: str = "core", names: str = "", urls: str = "") -> dict[str, Any]:
    return {
        "verbs": verbs.split(),
        "groups": ["" if each == "core" else each for each in groups.split()],
        "resources": resources.split(),
        "names": names.split(),
        "urls": urls.split(),
    }


def grant(*rules: dict[str, Any], namespace: str | None = None, to: Subject | None = None) -> Grant:
    subject = to or Subject("User", "jane")
    return Grant(0, None, namespace, tuple(map(read_permission, rules)), (subject,), name="own")


JANE = Identity.of_user("jane")


@pytest.mark.parametrize(
    ("held", "request_", "expected"),
    [
        (rule("get", "pods"), Request("get", "pods", "", "a"), True),
        (rule("get", "pods"), Request("list", "pods", "", "a"), False),
        # a resource does not hold its subresources; `*` does
        (rule("get", "pods"), Request("get", "pods/log", "", "a"), False),
        (rule("get", "pods/log"), Request("get", "pods/log", "", "a"), True),
        (rule("get", "*"), Request("get", "pods/log", "", "a"), True),
        (rule("update", "*/scale", "apps"), Request("update", "deployments/scale", "apps", "a"), True),
        (rule("update", "*/scale", "apps"), Request("update", "deployments", "apps", "a"), False),
        (rule("update", "pods/*"), Request("update", "pods/exec", "", "a"), False),
        # groups are exact
        (rule("get", "deployments", "apps"), Request("get", "deployments", "extensions", "a"), False),
        (rule("get", "deployments", "*"), Request("get", "deployments", "apps", "a"), True),
        (rule("get", "deployments"), Request("get", "deployments", "apps", "a"), False),
        # names: create and deletecollection have none, list has one only by a field selector
        (rule("get update", "configmaps", names="one"), Request("get", "configmaps", "", "a", "one"), True),
        (rule("get update", "configmaps", names="one"), Request("get", "configmaps", "", "a", "two"), False),
        (rule("create", "configmaps", names="one"), Request("create", "configmaps", "", "a"), False),
        (rule("list", "configmaps", names="one"), Request("list", "configmaps", "", "a"), False),
        (rule("list", "configmaps", names="one"), Request("list", "configmaps", "", "a", "one"), True),
        # paths that are no resources: a star at the end
        (rule("get", urls="/healthz /healthz/*"), Request("get", url="/healthz/etcd"), True),
        (rule("get", urls="/healthz /healthz/*"), Request("get", url="/metrics"), False),
        (rule("*", "*", "*"), Request("get", url="/metrics"), False),
        (rule("*", urls="*"), Request("post", url="/anything"), True),
    ],
)
def test_a_rule_covers_what_the_authorizer_says(held: dict[str, Any], request_: Request, expected: object) -> None:
    assert Cluster([grant(held)]).may(JANE, request_) is expected


def test_a_role_binding_reaches_its_namespace_only() -> None:
    cluster = Cluster([grant(rule("get", "pods nodes"), namespace="a")])
    assert cluster.may(JANE, Request("get", "pods", "", "a")) is True
    assert cluster.may(JANE, Request("get", "pods", "", "b")) is False
    assert cluster.may(JANE, Request("list", "pods", "", None)) is False, "all namespaces"
    assert cluster.may(JANE, Request("get", "nodes", "", None)) is False, "no namespace"


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (Subject("ServiceAccount", "robot", "a"), True),
        (Subject("ServiceAccount", "robot", "b"), False),
        (Subject("User", "system:serviceaccount:a:robot"), True),
        (Subject("Group", "system:serviceaccounts"), True),
        (Subject("Group", "system:serviceaccounts:a"), True),
        (Subject("Group", "system:serviceaccounts:b"), False),
        (Subject("Group", "system:authenticated"), True),
        (Subject("Group", "system:unauthenticated"), False),
        (Subject("User", "*"), False),
        (Subject("Group", "*"), False),
    ],
)
def test_a_service_account_is_a_user_in_groups(subject: Subject, expected: object) -> None:
    cluster = Cluster([grant(rule("get", "pods"), to=subject)])
    assert cluster.may(Identity.of_account("a", "robot"), Request("get", "pods", "", "a")) is expected


def test_the_group_of_masters_needs_no_grant() -> None:
    assert Cluster([]).may(Identity.of_user("x", "system:masters"), Request("delete", "nodes")) is True


def test_who_can_names_subject_and_binding() -> None:
    held = grant(rule("list", "secrets"), namespace="a", to=Subject("Group", "devs"))
    found = list(Cluster([held]).who_can(Request("list", "secrets", "", "a")))
    assert found == [(Subject("Group", "devs"), held, True)]


def test_an_unknown_part_is_neither_yes_nor_no() -> None:
    why = Unknown("var.verbs has no value", Cause.NO_DEFAULT)
    held = rule("get", "pods") | {"verbs": ["get", why]}
    cluster = Cluster([grant(held)])
    assert cluster.may(JANE, Request("get", "pods", "", "a")) is True
    assert cluster.may(JANE, Request("delete", "pods", "", "a")) is why


def reached(*rules: dict[str, Any], namespace: str | None = None) -> dict[str, str]:
    found = powers(grant(*rules, namespace=namespace))
    assert all(each.unknown is None for each in found)
    return {each.id: each.reach for each in found}


RBAC = "rbac.authorization.k8s.io"
BINDS = {"k8s-bind": "cluster"}
HOOKS = "admissionregistration.k8s.io"
USER_FACING = ("cluster-admin", "admin", "edit", "view")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        # rbac-good-practices, "Kubernetes RBAC - privilege escalation risks"
        ([rule("list", "secrets")], {"k8s-secrets": "cluster"}),
        ([rule("create", "pods")], {"k8s-workload": "cluster"}),
        ([rule("create", "jobs", "batch")], {"k8s-workload": "cluster"}),
        ([rule("create", "persistentvolumes")], {"k8s-volume": "nodes"}),
        ([rule("get", "nodes/proxy")], {"k8s-node-proxy": "nodes"}),
        ([rule("impersonate", "groups")], {"k8s-impersonate": "cluster"}),
        ([rule("create", "serviceaccounts/token")], {"k8s-token": "cluster"}),
        ([rule("patch", "mutatingwebhookconfigurations", HOOKS)], {"k8s-webhook": "cluster"}),
        ([rule("patch", "validatingwebhookconfigurations", HOOKS)], {"k8s-webhook-reading": "cluster"}),
        # what changes objects reads them too: it is told once
        (
            [rule("patch", "mutatingwebhookconfigurations validatingwebhookconfigurations", HOOKS)],
            {"k8s-webhook": "cluster"},
        ),
        ([rule("patch", "namespaces")], {"k8s-namespace": "nodes"}),
        ([rule("escalate update", "clusterroles", RBAC)], {"k8s-escalate": "cluster"}),
        ([rule("bind create", "clusterroles clusterrolebindings", RBAC)], {"k8s-bind": "cluster"}),
        ([rule("bind", "clusterroles", RBAC, "admin"), rule("create", "rolebindings", RBAC)], BINDS),
        (
            [
                rule("create", "certificatesigningrequests", "certificates.k8s.io"),
                rule("update", "certificatesigningrequests/approval", "certificates.k8s.io"),
                rule("approve", "signers", "certificates.k8s.io", "kubernetes.io/kube-apiserver-client"),
            ],
            {"k8s-sign": "cluster"},
        ),
        # the same page: what runs in the pods of others, or as them
        ([rule("create", "pods/exec")], {"k8s-exec": "cluster"}),
        ([rule("get", "*/exec")], {"k8s-exec": "cluster"}),
        ([rule("patch", "pods/ephemeralcontainers")], {"k8s-debug": "cluster"}),
        ([rule("update", "deployments", "apps")], {"k8s-workload-change": "cluster"}),
        ([rule("create", "*/token")], {"k8s-token": "cluster"}),
        ([rule("impersonate", "serviceaccounts")], {"k8s-impersonate-account": "cluster"}),
        ([rule("impersonate", "groups", names="system:masters")], {"k8s-impersonate": "cluster"}),
        ([rule("impersonate", "groups", names="developers")], {}),
        # Kubernetes documentation, "Secrets", service account token Secrets: the control plane fills them in
        ([rule("create", "secrets"), rule("get", "secrets", names="mine")], {"k8s-secret-token": "cluster"}),
        ([rule("create", "secrets")], {}),
        # names limit update and patch: the role itself is enough, another is not
        ([rule("escalate patch", "clusterroles", RBAC, "own")], {"k8s-escalate": "cluster"}),
        ([rule("escalate patch", "clusterroles", RBAC, "other")], {}),
        # the errors to beat: bind is asked of roles, never of bindings; a binding alone gives what one holds
        ([rule("bind create", "clusterrolebindings rolebindings", RBAC)], {}),
        ([rule("create update", "clusterroles roles", RBAC)], {}),
        ([rule("escalate", "clusterroles", RBAC)], {}),
        ([rule("bind", "clusterroles", RBAC, "viewer"), rule("create", "rolebindings", RBAC)], {}),
        (
            [
                rule("create", "certificatesigningrequests", "certificates.k8s.io"),
                rule("update", "certificatesigningrequests/approval", "certificates.k8s.io"),
                rule("approve", "signers", "certificates.k8s.io", "kubernetes.io/kubelet-serving"),
            ],
            {},
        ),
        ([rule("get", "secrets", names="mine")], {}),
        ([rule("get list watch", "pods configmaps")], {}),
        ([rule("*", "*", "*")], {"k8s-everything": "cluster"}),
    ],
)
def test_the_documented_ways_and_no_others(rules: list[dict[str, Any]], expected: dict[str, str]) -> None:
    assert reached(*rules) == expected


def test_in_one_namespace_a_way_reaches_that_namespace() -> None:
    assert reached(rule("create", "pods"), namespace="shop") == {"k8s-workload": "namespace"}
    assert reached(rule("create", "pods"), namespace="kube-system") == {"k8s-workload": "cluster"}
    assert reached(rule("get", "nodes/proxy"), namespace="shop") == {}
    assert reached(rule("patch", "configmaps", names="aws-auth"), namespace="kube-system") == {
        "k8s-aws-auth": "cluster"
    }


def test_writing_every_configmap_leads_to_the_cluster_on_eks_alone() -> None:
    """Amazon EKS User Guide, "Grant IAM users access with a ConfigMap": no other cluster reads it."""
    (power,) = powers(grant(rule("create update patch", "configmaps")))
    assert power.id == "k8s-aws-auth"
    assert power.unknown is not None


def test_the_roles_that_come_with_every_cluster() -> None:
    """ "Using RBAC Authorization", user-facing roles: edit reads secrets and runs pods as any account of the
    namespace, view reads no secrets, only admin writes roles and bindings."""
    able = {name: Cluster([grant(*built_in()[name], namespace="a")]) for name in USER_FACING}
    secrets, roles = Request("get", "secrets", "", "a"), Request("create", "rolebindings", RBAC, "a")
    assert [able[name].may(JANE, secrets) for name in ("view", "edit", "admin")] == [False, True, True]
    assert [able[name].may(JANE, roles) for name in ("view", "edit", "admin")] == [False, False, True]
    assert reached(*built_in()["view"], namespace="a") == {}
    assert set(reached(*built_in()["edit"], namespace="a").values()) == {"namespace"}


def test_roles_add_to_the_user_facing_ones_by_label(tmp_path: Path) -> None:
    """ "Using RBAC Authorization", user-facing roles: admin collects what edit does, edit what view does."""
    wanted = {"apiGroups": ["example.com"], "resources": ["widgets"], "verbs": ["get"]}
    role = {
        "metadata": {"name": "widgets", "labels": {"rbac.authorization.k8s.io/aggregate-to-view": "true"}},
        "kind": "ClusterRole", "rules": [wanted],
    }  # fmt: skip
    bindings = [bound("ClusterRole", name, user=name) for name in (*USER_FACING, "system:auth-delegator")]
    (cluster,) = clusters(graph_of(tmp_path, rbac_yaml=documents(role, *bindings))).values()
    asked = Request("get", "widgets", "example.com", "shop")
    assert [cluster.may(Identity.of_user(name), asked) for name in ("view", "edit", "admin")] == [True] * 3
    delegated = Request("create", "tokenreviews", "authentication.k8s.io")
    told = [cluster.may(Identity.of_user(name), delegated) for name in ("system:auth-delegator", "admin")]
    assert told == [True, False], "roles of the API server itself are known"


def bound(kind: str, name: str, user: str) -> dict[str, Any]:
    reference = {"apiGroup": RBAC, "kind": kind, "name": name}
    subjects = [{"kind": "User", "name": user, "apiGroup": RBAC}]
    return {"kind": "ClusterRoleBinding", "metadata": {"name": name}, "roleRef": reference, "subjects": subjects}


def documents(*objects: dict[str, Any]) -> str:
    return "\n---\n".join(json.dumps({"apiVersion": f"{RBAC}/v1", **each}) for each in objects)


def test_a_way_is_shown_at_the_permission_that_opens_it(tmp_path):
    write(tmp_path, {"rbac.yaml": OPEN_BY_ITS_SECOND_RULE})
    ran = run("scan", str(tmp_path), "--format", "json")
    (found,) = (each for each in ran.json["findings"] if each["rule"] == "least-privilege/cluster-takeover")
    assert [each["location"]["line"] for each in found["path"]] == [7]


OPEN_BY_ITS_SECOND_RULE = """apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: metrics
rules:
  - {apiGroups: [""], resources: [pods], verbs: [get, list]}
  - {apiGroups: [""], resources: [nodes/proxy], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: metrics
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: metrics}
subjects: [{kind: ServiceAccount, name: metrics, namespace: monitoring}]
"""
