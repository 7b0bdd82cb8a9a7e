"""Volumes, file systems, tables, caches, warehouses and search."""

from typing import Any

import pytest

from scanner.mapping.aws.analytics import TABLE as ANALYTICS
from scanner.mapping.aws.tables import TABLE as TABLES
from scanner.mapping.aws.volumes import TABLE as VOLUMES
from tests.mapping.build import HIDDEN, UNKNOWN, ask, edges, graph_of, later

TABLE = {**VOLUMES, **TABLES, **ANALYTICS}
DISK = "aws_ebs_volume.v"
ON = {"aws_ebs_encryption_by_default__d": {}}
OFF = {"aws_ebs_encryption_by_default__d": {"enabled": False}}
KEY = later("aws_kms_key.k.arn")


@pytest.mark.parametrize(
    ("attributes", "others", "expected"),
    [
        ({}, {}, UNKNOWN),
        ({"encrypted": False}, {}, False),
        ({"encrypted": True}, {}, True),
        ({"kms_key_id": KEY}, {}, True),
        ({"encrypted": HIDDEN}, {}, UNKNOWN),
        ({"encrypted": HIDDEN}, ON, True),
        ({}, ON, True),
        ({}, OFF, False),
    ],
)
def test_disks_follow_the_default_of_the_account(
    attributes: dict[str, Any], others: dict[str, Any], *, expected: object
) -> None:
    assert ask(TABLE, DISK, attributes, "encrypted", **others) == expected


def test_the_default_key_of_the_account_is_the_disks_key() -> None:
    assert ask(TABLE, DISK, {}, "customer_key") is False
    assert ask(TABLE, DISK, {}, "customer_key", aws_ebs_default_kms_key__k={"key_arn": KEY}) is True


def test_snapshots_can_be_given_to_everyone() -> None:
    name = "aws_ebs_snapshot.s"
    given = {"snapshot_id": later("aws_ebs_snapshot.s.id"), "account_id": "all"}
    assert ask(TABLE, name, {}, "public_access") is False
    assert ask(TABLE, name, {}, "public_access", aws_snapshot_create_volume_permission__p=given) is True
    given = given | {"account_id": HIDDEN}
    assert ask(TABLE, name, {}, "public_access", aws_snapshot_create_volume_permission__p=given) == UNKNOWN


@pytest.mark.parametrize(
    ("name", "attributes", "attribute", "expected"),
    [
        ("aws_efs_file_system.f", {}, "encrypted", False),
        ("aws_efs_file_system.f", {"encrypted": True}, "encrypted", True),
        ("aws_efs_file_system.f", {"encrypted": HIDDEN}, "encrypted", UNKNOWN),
        ("aws_efs_file_system.f", {}, "backed_up", False),
        ("aws_efs_file_system.f", {"availability_zone_name": "a"}, "backed_up", True),
        ("aws_fsx_lustre_file_system.f", {}, "backed_up", False),
        ("aws_fsx_windows_file_system.f", {}, "backed_up", True),
        ("aws_fsx_lustre_file_system.f", {"automatic_backup_retention_days": HIDDEN}, "backed_up", UNKNOWN),
        ("aws_dynamodb_table.t", {}, "encrypted", True),
        ("aws_dynamodb_table.t", {}, "customer_key", False),
        ("aws_dynamodb_table.t", {"server_side_encryption": [{"enabled": True}]}, "customer_key", False),
        ("aws_dynamodb_table.t", {"server_side_encryption": [{"enabled": True, "kms_key_arn": KEY}]},
         "customer_key", True),
        ("aws_dynamodb_table.t", {}, "recoverable", False),
        ("aws_dynamodb_table.t", {"point_in_time_recovery": [{"enabled": True}]}, "recoverable", True),
        ("aws_dynamodb_table.t", {"point_in_time_recovery": [{"enabled": HIDDEN}]}, "recoverable", UNKNOWN),
        ("aws_elasticache_replication_group.g", {}, "encrypted", False),
        ("aws_elasticache_replication_group.g", {"engine": "valkey"}, "encrypted", True),
        ("aws_elasticache_replication_group.g", {"at_rest_encryption_enabled": "true"}, "encrypted", True),
        ("aws_elasticache_replication_group.g", {"engine": HIDDEN}, "encrypted", UNKNOWN),
        ("aws_elasticache_replication_group.g", {"transit_encryption_enabled": True}, "tls_required", True),
        ("aws_elasticache_replication_group.g",
         {"transit_encryption_enabled": True, "transit_encryption_mode": "preferred"}, "tls_required", False),
        ("aws_elasticache_replication_group.g", {}, "authenticated", False),
        ("aws_elasticache_replication_group.g", {"auth_token": HIDDEN}, "authenticated", UNKNOWN),
        ("aws_elasticache_cluster.c", {"engine": "memcached"}, "backup_days", None),
        ("aws_elasticache_cluster.c", {"engine": "redis"}, "backup_days", 0),
        ("aws_elasticache_cluster.c", {"engine": "memcached"}, "encrypted", None),
        ("aws_elasticache_cluster.c", {"engine": "redis"}, "encrypted", False),
        ("aws_elasticache_cluster.c", {"replication_group_id": "g"}, "encrypted", None),
        ("aws_memorydb_cluster.c", {"acl_name": "open-access"}, "authenticated", False),
        ("aws_dax_cluster.c", {}, "encrypted", False),
        ("aws_dax_cluster.c", {"server_side_encryption": [{"enabled": True}]}, "encrypted", True),
        ("aws_redshift_cluster.c", {}, "encrypted", UNKNOWN),
        ("aws_redshift_cluster.c", {"encrypted": True}, "encrypted", True),
        ("aws_redshift_cluster.c", {"publicly_accessible": False}, "public_access", False),
        ("aws_redshift_cluster.c", {}, "tls_required", UNKNOWN),
        ("aws_redshift_cluster.c", {"logging": [{"enable": True}]}, "logged", True),
        ("aws_opensearch_domain.d", {}, "encrypted", False),
        ("aws_opensearch_domain.d", {"encrypt_at_rest": [{"enabled": True}]}, "encrypted", True),
        ("aws_opensearch_domain.d", {"encrypt_at_rest": [{"enabled": HIDDEN}]}, "encrypted", UNKNOWN),
        ("aws_opensearch_domain.d", {}, "public_access", True),
        ("aws_opensearch_domain.d", {"vpc_options": [{"subnet_ids": ["a"]}]}, "public_access", False),
        ("aws_opensearch_domain.d", {"vpc_options": HIDDEN}, "public_access", UNKNOWN),
        ("aws_opensearch_domain.d", {"domain_endpoint_options": [{}]}, "tls_required", True),
        ("aws_opensearch_domain.d", {}, "tls_required", False),
        ("aws_opensearch_domain.d", {"log_publishing_options": [{"log_type": "AUDIT_LOGS"}]}, "logged", True),
    ],
)  # fmt: skip
def test_attributes(name: str, attributes: dict[str, Any], attribute: str, *, expected: object) -> None:
    assert ask(TABLE, name, attributes, attribute) == expected


def test_backup_policy_of_a_file_system() -> None:
    policy = {"file_system_id": later("aws_efs_file_system.f.id"), "backup_policy": [{"status": "ENABLED"}]}
    assert ask(TABLE, "aws_efs_file_system.f", {}, "backed_up", aws_efs_backup_policy__p=policy) is True


def test_require_ssl_of_a_parameter_group() -> None:
    for value, expected in (("true", True), ("false", False), (HIDDEN, UNKNOWN)):
        group = {"name": "g", "parameter": [{"name": "require_ssl", "value": value}]}
        named = {"cluster_parameter_group_name": "g"}
        assert ask(TABLE, "aws_redshift_cluster.c", named, "tls_required",
                   aws_redshift_parameter_group__g=group) == expected  # fmt: skip


def test_search_policies_in_a_resource_of_their_own() -> None:
    policy = {"domain_name": "d", "access_policies": '{"Statement": [{"Effect": "Allow", "Principal": "*"}]}'}
    found = ask(TABLE, "aws_elasticsearch_domain.d", {"domain_name": "d"}, "statements",
                aws_elasticsearch_domain_policy__p=policy)  # fmt: skip
    assert found[0]["principals"] == [{"type": "*", "id": "*"}]


def test_copies_of_volumes_and_file_systems() -> None:
    graph = graph_of(TABLE, {
        DISK: {},
        "aws_ebs_snapshot.s": {"volume_id": later("aws_ebs_volume.v.id")},
        "aws_ebs_snapshot_copy.c": {"source_snapshot_id": later("aws_ebs_snapshot.s.id")},
        "aws_efs_file_system.a": {}, "aws_efs_file_system.b": {},
        "aws_efs_replication_configuration.r": {
            "source_file_system_id": later("aws_efs_file_system.a.id"),
            "destination": [{"file_system_id": later("aws_efs_file_system.b.id")}]},
    })  # fmt: skip
    assert edges(graph, "snapshot_of") == {
        ("aws_ebs_snapshot.s", DISK),
        ("aws_ebs_snapshot_copy.c", "aws_ebs_snapshot.s"),
    }
    assert edges(graph, "copied_to") == {("aws_efs_file_system.a", "aws_efs_file_system.b")}
