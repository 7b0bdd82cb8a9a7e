from typing import Any

import pytest

from scanner.mapping.azure import TABLE
from tests.mapping.build import HIDDEN, UNKNOWN, ask, edges, graph_of, later, told

CLUSTER = "azurerm_kubernetes_cluster.c"


@pytest.mark.parametrize(
    ("attributes", "attribute", "expected"),
    [
        ({}, "public_endpoint", True),
        ({"private_cluster_enabled": True}, "public_endpoint", False),
        ({"private_cluster_enabled": HIDDEN}, "public_endpoint", UNKNOWN),
        ({}, "public_cidrs", ["0.0.0.0/0"]),
        ({"api_server_authorized_ip_ranges": ["198.51.100.0/24"]}, "public_cidrs", ["198.51.100.0/24"]),
        (
            {"api_server_access_profile": [{"authorized_ip_ranges": ["198.51.100.0/24"]}]},
            "public_cidrs",
            ["198.51.100.0/24"],
        ),
        ({}, "legacy_authorization", True),
        ({"local_account_disabled": True}, "legacy_authorization", False),
        (
            {"local_account_disabled": True, "role_based_access_control": [{"enabled": False}]},
            "legacy_authorization",
            True,
        ),
        ({"local_account_disabled": HIDDEN}, "legacy_authorization", UNKNOWN),
        ({"network_profile": [{"network_policy": "calico"}]}, "network_policy", True),
        ({}, "network_policy", False),
        ({"network_profile": HIDDEN}, "network_policy", UNKNOWN),
        ({}, "secrets_encrypted", False),
        ({"key_management_service": [{"key_vault_key_id": "k"}]}, "secrets_encrypted", True),
    ],
)
def test_clusters(attributes: dict[str, Any], attribute: str, expected: object) -> None:
    assert ask(TABLE, CLUSTER, attributes, attribute) == expected


def test_control_plane_logs_come_from_diagnostics() -> None:
    setting = {"target_resource_id": later(f"{CLUSTER}.id"), "enabled_log": [{"category": "kube-audit"}]}
    assert ask(TABLE, CLUSTER, {}, "logs") == []
    assert ask(TABLE, CLUSTER, {}, "logs", azurerm_monitor_diagnostic_setting__d=setting) == ["audit"]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"admin_password": "hunter2secret"}, ["admin_password"]),
        ({"admin_password": later("random_string.p.result")}, []),
        ({"custom_data": HIDDEN}, UNKNOWN),
    ],
)
def test_machine_secrets(attributes: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, "azurerm_linux_virtual_machine.m", attributes, "literal_secrets") == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [({}, False), ({"https_only": True}, True), ({"https_only": HIDDEN}, UNKNOWN)],
)
def test_an_application_has_a_plain_listener(attributes: dict[str, Any], expected: object) -> None:
    graph = graph_of(TABLE, {"azurerm_app_service.a": attributes})
    assert told(graph, "azurerm_app_service.a/http", "redirects") == expected
    assert edges(graph, "listens_on") == {("azurerm_app_service.a/http", "azurerm_app_service.a")}


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"auth_settings": [{"enabled": True}]}, True),
        ({"auth_settings": [{"enabled": False}]}, UNKNOWN),
        ({"auth_settings_v2": HIDDEN}, UNKNOWN),
    ],
)
def test_sign_in(attributes: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, "azurerm_linux_web_app.a", attributes, "authorized") == expected


def test_application_settings() -> None:
    graph = graph_of(TABLE, {"azurerm_linux_web_app.a": {"app_settings": {"DB_PASSWORD": "hunter2secret"}}})
    assert told(graph, "azurerm_linux_web_app.a/settings", "literal_secrets") == ["DB_PASSWORD"]
