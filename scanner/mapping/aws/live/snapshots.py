"""Copies that somebody made, and what keeps them: spelled for the tables, mostly without a word of Terraform's."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws.live.spelling import Live, Spelling, Spellings, tags
from scanner.model.resource import Resource
from scanner.model.value import Value


def _lock(live: Live) -> Iterator[Resource]:
    told = {"snapshot_id": live.get("SnapshotId"), "lock_state": live.get("LockState")}
    yield live.made("aws_ebs_snapshot_lock", told)


def _replicated_cluster(live: Live) -> Iterator[Resource]:
    """Automatic backups that lie in another Region than their Multi-AZ DB cluster."""
    source = str(live.get("DBClusterArn", ""))
    if source.count(":") >= 5 and source.split(":")[3] != live.region and live.get("Status") == "active":
        yield live.made("aws_rds_cluster_automated_backups_replication", {
            "id": live.arn, "source_db_cluster_arn": source,
            "retention_period": live.get("BackupRetentionPeriod")})  # fmt: skip


def _held(live: Live) -> Iterator[Resource]:
    yield live.made("aws_backup_legal_hold", {"point_arn": live.get("RecoveryPointArn")})


# caches


def _of_cache(live: Live, part: str) -> str:
    """The ARN of what the snapshot is of, from the snapshot's own."""
    return f"{':'.join(live.arn.split(':')[:5])}:{part}"


def _cache_snapshot(live: Live) -> Iterator[Resource]:
    """One that somebody took; the daily ones are the cache's own."""
    if live.get("SnapshotStatus") != "available" or live.get("SnapshotSource") == "automated":
        return
    group = live.get("ReplicationGroupId")
    source = f"replicationgroup:{group}" if group else f"cluster:{live.get('CacheClusterId')}"
    yield live.made("aws_elasticache_snapshot", {
        "id": live.arn, "arn": live.arn, "name": live.get("SnapshotName"), "cache": _of_cache(live, source),
        "kms_key_id": live.key("KmsKeyId")})  # fmt: skip


def _serverless_snapshot(live: Live) -> Iterator[Resource]:
    """The same of serverless caches; their daily ones expire, those that somebody took do not."""
    if str(live.get("Status", "")).lower() != "available" or live.get("ExpiryTime") is not None:
        return
    name = live.get("ServerlessCacheConfiguration.ServerlessCacheName")
    yield live.made("aws_elasticache_snapshot", {
        "id": live.arn, "arn": live.arn, "name": live.get("ServerlessCacheSnapshotName"), "serverless": True,
        "cache": _of_cache(live, f"serverlesscache:{name}"), "kms_key_id": live.key("KmsKeyId")})  # fmt: skip


# warehouses and documents


def _warehouse_snapshot(live: Live) -> Iterator[Resource]:
    if live.get("status") == "AVAILABLE":
        yield live.made("aws_redshiftserverless_snapshot", {
            "id": live.arn, "arn": live.arn, "snapshot_name": live.get("snapshotName"),
            "namespace_name": live.get("namespaceArn", live.get("namespaceName")),
            "kms_key_id": live.key("kmsKeyId"),
            "retention_period": live.get("snapshotRetentionPeriod", -1)})  # fmt: skip


def _warehouse_copies(live: Live) -> Iterator[Resource]:
    yield live.made("aws_redshiftserverless_snapshot_copy_configuration", {
        "namespace_name": live.under, "destination_region": live.get("destinationRegion")})  # fmt: skip


def _elastic(live: Live) -> Iterator[Resource]:
    told: dict[str, Value] = {"id": live.arn, "arn": live.arn, "name": live.get("clusterName"),
                              "tags": tags(live.get("ListTagsForResource"))}  # fmt: skip
    names = {"kms_key_id": "kmsKeyId", "subnet_ids": "subnetIds", "vpc_security_group_ids": "vpcSecurityGroupIds",
             "backup_retention_period": "backupRetentionPeriod", "admin_user_name": "adminUserName",
             "shard_instance_count": "shardInstanceCount"}  # fmt: skip
    told.update({name: live.get(f"GetCluster.{path}") for name, path in names.items()})
    yield live.made("aws_docdbelastic_cluster", {**told, "kms_key_id": live.key("GetCluster.kmsKeyId")})


def _elastic_snapshot(live: Live) -> Iterator[Resource]:
    if str(live.get("status", "")).lower() in ("active", "available"):
        yield live.made("aws_docdbelastic_cluster_snapshot", {
            "id": live.arn, "arn": live.arn, "name": live.get("snapshotName"),
            "cluster_arn": live.get("clusterArn"), "storage_encrypted": True})  # fmt: skip


SPELLINGS: Spellings = {
    "AWS::EC2::SnapshotLock": Spelling(("aws_ebs_snapshot_lock",), _lock),
    "AWS::RDS::DBClusterAutomatedBackup": Spelling(
        ("aws_rds_cluster_automated_backups_replication",), _replicated_cluster),
    "AWS::Backup::HeldRecoveryPoint": Spelling(("aws_backup_legal_hold",), _held),
    "AWS::ElastiCache::Snapshot": Spelling(("aws_elasticache_snapshot",), _cache_snapshot),
    "AWS::ElastiCache::ServerlessCacheSnapshot": Spelling(("aws_elasticache_snapshot",), _serverless_snapshot),
    "AWS::RedshiftServerless::Snapshot": Spelling(("aws_redshiftserverless_snapshot",), _warehouse_snapshot),
    "AWS::RedshiftServerless::SnapshotCopyConfiguration": Spelling(
        ("aws_redshiftserverless_snapshot_copy_configuration",), _warehouse_copies),
    "AWS::DocDBElastic::Cluster": Spelling(("aws_docdbelastic_cluster",), _elastic),
    "AWS::DocDBElastic::ClusterSnapshot": Spelling(("aws_docdbelastic_cluster_snapshot",), _elastic_snapshot),
}  # fmt: skip
