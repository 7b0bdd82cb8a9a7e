"""Databases, tables, caches and warehouses, spelled as Terraform's state would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.aws.live.spelling import QUIET, Live, Spelling, Spellings, block, either, equal, tags
from scanner.model.resource import Resource
from scanner.model.value import Unknown, Value

# Whether a last snapshot is taken is chosen when a database is deleted: it is no property of one that lives.
_AT_DELETION = {"final_snapshot": None}
_FAMILIES = {"docdb": "docdb", "neptune": "neptune"}


def _family(live: Live) -> str:
    return _FAMILIES.get(str(live.get("Engine", "")), "rds")


def _scoped(live: Live, service: str, name: Value) -> Value:
    """A group's ARN from its name, which other regions may use as well; AWS's own keep their names."""
    if not isinstance(name, str) or name.startswith("default"):
        return name
    return f"{_lead(live)}:{service}:{name}"


def _lead(live: Live) -> str:
    """`arn:PARTITION:rds:REGION:ACCOUNT`."""
    return ":".join(live.arn.split(":")[:5])


def _groups(live: Live) -> list[Value]:
    return [each["VpcSecurityGroupId"] for each in live.list("VpcSecurityGroups")]


def _instance(live: Live) -> Iterator[Resource]:
    family, cluster = _family(live), live.get("DBClusterIdentifier")
    shared = {
        "id": live.get("DbiResourceId"), "identifier": live.get("DBInstanceIdentifier"), "arn": live.arn,
        "resource_id": live.get("DbiResourceId"), "tags": tags(live.get("TagList")), "engine": live.get("Engine"),
        "engine_version": live.get("EngineVersion"), "publicly_accessible": live.get("PubliclyAccessible", False),
        "auto_minor_version_upgrade": live.get("AutoMinorVersionUpgrade", False),
    }  # fmt: skip
    if cluster:
        prefix = "aws_rds_cluster_instance" if family == "rds" else f"aws_{family}_cluster_instance"
        yield live.made(prefix, {**shared, "cluster_identifier": f"{_lead(live)}:cluster:{cluster}"})
        return
    parameters = [each["DBParameterGroupName"] for each in live.list("DBParameterGroups")]
    yield live.made("aws_db_instance", {
        **shared,
        "storage_encrypted": live.get("StorageEncrypted", False), "kms_key_id": live.key("KmsKeyId"),
        "vpc_security_group_ids": _groups(live),
        "db_subnet_group_name": _scoped(live, "subgrp", live.get("DBSubnetGroup.DBSubnetGroupName")),
        "parameter_group_name": _scoped(live, "pg", parameters[0]) if parameters else None,
        "backup_retention_period": live.get("BackupRetentionPeriod", 0),
        "deletion_protection": live.get("DeletionProtection", False), "multi_az": live.get("MultiAZ", False),
        "username": live.get("MasterUsername"),
        "iam_database_authentication_enabled": live.get("IAMDatabaseAuthenticationEnabled", False),
        "enabled_cloudwatch_logs_exports": live.list("EnabledCloudwatchLogsExports"),
        "replicate_source_db": live.get("ReadReplicaSourceDBInstanceIdentifier"),
        "latest_restorable_time": live.get("LatestRestorableTime"), "$node": _AT_DELETION,
    })  # fmt: skip


_GROUP_FIELD = {"rds": "db_cluster_parameter_group_name", "docdb": "db_cluster_parameter_group_name",
                "neptune": "neptune_cluster_parameter_group_name"}  # fmt: skip


def _cluster(live: Live) -> Iterator[Resource]:
    family = _family(live)
    type_ = "aws_rds_cluster" if family == "rds" else f"aws_{family}_cluster"
    logs = "enable_cloudwatch_logs_exports" if family == "neptune" else "enabled_cloudwatch_logs_exports"
    yield live.made(type_, {
        "id": live.get("DbClusterResourceId"), "cluster_identifier": live.get("DBClusterIdentifier"),
        "arn": live.arn, "resource_id": live.get("DbClusterResourceId"), "tags": tags(live.get("TagList")),
        "engine": live.get("Engine"), "engine_version": live.get("EngineVersion"),
        "engine_mode": live.get("EngineMode"), "storage_encrypted": live.get("StorageEncrypted", False),
        "kms_key_id": live.key("KmsKeyId"), "vpc_security_group_ids": _groups(live),
        "db_subnet_group_name": _scoped(live, "subgrp", live.get("DBSubnetGroup")),
        _GROUP_FIELD[family]: _scoped(live, "cluster-pg", live.get("DBClusterParameterGroup")),
        "backup_retention_period": live.get("BackupRetentionPeriod", 1),
        "deletion_protection": live.get("DeletionProtection", False),
        "master_username": live.get("MasterUsername"),
        "iam_database_authentication_enabled": live.get("IAMDatabaseAuthenticationEnabled", False),
        logs: live.list("EnabledCloudwatchLogsExports"),
        "replication_source_identifier": live.get("ReplicationSourceIdentifier"),
        "db_cluster_instance_class": live.get("DBClusterInstanceClass"),
        "latest_restorable_time": live.get("LatestRestorableTime"), "$node": _AT_DELETION,
    })  # fmt: skip


def _subnet_group(live: Live) -> Iterator[Resource]:
    name = live.get("DBSubnetGroupName")
    told = {"id": live.arn, "arn": live.arn,
            "subnet_ids": [each["SubnetIdentifier"] for each in live.list("Subnets")]}  # fmt: skip
    yield live.made("aws_db_subnet_group", told if name != "default" else {**told, "name": "default"})


def _parameters(type_: str, detail: str, family: str) -> Spelling:
    def spell(live: Live) -> Iterator[Resource]:
        name, found = live.get(family), live.get(detail)
        if str(name).startswith("default"):
            return
        settings = [
            {"name": each.get("ParameterName"), "value": each.get("ParameterValue")}
            for each in found if each.get("ParameterValue") is not None
        ] if isinstance(found, list) else found  # fmt: skip
        yield live.made(type_, {"id": live.arn, "arn": live.arn, "parameter": settings})

    return Spelling((type_,), spell)


def _shared(live: Live, detail: str) -> Value:
    """The accounts that a snapshot may be restored by; only those made by hand can be shared."""
    if live.get("SnapshotType") != "manual":
        return []
    found = live.get(detail)
    if isinstance(found, Unknown):
        return found
    return [value for each in found or () if each.get("AttributeName") == "restore"
            for value in each.get("AttributeValues", ())]  # fmt: skip


def _snapshot(live: Live) -> Iterator[Resource]:
    """A snapshot that stands for itself; the service's own daily ones are the database's automatic backups."""
    if live.get("SnapshotType") == "automated":
        return
    yield live.made("aws_db_snapshot", {
        "id": live.arn, "db_snapshot_identifier": live.get("DBSnapshotIdentifier"), "arn": live.arn,
        "db_instance_identifier": live.get("DBInstanceIdentifier"), "tags": tags(live.get("TagList")),
        "storage_encrypted": live.get("Encrypted", False), "kms_key_id": live.key("KmsKeyId"),
        "shared_accounts": _shared(live, "DescribeDBSnapshotAttributes")})  # fmt: skip


def _cluster_snapshot(live: Live) -> Iterator[Resource]:
    if live.get("SnapshotType") == "automated":
        return
    family = _family(live)
    type_ = "aws_db_cluster_snapshot" if family == "rds" else f"aws_{family}_cluster_snapshot"
    yield live.made(type_, {
        "id": live.arn, "db_cluster_snapshot_identifier": live.get("DBClusterSnapshotIdentifier"),
        "arn": live.arn, "db_cluster_identifier": live.get("DBClusterIdentifier"),
        "tags": tags(live.get("TagList")), "storage_encrypted": live.get("StorageEncrypted", False),
        "kms_key_id": live.key("KmsKeyId"),
        "shared_accounts": _shared(live, "DescribeDBClusterSnapshotAttributes")})  # fmt: skip


def _replicated(live: Live) -> Iterator[Resource]:
    """Automatic backups that lie in another region than their database."""
    source = str(live.get("DBInstanceArn", ""))
    if source.count(":") >= 5 and source.split(":")[3] != live.region:
        yield live.made("aws_db_instance_automated_backups_replication", {
            "id": live.arn, "source_db_instance_arn": source,
            "retention_period": live.get("BackupRetentionPeriod")})  # fmt: skip


# tables and caches


def _table(live: Live) -> Iterator[Resource]:
    about = live.get("DescribeTable")
    name = live.get("TableName")
    told: dict[str, Value] = {"id": name, "name": name, "arn": live.arn,
                              "tags": tags(live.get("ListTagsOfResource"))}  # fmt: skip
    if isinstance(about, Unknown):
        told.update(server_side_encryption=about, deletion_protection_enabled=about, replica=about)
    else:
        told.update(_of_table(live, about or {}))
    told["point_in_time_recovery"] = _recovery(live.get("DescribeContinuousBackups"))
    yield live.made("aws_dynamodb_table", told)


def _of_table(live: Live, about: dict[str, Any]) -> dict[str, Value]:
    secured = about.get("SSEDescription") or {}
    key = live.world.key(secured.get("KMSMasterKeyArn"))
    replicas = [{"region_name": each.get("RegionName")} for each in about.get("Replicas", ())]
    return {
        "server_side_encryption": block(enabled=secured.get("Status") == "ENABLED", kms_key_arn=key),
        "deletion_protection_enabled": about.get("DeletionProtectionEnabled", False),
        "replica": replicas,
        "hash_key": next(
            (each.get("AttributeName") for each in about.get("KeySchema", ()) if each.get("KeyType") == "HASH"),
            None,
        ),
        "stream_enabled": bool(about.get("StreamSpecification", {}).get("StreamEnabled")),
    }


def _recovery(value: Value) -> Value:
    if isinstance(value, Unknown):
        return value
    found = (value or {}).get("PointInTimeRecoveryDescription", {})
    on = found.get("PointInTimeRecoveryStatus") == "ENABLED"
    return block(enabled=on, recovery_period_in_days=found.get("RecoveryPeriodInDays"))


def _replication_group(live: Live) -> Iterator[Resource]:
    me = live.get("ReplicationGroupId")
    group = _member_of(live, me)
    yield live.made("aws_elasticache_replication_group", {
        "id": me, "arn": live.arn, "replication_group_id": me, "engine": live.get("Engine", "redis"),
        "at_rest_encryption_enabled": live.get("AtRestEncryptionEnabled", False),
        "transit_encryption_enabled": live.get("TransitEncryptionEnabled", False),
        "transit_encryption_mode": live.get("TransitEncryptionMode"), "kms_key_id": live.key("KmsKeyId"),
        "auth_token": either(live.get("AuthTokenEnabled", False), "kept by the service"),
        "user_group_ids": live.list("UserGroupIds"),
        "automatic_failover_enabled": equal(live.get("AutomaticFailover"), "enabled", "enabling"),
        "auto_minor_version_upgrade": live.get("AutoMinorVersionUpgrade"),
        "snapshot_retention_limit": live.get("SnapshotRetentionLimit", 0), **group})  # fmt: skip


def _member_of(live: Live, name: Value) -> dict[str, Value]:
    """Subnets and filters of a replication group, which only its members tell."""
    for each in live.world.by_type.get("AWS::ElastiCache::CacheCluster", ()):
        told = each.attributes
        if told.get("ReplicationGroupId") == name and each.scope == live.resource.scope:
            groups = [group["SecurityGroupId"] for group in told.get("SecurityGroups", ())]
            named = _cache_group(live, told.get("CacheSubnetGroupName"))
            return {
                "subnet_group_name": named,
                "security_group_ids": groups,
                "engine_version": told.get("EngineVersion"),
            }
    return {}


def _cache_group(live: Live, name: Value) -> Value:
    return f"{_lead(live)}:subnetgroup:{name}" if isinstance(name, str) else name


def _cache(live: Live) -> Iterator[Resource]:
    me, group = live.get("CacheClusterId"), live.get("ReplicationGroupId")
    yield live.made("aws_elasticache_cluster", {
        "id": me, "arn": live.arn, "cluster_id": me, "engine": live.get("Engine"),
        "engine_version": live.get("EngineVersion"),
        "replication_group_id": f"{_lead(live)}:replicationgroup:{group}" if group else None,
        "transit_encryption_enabled": live.get("TransitEncryptionEnabled", False),
        "snapshot_retention_limit": live.get("SnapshotRetentionLimit", 0),
        "auto_minor_version_upgrade": live.get("AutoMinorVersionUpgrade"),
        "subnet_group_name": _cache_group(live, live.get("CacheSubnetGroupName")),
        "security_group_ids": [each["SecurityGroupId"] for each in live.list("SecurityGroups")]})  # fmt: skip


def _cache_subnets(live: Live) -> Iterator[Resource]:
    subnets = [each["SubnetIdentifier"] for each in live.list("Subnets")]
    yield live.made("aws_elasticache_subnet_group", {"id": live.arn, "arn": live.arn, "subnet_ids": subnets})


def _serverless_cache(live: Live) -> Iterator[Resource]:
    name = live.get("ServerlessCacheName")
    yield live.made(
        "aws_elasticache_serverless_cache",
        {
            "id": name,
            "arn": live.arn,
            "name": name,
            "engine": live.get("Engine"),
            "kms_key_id": live.key("KmsKeyId"),
            "subnet_ids": live.list("SubnetIds"),
            "security_group_ids": live.list("SecurityGroupIds"),
            "user_group_id": live.get("UserGroupId"),
            "snapshot_retention_limit": live.get("SnapshotRetentionLimit", 0),
        },
    )


def _memory(live: Live) -> Iterator[Resource]:
    name = live.get("Name")
    yield live.made("aws_memorydb_cluster", {
        "id": name, "arn": live.arn, "name": name, "acl_name": live.get("ACLName"),
        "kms_key_arn": live.key("KmsKeyId"), "tls_enabled": live.get("TLSEnabled", True),
        "snapshot_retention_limit": live.get("SnapshotRetentionLimit", 0),
        "security_group_ids": [each["SecurityGroupId"] for each in live.list("SecurityGroups")]})  # fmt: skip


# warehouses and search


def _warehouse(live: Live) -> Iterator[Resource]:
    name, logging = live.get("ClusterIdentifier"), live.get("DescribeLoggingStatus")
    groups = [each["ParameterGroupName"] for each in live.list("ClusterParameterGroups")]
    copied = live.get("ClusterSnapshotCopyStatus")
    yield live.made("aws_redshift_cluster", {
        "master_username": live.get("MasterUsername"),
        "id": name, "arn": live.arn, "cluster_identifier": name, "tags": tags(live.get("Tags")),
        "encrypted": live.get("Encrypted", False), "kms_key_id": live.key("KmsKeyId"),
        "publicly_accessible": live.get("PubliclyAccessible", False),
        "enhanced_vpc_routing": live.get("EnhancedVpcRouting", False),
        "automated_snapshot_retention_period": live.get("AutomatedSnapshotRetentionPeriod", 1),
        "allow_version_upgrade": live.get("AllowVersionUpgrade", True),
        "multi_az": equal(live.get("MultiAZ"), "enabled", "Enabled"),
        "cluster_subnet_group_name": _scoped(live, "subnetgroup", live.get("ClusterSubnetGroupName")),
        "cluster_parameter_group_name": _scoped(live, "parametergroup", groups[0]) if groups else None,
        "vpc_security_group_ids": _groups(live), "$node": _AT_DELETION,
        "iam_roles": [each["IamRoleArn"] for each in live.list("IamRoles")],
        "logging": logging if isinstance(logging, Unknown) else block(
            enable=bool((logging or {}).get("LoggingEnabled")), bucket_name=(logging or {}).get("BucketName")),
        "snapshot_copy": block(destination_region=copied.get("DestinationRegion"),
                               retention_period=copied.get("RetentionPeriod")) if copied else None,
    })  # fmt: skip


def _warehouse_snapshot(live: Live) -> Iterator[Resource]:
    """A snapshot that somebody made; the automated ones are the warehouse's own copies."""
    if live.get("Status") == "available" and live.get("SnapshotType") == "manual":
        yield live.made("aws_redshift_cluster_snapshot", {
            "id": live.arn, "arn": live.arn, "snapshot_identifier": live.get("SnapshotIdentifier"),
            "cluster_identifier": live.get("ClusterIdentifier"), "tags": tags(live.get("Tags")),
            "manual_snapshot_retention_period": live.get("ManualSnapshotRetentionPeriod", -1),
            "$node": {"encrypted": live.get("Encrypted", False)}})  # fmt: skip


def _warehouse_subnets(live: Live) -> Iterator[Resource]:
    subnets = [each["SubnetIdentifier"] for each in live.list("Subnets")]
    yield live.made("aws_redshift_subnet_group", {"id": live.arn, "arn": live.arn, "subnet_ids": subnets})


def _proxy(live: Live) -> Iterator[Resource]:
    """A proxy and what it forwards to, by identifier (RDS API, DBProxyTarget: RdsResourceId)."""
    name = live.get("DBProxyName")
    yield live.made("aws_db_proxy", {
        "id": name, "arn": live.arn, "name": name, "endpoint": live.get("Endpoint"),
        "engine_family": live.get("EngineFamily"), "require_tls": live.get("RequireTLS"),
        "role_arn": live.get("RoleArn"), "vpc_subnet_ids": live.get("VpcSubnetIds"),
        "vpc_security_group_ids": live.get("VpcSecurityGroupIds")})  # fmt: skip
    targets = live.get("DescribeDBProxyTargets")
    for each in () if isinstance(targets, Unknown) else targets or ():
        kind = "db_cluster_identifier" if each.get("Type") == "TRACKED_CLUSTER" else "db_instance_identifier"
        identifier = each.get("RdsResourceId")
        yield live.fold("aws_db_proxy_target", f"{identifier}", {"db_proxy_name": name, kind: identifier})


SPELLINGS: Spellings = {
    "AWS::RDS::DBInstance": Spelling(
        ("aws_db_instance", "aws_rds_cluster_instance", "aws_docdb_cluster_instance",
         "aws_neptune_cluster_instance"), _instance),
    "AWS::RDS::DBCluster": Spelling(("aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster"), _cluster),
    "AWS::RDS::DBSubnetGroup": Spelling(("aws_db_subnet_group",), _subnet_group),
    "AWS::RDS::DBParameterGroup": _parameters(
        "aws_db_parameter_group", "DescribeDBParameters", "DBParameterGroupName"),
    "AWS::RDS::DBClusterParameterGroup": _parameters(
        "aws_rds_cluster_parameter_group", "DescribeDBClusterParameters", "DBClusterParameterGroupName"),
    "AWS::RDS::DBSnapshot": Spelling(("aws_db_snapshot",), _snapshot),
    "AWS::RDS::DBClusterSnapshot": Spelling(
        ("aws_db_cluster_snapshot", "aws_docdb_cluster_snapshot", "aws_neptune_cluster_snapshot"),
        _cluster_snapshot),
    "AWS::RDS::DBInstanceAutomatedBackup": Spelling(
        ("aws_db_instance_automated_backups_replication",), _replicated),
    "AWS::RDS::DBProxy": Spelling(("aws_db_proxy", "aws_db_proxy_target"), _proxy,
                                  {"DescribeDBProxyTargets": "aws_db_proxy_target"}),
    "AWS::RDS::GlobalCluster": QUIET,
    "AWS::DynamoDB::Table": Spelling(("aws_dynamodb_table",), _table),
    "AWS::ElastiCache::ReplicationGroup": Spelling(("aws_elasticache_replication_group",), _replication_group),
    "AWS::ElastiCache::CacheCluster": Spelling(("aws_elasticache_cluster",), _cache),
    "AWS::ElastiCache::SubnetGroup": Spelling(("aws_elasticache_subnet_group",), _cache_subnets),
    "AWS::ElastiCache::ServerlessCache": Spelling(("aws_elasticache_serverless_cache",), _serverless_cache),
    "AWS::MemoryDB::Cluster": Spelling(("aws_memorydb_cluster",), _memory),
    "AWS::Redshift::Cluster": Spelling(("aws_redshift_cluster",), _warehouse),
    "AWS::Redshift::ClusterSnapshot": Spelling(("aws_redshift_cluster_snapshot",), _warehouse_snapshot),
    "AWS::Redshift::ClusterSubnetGroup": Spelling(("aws_redshift_subnet_group",), _warehouse_subnets),
    "AWS::Redshift::ClusterParameterGroup": _parameters(
        "aws_redshift_parameter_group", "DescribeClusterParameters", "ParameterGroupName"),
}  # fmt: skip
