from typing import Any

import pytest

from scanner.graph.columns import Graph
from scanner.mapping.others import TABLE
from tests.mapping.build import HIDDEN, UNKNOWN, ask, edges, graph_of, later, told

NAME = "kubernetes_deployment.d"


def deployment(container: dict[str, Any], **pod: Any) -> Graph:
    spec = {"container": [{"name": "c", **container}], **pod}
    return graph_of(TABLE, {NAME: {"spec": [{"template": [{"spec": [spec]}]}]}})


@pytest.mark.parametrize(
    ("container", "attribute", "expected"),
    [
        ({"security_context": [{"privileged": True}]}, "privileged", True),
        ({}, "privileged", False),
        ({"security_context": HIDDEN}, "privileged", UNKNOWN),
        ({"security_context": [{"run_as_user": "1000"}]}, "runs_as_root", False),
        ({"security_context": [{"run_as_non_root": True}]}, "runs_as_root", False),
        ({}, "runs_as_root", True),
        ({"security_context": [{"allow_privilege_escalation": False}]}, "escalation_allowed", False),
        ({}, "escalation_allowed", True),
        ({"security_context": [{"read_only_root_filesystem": True}]}, "read_only", True),
        ({}, "read_only", False),
        ({"image": "nginx"}, "tagged", False),
        ({"image": "r.io:5000/nginx:1.2"}, "tagged", True),
        ({"image": HIDDEN}, "tagged", UNKNOWN),
        ({"image": "nginx@sha256:0"}, "pinned", True),
        ({"resources": [{"limits": {"memory": "1Gi", "cpu": "1"}}]}, "memory_limited", True),
        ({"resources": [{"limits": {"memory": "1Gi", "cpu": "1"}}]}, "requests_set", True),
        ({}, "memory_limited", False),
        ({"liveness_probe": [{}]}, "live_checked", True),
        ({}, "live_checked", False),
        ({"env": [{"name": "DB_PASSWORD", "value": "hunter2secret"}]}, "literal_secrets", ["DB_PASSWORD"]),
        ({"env_from": [{"secret_ref": [{"name": "s"}]}]}, "secret_variables", ["s"]),
    ],
)
def test_containers(container: dict[str, Any], attribute: str, expected: object) -> None:
    assert told(deployment(container), f"{NAME}/container:c", attribute) == expected


def test_a_pod_speaks_for_its_containers() -> None:
    graph = deployment({}, security_context=[{"run_as_non_root": True}])
    assert told(graph, f"{NAME}/container:c", "runs_as_root") is False


@pytest.mark.parametrize(
    ("pod", "attribute", "expected"),
    [
        ({"host_network": True}, "host_network", True),
        ({}, "host_network", False),
        ({"host_network": HIDDEN}, "host_network", UNKNOWN),
        ({}, "token_mounted", True),
        ({"automount_service_account_token": False}, "token_mounted", False),
        ({}, "service_account_name", "default"),
        ({"volume": [{"host_path": [{"path": "/var/run"}]}]}, "host_paths", ["/var/run"]),
    ],
)
def test_workloads(pod: dict[str, Any], attribute: str, expected: object) -> None:
    assert told(deployment({}, **pod), NAME, attribute) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [({"key": "hunter2secret"}, ["key"]), ({"key": later("random_password.p.result")}, []), (HIDDEN, UNKNOWN)],
)
def test_secret_values(data: object, expected: object) -> None:
    assert ask(TABLE, "kubernetes_secret.s", {"data": data}, "literal_secrets") == expected


def test_services() -> None:
    internal = {"metadata": [{"annotations": {"service.beta.kubernetes.io/aws-load-balancer-internal": "true"}}]}
    balancer = {"spec": [{"type": "LoadBalancer"}]}
    assert ask(TABLE, "kubernetes_service.s", balancer, "internal") is False
    assert ask(TABLE, "kubernetes_service_v1.s", {**balancer, **internal}, "internal") is True
    assert ask(TABLE, "kubernetes_service.s", {}, "internal") is None
    assert ask(TABLE, "kubernetes_service.s", {"spec": [{"type": HIDDEN}]}, "internal") == UNKNOWN


def test_grants() -> None:
    graph = graph_of(
        TABLE,
        {
            "kubernetes_cluster_role.r": {
                "metadata": [{"name": "reader"}],
                "rule": [{"api_groups": [""], "resources": ["secrets"], "verbs": ["*"]}],
            },
            "kubernetes_service_account.a": {"metadata": [{"name": "app"}]},
            "kubernetes_cluster_role_binding.b": {
                "role_ref": [{"kind": "ClusterRole", "name": "reader"}],
                "subject": [{"kind": "ServiceAccount", "name": "app", "namespace": "x"}],
            },
        },
    )
    assert told(graph, "kubernetes_cluster_role.r", "permissions")[0]["verbs"] == ["*"]
    assert edges(graph, "binds") == {("kubernetes_cluster_role_binding.b", "kubernetes_cluster_role.r")}
    assert edges(graph, "grants_to") == {("kubernetes_cluster_role_binding.b", "kubernetes_service_account.a")}


@pytest.mark.parametrize(
    ("attributes", "attribute", "expected"),
    [
        ({"set": [{"name": "auth.password", "value": "hunter2secret"}]}, "literal_secrets", ["auth.password"]),
        ({"values": ["replicas: 2"]}, "literal_secrets", []),
        # a chart's `existing secret` by another name: oracle-quickstart/oci-cloudnative
        ({"set": [{"name": "global.oadbAdminSecret", "value": "oadb-admin"}]}, "literal_secrets", []),
        ({"set": [{"name": "app.clientSecret", "value": "hunter2"}]}, "literal_secrets", ["app.clientSecret"]),
        ({"values": HIDDEN}, "literal_secrets", UNKNOWN),
        ({"version": "1.2.3"}, "chart_version", "1.2.3"),
        ({}, "chart_version", "latest"),
        # documentation of helm_release: `chart` may be a path, `repository` a directory
        ({"chart": "./charts/shop"}, "chart_version", None),
        ({"chart": "../../modules/shop/chart"}, "chart_version", None),
        ({"chart": "issuer", "repository": "."}, "chart_version", None),
        ({"chart": "shop", "repository": "https://charts.example.com"}, "chart_version", "latest"),
        ({"chart": "oci://registry.example.com/charts/shop"}, "chart_version", "latest"),
        ({"chart": "bitnami/redis"}, "chart_version", "latest"),
    ],
)
def test_releases(attributes: dict[str, Any], attribute: str, expected: object) -> None:
    assert ask(TABLE, "helm_release.r", attributes, attribute) == expected


def test_namespaces() -> None:
    enforced = {"metadata": [{"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}]}
    assert ask(TABLE, "kubernetes_namespace.n", enforced, "pod_security") == "restricted"
    assert ask(TABLE, "kubernetes_namespace.n", {}, "pod_security") is None
