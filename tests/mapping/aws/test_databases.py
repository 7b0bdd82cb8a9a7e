from typing import Any

import pytest

from scanner.mapping.aws.databases import TABLE
from scanner.mapping.aws.keys import TABLE as KEYS
from scanner.mapping.table import Row
from tests.mapping.build import HIDDEN, UNKNOWN, ask, complete, edges, graph_of, later, told

DB = "aws_db_instance.d"
CLUSTER = "aws_rds_cluster.c"


def test_every_row_says_all_that_its_kind_asks() -> None:
    assert complete(TABLE) == set()


@pytest.mark.parametrize(
    ("attribute", "attributes", "expected"),
    [
        ("encrypted", {}, False),
        ("encrypted", {"storage_encrypted": "true"}, True),
        ("encrypted", {"storage_encrypted": HIDDEN}, UNKNOWN),
        ("encrypted", {"snapshot_identifier": "s"}, UNKNOWN),
        ("encrypted", {"replicate_source_db": later("aws_db_instance.o.identifier")}, UNKNOWN),
        ("customer_key", {}, False),
        ("customer_key", {"kms_key_id": later("aws_kms_key.k.arn")}, True),
        ("public_access", {}, False),
        ("public_access", {"publicly_accessible": True}, True),
        ("public_access", {"publicly_accessible": HIDDEN}, UNKNOWN),
        ("backup_days", {}, 0),
        ("backup_days", {"backup_retention_period": "7"}, 7),
        ("backup_days", {"backup_retention_period": HIDDEN}, UNKNOWN),
        ("deletion_protected", {}, False),
        ("multi_zone", {"multi_az": True}, True),
        ("identity_login", {"iam_database_authentication_enabled": True}, True),
        ("logged", {}, False),
        ("logged", {"enabled_cloudwatch_logs_exports": ["audit"]}, True),
        ("upgraded", {}, True),
        ("upgraded", {"auto_minor_version_upgrade": False}, False),
        ("part_of", {}, None),
    ],
)
def test_instance(attribute: str, attributes: dict[str, Any], *, expected: object) -> None:
    assert ask(TABLE, DB, attributes, attribute) == expected


def forced(name: str, value: str) -> dict[str, Any]:
    return {"aws_db_parameter_group__g": {"name": "mine", "parameter": [{"name": name, "value": value}]}}


@pytest.mark.parametrize(
    ("attributes", "groups", "expected"),
    [
        ({"engine": "mysql"}, {}, False),
        ({"engine": "postgres", "engine_version": "14.9"}, {}, False),
        ({"engine": "postgres", "engine_version": "16"}, {}, True),
        ({"engine": "postgres"}, {}, UNKNOWN),
        ({"engine": "mariadb", "engine_version": "11.8"}, {}, True),
        ({"engine": "mysql", "parameter_group_name": "elsewhere"}, {}, UNKNOWN),
        ({}, {}, UNKNOWN),
        ({"engine": "mysql", "parameter_group_name": "default.mysql8.0"}, {}, False),
        ({"engine": "mysql", "parameter_group_name": "mine"}, forced("require_secure_transport", "ON"), True),
        ({"engine": "mysql", "parameter_group_name": "mine"}, forced("require_secure_transport", "0"), False),
        ({"engine": "mysql", "parameter_group_name": "mine"}, forced("max_connections", "1"), False),
        ({"engine": "mysql", "parameter_group_name": later("aws_db_parameter_group.g.id")},
         forced("require_secure_transport", "1"), True),
        ({"engine": "postgres", "engine_version": "16", "parameter_group_name": "mine"},
         forced("rds.force_ssl", "0"), False),
    ],
)  # fmt: skip
def test_tls_follows_the_parameter_group_then_the_engine(
    attributes: dict[str, Any], groups: dict[str, Any], *, expected: object
) -> None:
    assert ask(TABLE, DB, attributes, "tls_required", **groups) == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"engine": "aurora-mysql"}, UNKNOWN),
        ({"engine": "aurora-mysql", "storage_encrypted": False}, False),
        ({"engine": "aurora-mysql", "engine_mode": "serverless"}, True),
        ({"engine": "postgres"}, False),
        ({"storage_encrypted": True}, True),
        ({"global_cluster_identifier": "g", "engine": "postgres"}, UNKNOWN),
    ],
)
def test_cluster_encryption(attributes: dict[str, Any], *, expected: object) -> None:
    assert ask(TABLE, CLUSTER, attributes, "encrypted") == expected


def member(number: int, **more: Any) -> dict[str, Any]:
    return {f"aws_rds_cluster_instance__m{number}": {"cluster_identifier": later("aws_rds_cluster.c.id"), **more}}


def test_a_cluster_asks_its_instances() -> None:
    assert ask(TABLE, CLUSTER, {}, "multi_zone", **member(1)) is False
    assert ask(TABLE, CLUSTER, {}, "multi_zone", **member(1), **member(2)) is True
    assert ask(TABLE, CLUSTER, {"db_cluster_instance_class": "x"}, "multi_zone") is True
    assert ask(TABLE, CLUSTER, {}, "upgraded", **member(1), **member(2, auto_minor_version_upgrade=False)) is False
    assert ask(TABLE, CLUSTER, {}, "backup_days") == 1


def test_an_instance_of_a_cluster_holds_no_data() -> None:
    graph = graph_of(TABLE, {CLUSTER: {}, "aws_rds_cluster_instance.m": {
        "cluster_identifier": later("aws_rds_cluster.c.id"), "publicly_accessible": True}})  # fmt: skip
    name = "aws_rds_cluster_instance.m"
    assert told(graph, name, "encrypted") is None
    assert told(graph, name, "public_access") is True
    assert told(graph, name, "part_of") == CLUSTER


def test_other_engines() -> None:
    assert ask(TABLE, "aws_docdb_cluster.c", {}, "encrypted") is False
    assert ask(TABLE, "aws_docdb_cluster.c", {}, "tls_required") is True
    group = {"name": "g", "parameter": [{"name": "tls", "value": "disabled"}]}
    assert ask(TABLE, "aws_docdb_cluster.c", {"db_cluster_parameter_group_name": "g"}, "tls_required",
               aws_docdb_cluster_parameter_group__g=group) is False  # fmt: skip
    assert ask(TABLE, "aws_neptune_cluster.c", {"storage_encrypted": True}, "encrypted") is True
    assert ask(TABLE, "aws_neptune_cluster.c", {"enable_cloudwatch_logs_exports": ["audit"]}, "logged") is True


@pytest.mark.parametrize(
    ("attributes", "attribute", "expected"),
    [
        ({}, "public_access", False),
        ({"shared_accounts": ["all"]}, "public_access", True),
        ({"shared_accounts": HIDDEN}, "public_access", UNKNOWN),
        ({}, "encrypted", UNKNOWN),
        ({"storage_encrypted": False}, "encrypted", False),
        ({"kms_key_id": "arn:aws:kms:::key/1"}, "encrypted", True),
    ],
)
def test_snapshots(attributes: dict[str, Any], attribute: str, *, expected: object) -> None:
    assert ask(TABLE, "aws_db_snapshot.s", attributes, attribute) == expected


def test_relations() -> None:
    table = {**TABLE, **KEYS, "aws_subnet": Row("subnet"), "aws_security_group": Row("security_group")}
    graph = graph_of(table, {
        DB: {"identifier": "main", "db_subnet_group_name": later("aws_db_subnet_group.g.name"),
             "vpc_security_group_ids": [later("aws_security_group.s.id")],
             "kms_key_id": later("aws_kms_key.k.arn")},
        "aws_db_instance.replica": {"replicate_source_db": "main"},
        "aws_db_subnet_group.g": {"subnet_ids": [later("aws_subnet.a.id"), later("aws_subnet.b.id")]},
        "aws_subnet.a": {}, "aws_subnet.b": {}, "aws_security_group.s": {}, "aws_kms_key.k": {},
        "aws_db_snapshot.n": {"db_instance_identifier": later("aws_db_instance.d.id")},
    })  # fmt: skip
    assert edges(graph, "in_subnet") == {(DB, "aws_subnet.a"), (DB, "aws_subnet.b")}
    assert edges(graph, "uses") == {(DB, "aws_security_group.s")}
    assert edges(graph, "encrypted_with") == {(DB, "aws_kms_key.k")}
    assert edges(graph, "copied_to") == {(DB, "aws_db_instance.replica")}
    assert edges(graph, "snapshot_of") == {("aws_db_snapshot.n", DB)}
