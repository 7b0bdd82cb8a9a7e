"""Serverless warehouses and time series, spelled as Terraform's state would."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws.live.spelling import Live, Spelling, Spellings, tags
from scanner.model.resource import Resource
from scanner.model.value import Value

_OWNED = "AWS_OWNED_KMS_KEY"  # what Redshift answers where the customer named no key


def _namespace(live: Live) -> Iterator[Resource]:
    key = live.get("kmsKeyId")
    yield live.made("aws_redshiftserverless_namespace", {
        "id": live.get("namespaceName"), "arn": live.arn, "namespace_id": live.get("namespaceId"),
        "namespace_name": live.get("namespaceName"), "admin_username": live.get("adminUsername"),
        "iam_roles": live.get("iamRoles", []), "log_exports": live.get("logExports") or None,
        "kms_key_id": None if isinstance(key, str) and key == _OWNED else live.key("kmsKeyId"),
        "tags": tags(live.get("ListTagsForResource"), "key", "value"),
    })  # fmt: skip


def _workgroup(live: Live) -> Iterator[Resource]:
    parameters: list[Value] = [
        {"parameter_key": each.get("parameterKey"), "parameter_value": each.get("parameterValue")}
        for each in live.list("configParameters")
    ]
    yield live.made("aws_redshiftserverless_workgroup", {
        "id": live.get("workgroupName"), "arn": live.arn, "workgroup_name": live.get("workgroupName"),
        "namespace_name": live.get("namespaceName"), "publicly_accessible": live.get("publiclyAccessible", False),
        "subnet_ids": live.list("subnetIds"), "security_group_ids": live.list("securityGroupIds"),
        "enhanced_vpc_routing": live.get("enhancedVpcRouting", False), "config_parameter": parameters,
    })  # fmt: skip


def _series(live: Live) -> Iterator[Resource]:
    """A database of Timestream holds no data itself, and says by which key its tables are encrypted."""
    yield live.made("aws_timestreamwrite_database", {
        "id": live.get("DatabaseName"), "arn": live.arn, "database_name": live.get("DatabaseName"),
        "kms_key_id": live.key("KmsKeyId"),
    })  # fmt: skip


def _series_table(live: Live) -> Iterator[Resource]:
    database, name = live.get("DatabaseName"), live.get("TableName")
    yield live.made("aws_timestreamwrite_table", {
        "id": f"{name}:{database}", "arn": live.arn, "database_name": database, "table_name": name,
        "tags": tags(live.get("ListTagsForResource")),
    })  # fmt: skip


SPELLINGS: Spellings = {
    "AWS::RedshiftServerless::Namespace": Spelling(("aws_redshiftserverless_namespace",), _namespace),
    "AWS::RedshiftServerless::Workgroup": Spelling(("aws_redshiftserverless_workgroup",), _workgroup),
    "AWS::Timestream::Database": Spelling(("aws_timestreamwrite_database",), _series),
    "AWS::Timestream::Table": Spelling(("aws_timestreamwrite_table",), _series_table),
}
