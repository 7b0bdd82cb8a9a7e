from typing import Any

import pytest

from scanner.mapping.others import TABLE
from tests.mapping.build import HIDDEN, UNKNOWN, ask, complete, edges, graph_of, later, told


def test_every_row_says_all_that_its_kind_asks() -> None:
    assert complete(TABLE) == set()


@pytest.mark.parametrize(
    ("attributes", "attribute", "expected"),
    [
        ({"access_type": "ObjectRead"}, "public_access", True),
        ({}, "public_access", False),
        ({"access_type": HIDDEN}, "public_access", UNKNOWN),
        ({"versioning": "Enabled"}, "versioned", True),
        ({}, "versioned", False),
        ({"kms_key_id": later("oci_kms_key.k.id")}, "customer_key", True),
        ({}, "customer_key", False),
        ({}, "encrypted", True),
    ],
)
def test_oracle_buckets(attributes: dict[str, Any], attribute: str, expected: object) -> None:
    assert ask(TABLE, "oci_objectstorage_bucket.b", attributes, attribute) == expected


def test_oracle_security_lists() -> None:
    ssh = {"protocol": "6", "source": "0.0.0.0/0", "tcp_options": [{"min": 22, "max": 22}]}
    (rule,) = ask(TABLE, "oci_core_security_list.l", {"ingress_security_rules": [ssh]}, "rules")
    assert (rule["direction"], rule["protocol"], rule["from"], rule["cidrs"]) == ("in", "tcp", 22, ["0.0.0.0/0"])
    assert ask(TABLE, "oci_core_security_list.l", {}, "rules") == []
    unknown = [{"$unknown": HIDDEN.reason}]
    assert ask(TABLE, "oci_core_security_list.l", {"ingress_security_rules": HIDDEN}, "rules") == unknown


OSS = "alicloud_oss_bucket.b"
OPEN = '{"Statement": [{"Effect": "Allow", "Action": "oss:GetObject", "Principal": ["*"], "Resource": "*"}]}'


@pytest.mark.parametrize(
    ("attributes", "attribute", "expected"),
    [
        ({"acl": "public-read-write"}, "public_access", True),
        ({"policy": OPEN}, "public_access", True),
        ({}, "public_access", False),
        ({"acl": HIDDEN}, "public_access", UNKNOWN),
        ({"server_side_encryption_rule": [{"sse_algorithm": "AES256"}]}, "encrypted", True),
        ({}, "encrypted", False),
        ({"versioning": [{"status": "Enabled"}]}, "versioned", True),
        ({}, "versioned", False),
        ({"logging": [{"target_bucket": "l"}]}, "access_logged", True),
        ({}, "access_logged", False),
    ],
)
def test_alibaba_buckets(attributes: dict[str, Any], attribute: str, expected: object) -> None:
    assert ask(TABLE, OSS, attributes, attribute) == expected


def test_alibaba_settings_beside_the_bucket() -> None:
    acl = {"alicloud_oss_bucket_acl__a": {"bucket": later(f"{OSS}.bucket"), "acl": "public-read"}}
    assert ask(TABLE, OSS, {}, "public_access", **acl) is True


@pytest.mark.parametrize(
    ("attributes", "attribute", "expected"),
    [
        ({"security_ips": ["0.0.0.0", "10.0.0.0/8"]}, "public_access", False),  # inside only
        ({"tde_status": "Enabled"}, "encrypted", True),
        ({}, "encrypted", False),
        ({}, "backup_days", 7),
        ({}, "tls_required", False),
        ({"ssl_action": "Open"}, "tls_required", UNKNOWN),
        (
            {"ssl_action": "Open", "parameters": [{"name": "require_secure_transport", "value": "ON"}]},
            "tls_required",
            True,
        ),
    ],
)
def test_alibaba_databases(attributes: dict[str, Any], attribute: str, expected: object) -> None:
    assert ask(TABLE, "alicloud_db_instance.d", attributes, attribute) == expected


@pytest.mark.parametrize(
    ("listed", "expected"),
    [(["0.0.0.0", "10.0.0.0/8"], True), (["10.0.0.0/8"], False), (HIDDEN, UNKNOWN)],
)
def test_alibaba_databases_with_an_address_on_the_internet(listed: Any, expected: object) -> None:
    name = "alicloud_db_instance.d"
    connection = {"alicloud_db_connection__c": {"instance_id": later(f"{name}.id")}}
    assert ask(TABLE, name, {"security_ips": listed}, "public_access", **connection) == expected


def test_alibaba_trails() -> None:
    name = "alicloud_actiontrail_trail.t"
    assert ask(TABLE, name, {"trail_region": "cn-hangzhou"}, "multi_region") is False
    assert ask(TABLE, name, {}, "multi_region") is True
    assert ask(TABLE, name, {"event_rw": "Read"}, "management_events") is False
    assert ask(TABLE, name, {"event_rw": HIDDEN}, "management_events") == UNKNOWN


def test_alibaba_roles_trust() -> None:
    document = '{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": ["a"]}}]}'
    graph = graph_of(TABLE, {"alicloud_ram_role.r": {"document": document}})
    assert told(graph, "alicloud_ram_role.r/trust", "statements")[0]["actions"] == ["sts:AssumeRole"]
    assert edges(graph, "trusts") == {("alicloud_ram_role.r", "alicloud_ram_role.r/trust")}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (
            OPEN.replace('"Resource"', '"Condition": {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}, "Resource"'),
            False,
        ),
        (OPEN.replace('"*"]', '"1234"]'), False),
        ({"Statement": [HIDDEN]}, UNKNOWN),
        ("not json", UNKNOWN),
    ],
)
def test_bucket_policies(policy: object, expected: object) -> None:
    assert ask(TABLE, OSS, {"policy": policy}, "public_access") == expected
