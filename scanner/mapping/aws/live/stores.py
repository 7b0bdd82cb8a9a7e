"""Buckets and file systems, spelled as Terraform's state would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.aws.live.spelling import Live, Spelling, Spellings, block, tags
from scanner.model.resource import Resource
from scanner.model.value import Value

# S3


def _bucket(live: Live) -> Iterator[Resource | None]:
    name = live.get("Name")
    yield live.made("aws_s3_bucket", {"id": name, "bucket": name, "arn": live.arn, "tags": tags(live.get("Tags"))})
    for type_, detail, spelled in _OF_BUCKET:
        yield live.beside(type_, detail, lambda value, spelled=spelled: spelled(live, value), bucket=name)  # type: ignore[misc]  # bound at once
    if live.none("PublicAccessBlock"):  # nothing is blocked
        yield live.fold("aws_s3_bucket_public_access_block", "none", {"bucket": name, **blocks({})})


def _versioning(_: Live, value: dict[str, Any]) -> dict[str, Value]:
    status, factor = value.get("Status", "Disabled"), value.get("MFADelete", "Disabled")
    return {"versioning_configuration": block(status=status, mfa_delete=factor)}


def _encryption(live: Live, value: dict[str, Any]) -> dict[str, Value]:
    rules = []
    for rule in value.get("Rules", ()):
        default = rule.get("ApplyServerSideEncryptionByDefault", {})
        key = live.world.key(default.get("KMSMasterKeyID"))
        inner = block(sse_algorithm=default.get("SSEAlgorithm"), kms_master_key_id=key)
        rules.append({"apply_server_side_encryption_by_default": inner})
    return {"rule": rules}


_FLAGS = {
    "block_public_acls": "BlockPublicAcls",
    "block_public_policy": "BlockPublicPolicy",
    "ignore_public_acls": "IgnorePublicAcls",
    "restrict_public_buckets": "RestrictPublicBuckets",
}


def blocks(value: dict[str, Any]) -> dict[str, Value]:
    return {name: bool(value.get(flag, False)) for name, flag in _FLAGS.items()}


def _acl(_: Live, value: dict[str, Any]) -> dict[str, Value]:
    grants = [
        {
            "permission": each.get("Permission"),
            "grantee": block(
                uri=each.get("Grantee", {}).get("URI"),
                id=each.get("Grantee", {}).get("ID"),
                type=each.get("Grantee", {}).get("Type"),
            ),
        }
        for each in value.get("Grants", ())
    ]
    return {"access_control_policy": [{"grant": grants}]}


def _lifecycle(_: Live, value: list[dict[str, Any]]) -> dict[str, Value]:
    rules = []
    for rule in value:
        told: dict[str, Value] = {"id": rule.get("ID"), "status": rule.get("Status")}
        if rule.get("Expiration"):
            told["expiration"] = block(days=rule["Expiration"].get("Days"), date=rule["Expiration"].get("Date"))
        if rule.get("NoncurrentVersionExpiration"):
            days = rule["NoncurrentVersionExpiration"].get("NoncurrentDays")
            told["noncurrent_version_expiration"] = block(noncurrent_days=days)
        rules.append(told)
    return {"rule": rules}


def _replication(_: Live, value: dict[str, Any]) -> dict[str, Value]:
    return {"role": value.get("Role"), "rule": [_replicates(each) for each in value.get("Rules", ())]}


def _replicates(rule: dict[str, Any]) -> dict[str, Value]:
    target = rule.get("Destination", {})
    told: dict[str, Value] = {
        "id": rule.get("ID"),
        "status": rule.get("Status"),
        "prefix": rule.get("Prefix"),
        "destination": block(
            bucket=target.get("Bucket"), account=target.get("Account"), storage_class=target.get("StorageClass")
        ),
    }
    if "Filter" in rule:
        told["filter"] = [_filter(rule["Filter"])]
    if rule.get("DeleteMarkerReplication"):
        told["delete_marker_replication"] = block(status=rule["DeleteMarkerReplication"].get("Status"))
    return {name: each for name, each in told.items() if each is not None}


def _filter(value: dict[str, Any]) -> dict[str, Value]:
    told: dict[str, Value] = {}
    if value.get("Prefix"):
        told["prefix"] = value["Prefix"]
    if value.get("Tag"):
        told["tag"] = block(key=value["Tag"].get("Key"), value=value["Tag"].get("Value"))
    if value.get("And"):
        joined = value["And"]
        told["and"] = [{"prefix": joined.get("Prefix", ""), "tags": tags(joined.get("Tags"))}]
    return told


def _lock(_: Live, value: dict[str, Any]) -> dict[str, Value]:
    kept = (value.get("Rule") or {}).get("DefaultRetention")
    if not kept:
        return {}
    retention = block(mode=kept.get("Mode"), days=kept.get("Days"), years=kept.get("Years"))
    return {"rule": [{"default_retention": retention}]}


_OF_BUCKET = (
    ("aws_s3_bucket_versioning", "Versioning", _versioning),
    ("aws_s3_bucket_server_side_encryption_configuration", "Encryption", _encryption),
    ("aws_s3_bucket_public_access_block", "PublicAccessBlock", lambda _, value: blocks(value)),
    ("aws_s3_bucket_policy", "Policy", lambda _, value: {"policy": value}),
    ("aws_s3_bucket_acl", "Acl", _acl),
    ("aws_s3_bucket_ownership_controls", "OwnershipControls", lambda _, value: {
        "rule": [{"object_ownership": each.get("ObjectOwnership")} for each in value.get("Rules", ())]}),
    ("aws_s3_bucket_logging", "Logging", lambda _, value: {"target_bucket": value.get("TargetBucket")}),
    ("aws_s3_bucket_lifecycle_configuration", "Lifecycle", _lifecycle),
    ("aws_s3_bucket_replication_configuration", "Replication", _replication),
    ("aws_s3_bucket_object_lock_configuration", "ObjectLock", _lock),
)  # fmt: skip


def _account_block(live: Live) -> Iterator[Resource]:
    told = blocks(dict(live.resource.attributes))
    yield live.made("aws_s3_account_public_access_block", {"account_id": live.account, **told})


# file systems


def _efs(live: Live) -> Iterator[Resource | None]:
    me = live.get("FileSystemId")
    yield live.made("aws_efs_file_system", {
        "id": me, "arn": live.arn, "creation_token": live.get("CreationToken"), "tags": tags(live.get("Tags")),
        "encrypted": live.get("Encrypted", False), "kms_key_id": live.key("KmsKeyId"),
        "availability_zone_name": live.get("AvailabilityZoneName")})  # fmt: skip
    yield live.beside("aws_efs_backup_policy", "DescribeBackupPolicy", lambda value: {
        "backup_policy": block(status=value.get("Status"))}, file_system_id=me)  # fmt: skip
    if live.none("DescribeBackupPolicy"):  # without a policy there are no automatic backups
        yield live.fold("aws_efs_backup_policy", "none", {
            "file_system_id": me, "backup_policy": block(status="DISABLED")})  # fmt: skip
    yield live.beside("aws_efs_file_system_policy", "DescribeFileSystemPolicy",
                      lambda value: {"policy": value}, file_system_id=me)  # fmt: skip
    yield live.beside("aws_efs_replication_configuration", "DescribeReplicationConfigurations", lambda value: {
        "destination": [{"region": each.get("Region"), "file_system_id": each.get("FileSystemId")}
                        for one in value for each in one.get("Destinations", ())
                        if one.get("SourceFileSystemId") == me]}, source_file_system_id=me)  # fmt: skip


def _mount(live: Live) -> Iterator[Resource]:
    yield live.made("aws_efs_mount_target", {
        "id": live.get("MountTargetId"), "file_system_id": live.get("FileSystemId"),
        "subnet_id": live.get("SubnetId"),
        "security_groups": live.get("DescribeMountTargetSecurityGroups")})  # fmt: skip


def _access_point(live: Live) -> Iterator[Resource]:
    user = live.get("PosixUser")
    told = {"id": live.get("AccessPointId"), "arn": live.arn, "file_system_id": live.get("FileSystemId"),
            "root_directory": block(path=live.get("RootDirectory.Path", "/")),
            "posix_user": block(uid=user.get("Uid")) if isinstance(user, dict) else []}  # fmt: skip
    yield live.made("aws_efs_access_point", told)


_FSX = {"LUSTRE": "lustre", "OPENZFS": "openzfs", "WINDOWS": "windows", "ONTAP": "ontap"}


def _fsx(live: Live) -> Iterator[Resource]:
    kind = str(live.get("FileSystemType"))
    word = {"LUSTRE": "Lustre", "OPENZFS": "OpenZFS", "WINDOWS": "Windows", "ONTAP": "Ontap"}.get(kind)
    if word is None:
        return
    days = live.get(f"{word}Configuration.AutomaticBackupRetentionDays", 0)
    yield live.made(f"aws_fsx_{_FSX[kind]}_file_system", {
        "id": live.get("FileSystemId"), "arn": live.arn, "tags": tags(live.get("Tags")),
        "kms_key_id": live.key("KmsKeyId"), "subnet_ids": live.list("SubnetIds"),
        "automatic_backup_retention_days": days})  # fmt: skip


def _fsx_backup(live: Live) -> Iterator[Resource]:
    """A backup that somebody made; daily ones are the file system's own, and AWS Backup lists what it made."""
    if live.get("Type") == "USER_INITIATED" and live.get("Lifecycle") == "AVAILABLE":
        told = {"id": live.get("BackupId"), "arn": live.arn, "tags": tags(live.get("Tags")),
                "file_system_id": live.get("FileSystem.FileSystemId")}  # fmt: skip
        yield live.made("aws_fsx_backup", told)


def _table_backup(live: Live) -> Iterator[Resource]:
    """A backup that somebody ordered of a table; AWS Backup lists its own."""
    if live.get("BackupStatus") == "AVAILABLE" and live.get("BackupType") == "USER":
        told = {"id": live.arn, "arn": live.arn, "name": live.get("BackupName"), "table_arn": live.get("TableArn")}
        yield live.made("aws_dynamodb_backup", told)


def _memory_snapshot(live: Live) -> Iterator[Resource]:
    if live.get("Status") == "available" and live.get("Source") != "automated":
        told = {"id": live.arn, "arn": live.arn, "name": live.get("Name"), "kms_key_arn": live.key("KmsKeyId"),
                "cluster_name": live.get("ClusterConfiguration.Name")}  # fmt: skip
        yield live.made("aws_memorydb_snapshot", told)


SPELLINGS: Spellings = {
    "AWS::DynamoDB::Backup": Spelling(("aws_dynamodb_backup",), _table_backup),
    "AWS::MemoryDB::Snapshot": Spelling(("aws_memorydb_snapshot",), _memory_snapshot),
    "AWS::S3::Bucket": Spelling(("aws_s3_bucket", *(each[0] for each in _OF_BUCKET)), _bucket),
    "AWS::S3::AccountPublicAccessBlock": Spelling(("aws_s3_account_public_access_block",), _account_block),
    "AWS::EFS::FileSystem": Spelling(
        ("aws_efs_file_system", "aws_efs_backup_policy", "aws_efs_file_system_policy",
         "aws_efs_replication_configuration"), _efs),
    "AWS::EFS::MountTarget": Spelling(("aws_efs_mount_target",), _mount),
    "AWS::EFS::AccessPoint": Spelling(("aws_efs_access_point",), _access_point),
    "AWS::FSx::Backup": Spelling(("aws_fsx_backup",), _fsx_backup),
    "AWS::FSx::FileSystem": Spelling(tuple(f"aws_fsx_{each}_file_system" for each in _FSX.values()), _fsx),
}  # fmt: skip
