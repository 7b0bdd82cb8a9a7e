import json
from typing import Any

import pytest

from scanner.mapping.google import TABLE
from tests.mapping.build import HIDDEN, UNKNOWN, ask, edges, graph_of, later

BUCKET = "google_storage_bucket.b"
NAME = {"bucket": later(f"{BUCKET}.name")}
EVERYONE = json.dumps({"bindings": [{"role": "roles/storage.objectViewer", "members": ["allUsers"]}]})


@pytest.mark.parametrize(
    ("attributes", "others", "expected"),
    [
        ({}, {}, False),
        ({}, {"google_storage_bucket_iam_binding__i": {**NAME, "members": ["allUsers"], "role": "r"}}, True),
        (
            {},
            {"google_storage_bucket_iam_member__i": {**NAME, "member": "allAuthenticatedUsers", "role": "r"}},
            True,
        ),
        ({}, {"google_storage_bucket_iam_policy__i": {**NAME, "policy_data": EVERYONE}}, True),
        ({}, {"google_storage_bucket_iam_binding__i": {**NAME, "members": ["user:a@b.c"], "role": "r"}}, False),
        ({}, {"google_storage_bucket_iam_binding__i": {**NAME, "members": HIDDEN, "role": "r"}}, UNKNOWN),
        ({}, {"google_storage_bucket_acl__i": {**NAME, "role_entity": ["READER:allUsers"]}}, True),
        ({}, {"google_storage_bucket_acl__i": {**NAME, "predefined_acl": "publicRead"}}, True),
        (
            {"public_access_prevention": "enforced"},
            {"google_storage_bucket_iam_binding__i": {**NAME, "members": ["allUsers"], "role": "r"}},
            False,
        ),
    ],
)
def test_public_buckets(attributes: dict[str, Any], others: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, BUCKET, attributes, "public_access", **others) == expected


def test_grants_are_statements() -> None:
    grant = {"google_storage_bucket_iam_member__i": {**NAME, "member": "user:a@b.c", "role": "roles/viewer"}}
    (statement,) = ask(TABLE, BUCKET, {}, "statements", **grant)
    assert statement["actions"] == ["roles/viewer"]
    assert statement["principals"] == [{"type": "user", "id": "a@b.c"}]


@pytest.mark.parametrize(
    ("attributes", "attribute", "expected"),
    [
        ({"versioning": [{"enabled": True}]}, "versioned", True),
        ({}, "versioned", False),
        ({"versioning": [{"enabled": HIDDEN}]}, "versioned", UNKNOWN),
        ({"encryption": [{"default_kms_key_name": later("google_kms_crypto_key.k.id")}]}, "customer_key", True),
        ({}, "customer_key", False),
        ({"logging": [{"log_bucket": "l"}]}, "access_logged", True),
        ({}, "access_logged", False),
        ({"retention_policy": [{"is_locked": True}]}, "delete_protected", True),
        ({}, "public_blocked", "unknown"),  # inherited: a policy of the organization decides
        ({"public_access_prevention": "enforced"}, "public_blocked", True),
    ],
)
def test_bucket_settings(attributes: dict[str, Any], attribute: str, expected: object) -> None:
    assert ask(TABLE, BUCKET, attributes, attribute) == expected


def sql(**settings: Any) -> dict[str, Any]:
    return {"database_version": "POSTGRES_16", "settings": [settings]}


@pytest.mark.parametrize(
    ("attributes", "attribute", "expected"),
    [
        (sql(), "public_access", True),
        (sql(ip_configuration=[{"ipv4_enabled": False}]), "public_access", False),
        (sql(ip_configuration=[{"ipv4_enabled": HIDDEN}]), "public_access", UNKNOWN),
        (sql(ip_configuration=[{"ssl_mode": "ENCRYPTED_ONLY"}]), "tls_required", True),
        (sql(ip_configuration=[{"require_ssl": True}]), "tls_required", True),
        (sql(), "tls_required", False),
        (sql(), "backup_days", 0),
        (sql(backup_configuration=[{"enabled": True}]), "backup_days", 7),
        (sql(), "deletion_protected", True),
        ({**sql(), "deletion_protection": False}, "deletion_protected", False),
        (sql(availability_type="REGIONAL"), "multi_zone", True),
        (sql(), "multi_zone", False),
        (sql(database_flags=[{"name": "cloudsql.iam_authentication", "value": "on"}]), "identity_login", True),
        (sql(), "identity_login", False),
        (sql(database_flags=HIDDEN), "logged", UNKNOWN),
        # Cloud SQL documentation, "About replication": the primary is what is backed up
        ({**sql(), "master_instance_name": "primary"}, "backup_days", None),
        ({**sql(), "master_instance_name": later("google_sql_database_instance.p.name")}, "backup_days", None),
        # "About point-in-time recovery": on for Enterprise Plus however it is made, with logs of 14 days
        (sql(edition="ENTERPRISE_PLUS"), "backup_days", 14),
        (sql(edition="ENTERPRISE_PLUS", backup_configuration=[{"enabled": False}]), "backup_days", 0),
        (sql(edition="ENTERPRISE"), "backup_days", 0),
        # "About cloning instances": a clone has the settings of its source
        ({"clone": [{"source_instance_name": "source"}]}, "public_access", UNKNOWN),
        ({"clone": [{"source_instance_name": "source"}]}, "backup_days", UNKNOWN),
        ({**sql(), "clone": [{"source_instance_name": "source"}]}, "backup_days", 0),
    ],
)
def test_sql(attributes: dict[str, Any], attribute: str, expected: object) -> None:
    assert ask(TABLE, "google_sql_database_instance.d", attributes, attribute) == expected


@pytest.mark.parametrize(
    ("access", "expected"),
    [
        ([{"special_group": "allAuthenticatedUsers"}], True),
        ([{"special_group": "projectOwners"}], False),
        ([{"iam_member": "allUsers"}], True),
        ([{"special_group": HIDDEN}], UNKNOWN),
    ],
)
def test_datasets(access: list[Any], expected: object) -> None:
    assert ask(TABLE, "google_bigquery_dataset.d", {"access": access}, "public_access") == expected


@pytest.mark.parametrize(
    ("attributes", "attribute", "expected"),
    [
        ({"transit_encryption_mode": "SERVER_AUTHENTICATION"}, "tls_required", True),
        ({}, "tls_required", False),
        ({"transit_encryption_mode": HIDDEN}, "tls_required", UNKNOWN),
        ({"auth_enabled": True}, "authenticated", True),
        ({}, "authenticated", False),
    ],
)
def test_redis(attributes: dict[str, Any], attribute: str, expected: object) -> None:
    assert ask(TABLE, "google_redis_instance.r", attributes, attribute) == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [({"rotation_period": "7776000s"}, True), ({}, False), ({"purpose": "ASYMMETRIC_SIGN"}, None)],
)
def test_key_rotation(attributes: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, "google_kms_crypto_key.k", attributes, "rotated") == expected
    assert ask(TABLE, "google_kms_crypto_key.k", attributes, "deletion_days") == 30


def test_secret_values_in_the_code() -> None:
    secret = "google_secret_manager_secret.s"
    version = {"secret": later(f"{secret}.id"), "secret_data": "hunter2secret"}
    assert ask(TABLE, secret, {}, "literal_secrets", google_secret_manager_secret_version__v=version) == [
        "secret_data"
    ]
    generated = {**version, "secret_data": later("random_password.p.result")}
    assert ask(TABLE, secret, {}, "literal_secrets", google_secret_manager_secret_version__v=generated) == []


def test_project_grants() -> None:
    graph = graph_of(
        TABLE,
        {
            "google_service_account.a": {"account_id": "a"},
            "google_project_iam_member.m": {
                "project": "p",
                "role": "roles/owner",
                "member": later("google_service_account.a.member"),
            },
        },
    )
    assert edges(graph, "grants_to") == {("google_project_iam_member.m", "google_service_account.a")}
    statements = ask(TABLE, "google_project_iam_member.m", {"project": "p", "role": "roles/owner"}, "statements")
    assert (statements[0]["actions"], statements[0]["resources"]) == (["roles/owner"], ["p"])
