from typing import Any

import pytest

from scanner.mapping.azure import TABLE
from tests.mapping.build import HIDDEN, UNKNOWN, ask, graph_of, later, told

ACCOUNT = "azurerm_storage_account.a"


def container(access: object) -> dict[str, Any]:
    held = {"storage_account_name": later(f"{ACCOUNT}.name"), "container_access_type": access}
    return {"azurerm_storage_container__c": held}


@pytest.mark.parametrize(
    ("attributes", "others", "expected"),
    [
        ({}, {}, False),
        ({}, container("blob"), True),
        ({}, container("private"), False),
        ({}, container(HIDDEN), UNKNOWN),
        ({"allow_nested_items_to_be_public": False}, container("blob"), False),
        ({"allow_blob_public_access": False}, container("container"), False),
        # only private endpoints, or the networks that are named, lead there (Storage documentation, "Configure
        # Azure Storage firewalls": rules apply to anonymous requests too)
        ({"public_network_access_enabled": False}, container("blob"), False),
        ({"network_rules": [{"default_action": "Deny"}]}, container("blob"), False),
        ({"network_rules": [{"default_action": "Allow"}]}, container("blob"), True),
        ({"network_rules": [{"default_action": HIDDEN}]}, container("blob"), UNKNOWN),
    ],
)
def test_public_accounts(attributes: dict[str, Any], others: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, ACCOUNT, attributes, "public_access", **others) == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, False),
        ({"anonymous_pull_enabled": True}, True),
        # Container Registry documentation, "Configure public registry access": private endpoints alone lead there
        ({"anonymous_pull_enabled": True, "public_network_access_enabled": False}, False),
        ({"anonymous_pull_enabled": True, "network_rule_set": [{"default_action": "Deny"}]}, False),
        ({"anonymous_pull_enabled": True, "public_network_access_enabled": HIDDEN}, UNKNOWN),
        ({"public_network_access_enabled": HIDDEN}, False),
    ],
)
def test_registries_that_anyone_pulls_from(attributes: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, "azurerm_container_registry.r", attributes, "public_access") == expected


@pytest.mark.parametrize(
    ("attributes", "attribute", "expected"),
    [
        ({}, "tls_required", True),
        ({"enable_https_traffic_only": False}, "tls_required", False),
        ({"https_traffic_only_enabled": HIDDEN}, "tls_required", UNKNOWN),
        ({"blob_properties": [{"versioning_enabled": True}]}, "versioned", True),
        ({}, "versioned", False),
        # Blob Storage documentation, "Blob versioning": not for accounts with hierarchical namespaces; accounts of
        # kind FileStorage hold no blobs ("Storage account overview")
        ({"is_hns_enabled": True}, "versioned", None),
        ({"account_kind": "FileStorage"}, "versioned", None),
        ({"account_kind": "FileStorage"}, "public_blocked", None),
        ({"account_kind": "BlockBlobStorage"}, "versioned", False),
        # provider documentation: `days` of delete_retention_policy defaults to 7
        ({"blob_properties": [{"delete_retention_policy": [{}]}]}, "soft_delete_days", 7),
        ({"blob_properties": [{"delete_retention_policy": [{"days": 30}]}]}, "soft_delete_days", 30),
        ({}, "soft_delete_days", 0),
        ({"immutability_policy": [{"state": "Locked"}]}, "delete_protected", True),
        ({}, "delete_protected", False),
        ({"customer_managed_key": [{"key_vault_key_id": "k"}]}, "customer_key", True),
        ({}, "customer_key", False),
        ({}, "access_logged", False),
        ({}, "public_blocked", False),
        ({"allow_nested_items_to_be_public": False}, "public_blocked", True),
    ],
)
def test_account_settings(attributes: dict[str, Any], attribute: str, expected: object) -> None:
    assert ask(TABLE, ACCOUNT, attributes, attribute) == expected


def test_diagnostics_and_lifecycle_fold_in() -> None:
    setting = {"azurerm_monitor_diagnostic_setting__d": {"target_resource_id": later(f"{ACCOUNT}.id")}}
    rule = {"azurerm_storage_management_policy__p": {"storage_account_id": later(f"{ACCOUNT}.id")}}
    assert ask(TABLE, ACCOUNT, {}, "access_logged", **setting) is True
    assert ask(TABLE, ACCOUNT, {}, "lifecycle", **rule) is True


@pytest.mark.parametrize(
    ("name", "attributes", "attribute", "expected"),
    [
        ("azurerm_mssql_server.s", {}, "public_access", False),
        ("azurerm_mssql_server.s", {"public_network_access_enabled": HIDDEN}, "public_access", UNKNOWN),
        ("azurerm_mssql_server.s", {}, "logged", False),
        ("azurerm_mssql_server.s", {"azuread_administrator": [{}]}, "identity_login", True),
        ("azurerm_mssql_server.s", {}, "identity_login", False),
        ("azurerm_mysql_server.s", {"ssl_enforcement_enabled": False}, "tls_required", False),
        ("azurerm_mysql_server.s", {"ssl_enforcement_enabled": True}, "tls_required", True),
        ("azurerm_postgresql_server.s", {"ssl_enforcement_enabled": HIDDEN}, "tls_required", UNKNOWN),
        ("azurerm_postgresql_server.s", {"backup_retention_days": 14}, "backup_days", 14),
        ("azurerm_postgresql_flexible_server.s", {}, "tls_required", True),
        ("azurerm_postgresql_flexible_server.s", {"delegated_subnet_id": "x"}, "public_access", False),
        ("azurerm_cosmosdb_account.s", {}, "public_access", True),
        ("azurerm_cosmosdb_account.s", {"ip_range_filter": "198.51.100.1"}, "public_access", False),
    ],
)
def test_databases(name: str, attributes: dict[str, Any], attribute: str, expected: object) -> None:
    assert ask(TABLE, name, attributes, attribute) == expected


ANYONE = {"start_ip_address": "0.0.0.0", "end_ip_address": "255.255.255.255"}


@pytest.mark.parametrize(
    ("attributes", "rule", "expected"),
    [
        ({}, ANYONE, True),
        ({}, {**ANYONE, "end_ip_address": "0.0.0.0"}, True),
        ({}, {"start_ip_address": "198.51.100.7", "end_ip_address": "198.51.100.7"}, False),
        ({"public_network_access_enabled": False}, ANYONE, False),
        ({}, {**ANYONE, "start_ip_address": HIDDEN}, UNKNOWN),
    ],
)
def test_firewall_rules_open_a_server(attributes: dict[str, Any], rule: dict[str, Any], expected: object) -> None:
    for server, type_, path in (
        ("azurerm_mssql_server.s", "azurerm_mssql_firewall_rule", "server_id"),
        ("azurerm_postgresql_server.s", "azurerm_postgresql_firewall_rule", "server_name"),
        ("azurerm_mysql_flexible_server.s", "azurerm_mysql_flexible_server_firewall_rule", "server_name"),
    ):
        beside = {f"{type_}__r": {**rule, path: later(f"{server}.id")}}
        assert ask(TABLE, server, attributes, "public_access", **beside) == expected


def test_what_is_said_beside_a_server() -> None:
    server = "azurerm_mssql_server.s"
    audit = {"azurerm_mssql_server_extended_auditing_policy__p": {"server_id": later(f"{server}.id")}}
    assert ask(TABLE, server, {}, "logged", **audit) is True
    assert ask(TABLE, server, {}, "deletion_protected") is None  # its databases hold the data
    single = "azurerm_mysql_server.s"
    lock = {"azurerm_management_lock__l": {"scope": later(f"{single}.id")}}
    assert ask(TABLE, single, {}, "deletion_protected") is False
    assert ask(TABLE, single, {}, "deletion_protected", **lock) is True
    assert ask(TABLE, single, {}, "multi_zone") is None  # a single server has no switch for it
    flexible = "azurerm_postgresql_flexible_server.s"
    off = {"server_id": later(f"{flexible}.id"), "name": "require_secure_transport", "value": "off"}
    found = ask(TABLE, flexible, {}, "tls_required", azurerm_postgresql_flexible_server_configuration__c=off)
    assert found is False


def test_a_password_in_the_text_is_a_part() -> None:
    server = "azurerm_mssql_server.s"
    graph = graph_of(TABLE, {server: {"administrator_login_password": "AdminPassword123!"}})
    assert told(graph, server, "literal_secrets") == ["administrator_login_password"]
    graph = graph_of(TABLE, {server: {"administrator_login_password": later("random_password.p.result")}})
    assert told(graph, server, "literal_secrets") == []


@pytest.mark.parametrize(
    ("attributes", "attribute", "expected"),
    [
        ({}, "tls_required", True),
        ({"enable_non_ssl_port": True}, "tls_required", False),
        ({"non_ssl_port_enabled": HIDDEN}, "tls_required", UNKNOWN),
        ({}, "authenticated", True),
        ({"redis_configuration": [{"enable_authentication": False}]}, "authenticated", False),
        ({}, "backup_days", 0),
    ],
)
def test_redis(attributes: dict[str, Any], attribute: str, expected: object) -> None:
    assert ask(TABLE, "azurerm_redis_cache.r", attributes, attribute) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("hunter2secret", ["value"]), (later("random_password.p.result"), [])],
)
def test_vault_secrets(value: object, expected: object) -> None:
    assert ask(TABLE, "azurerm_key_vault_secret.s", {"value": value}, "literal_secrets") == expected


def test_vaults_hold_statements() -> None:
    vault = "azurerm_key_vault.v"
    policy = {"object_id": "o", "secret_permissions": ["Get"]}
    beside = {"azurerm_key_vault_access_policy__p": {**policy, "key_vault_id": later(f"{vault}.id")}}
    found = ask(TABLE, vault, {"access_policy": [policy]}, "statements", **beside)
    assert [statement["actions"] for statement in found] == [["secret/Get"], ["secret/Get"]]


def test_keys_and_secrets_renew() -> None:
    key = "azurerm_key_vault_key.k"
    assert ask(TABLE, key, {}, "rotated") is False
    assert ask(TABLE, key, {"rotation_policy": [{"automatic": [{}]}]}, "rotated") is True
    assert ask(TABLE, key, {"rotation_policy": HIDDEN}, "rotated") == UNKNOWN
    assert ask(TABLE, "azurerm_key_vault_secret.s", {}, "rotated") is None  # Key Vault rotates keys only


def test_a_container_of_an_account_of_the_scan_stands_for_no_other() -> None:
    # it may name its account by name or by id: what it does not name is no account outside the scan
    held = container("blob")["azurerm_storage_container__c"]
    graph = graph_of(TABLE, {ACCOUNT: {}, "azurerm_storage_container.c": held})
    assert len(graph.nodes("object_store")) == 1
