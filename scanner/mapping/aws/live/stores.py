"""Buckets, file systems, keys, secrets, certificates and backups, spelled as Terraform's state would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.aws.live.spelling import QUIET, Live, Spelling, Spellings, block, equal, tags
from scanner.model.resource import Resource
from scanner.model.value import Unknown, Value

# S3


def _bucket(live: Live) -> Iterator[Resource | None]:
    name = live.get("Name")
    yield live.made("aws_s3_bucket", {"id": name, "bucket": name, "arn": live.arn, "tags": tags(live.get("Tags"))})
    for type_, detail, spelled in _OF_BUCKET:
        yield live.beside(type_, detail, lambda value, spelled=spelled: spelled(live, value), bucket=name)  # type: ignore[misc]  # bound at once
    if live.none("PublicAccessBlock"):  # nothing is blocked
        yield live.fold("aws_s3_bucket_public_access_block", "none", {"bucket": name, **_blocks({})})


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


def _blocks(value: dict[str, Any]) -> dict[str, Value]:
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
    ("aws_s3_bucket_public_access_block", "PublicAccessBlock", lambda _, value: _blocks(value)),
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
    told = _blocks(dict(live.resource.attributes))
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
    told = {"id": live.get("AccessPointId"), "arn": live.arn, "file_system_id": live.get("FileSystemId")}
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


# keys, secrets, certificates


def _key(live: Live) -> Iterator[Resource | None]:
    if str(live.world.key(live.arn)).startswith("alias/aws/"):
        return  # AWS's own: others name it by its alias
    replica = equal(live.get("DescribeKey.MultiRegionConfiguration.MultiRegionKeyType"), "REPLICA") is True
    type_ = "aws_kms_replica_key" if replica else "aws_kms_key"
    if equal(live.get("DescribeKey.Origin"), "EXTERNAL") is True:
        type_ = "aws_kms_replica_external_key" if replica else "aws_kms_external_key"
    yield live.made(type_, {
        "id": live.get("KeyId"), "key_id": live.get("KeyId"), "arn": live.arn,
        "description": live.get("DescribeKey.Description"),
        "customer_master_key_spec": live.get("DescribeKey.KeySpec"),
        "custom_key_store_id": live.get("DescribeKey.CustomKeyStoreId"),
        "enable_key_rotation": live.get("GetKeyRotationStatus.KeyRotationEnabled"),
        "deletion_window_in_days": live.get("DescribeKey.PendingDeletionWindowInDays"),
        "policy": live.get("GetKeyPolicy"), "tags": tags(live.get("ListResourceTags"), "TagKey", "TagValue"),
    })  # fmt: skip
    for grant in live.list("ListGrants"):
        ends = {"key_id": live.arn, "grantee_principal": grant.get("GranteePrincipal")}
        yield live.fold("aws_kms_grant", grant["GrantId"], ends)


def _alias(live: Live) -> Iterator[Resource]:
    name, target = str(live.get("AliasName")), live.get("TargetKeyId")
    if not name.startswith("alias/aws/") and target:
        key = live.arn.rpartition(":alias/")[0] + f":key/{target}"
        yield live.made("aws_kms_alias", {"name": name, "arn": live.arn, "target_key_id": key})


# The window is chosen when a secret is deleted: it is no property of one that lives.
_WINDOW: dict[str, Value] = {"recovery_days": None}


def _secret(live: Live) -> Iterator[Resource | None]:
    told = {"id": live.arn, "arn": live.arn, "name": live.get("Name"), "kms_key_id": live.key("KmsKeyId"),
            "$node": _WINDOW, "tags": tags(live.get("Tags"))}  # fmt: skip
    yield live.made("aws_secretsmanager_secret", told)
    if live.get("RotationEnabled"):
        rotates = {"secret_id": live.arn, "rotation_lambda_arn": live.get("RotationLambdaARN")}
        yield live.fold("aws_secretsmanager_secret_rotation", "rotation", rotates)
    yield live.beside("aws_secretsmanager_secret_policy", "GetResourcePolicy",
                      lambda text: {"policy": text}, secret_arn=live.arn)  # fmt: skip


def _parameter(live: Live) -> Iterator[Resource]:
    name = live.get("Name")
    key = live.key("KeyId")
    told = {"id": name, "arn": live.arn, "name": name, "type": live.get("Type"), "key_id": key,
            "tags": tags(live.get("ListTagsForResource"))}  # fmt: skip
    yield live.made("aws_ssm_parameter", told)


def _certificate(live: Live) -> Iterator[Resource]:
    """Imported certificates and those of a private authority are neither logged nor validated by ACM."""
    about, kind = live.get("DescribeCertificate", {}), live.get("DescribeCertificate.Type")
    told: dict[str, Value] = {"id": live.arn, "arn": live.arn, "domain_name": live.get("DomainName"),
                              "tags": tags(live.get("ListTagsForCertificate"))}  # fmt: skip
    if isinstance(about, Unknown):
        told.update(validation_method=about, options=about)
    elif kind == "IMPORTED":
        told["private_key"] = "imported"
    else:
        options = about.get("Options", {}).get("CertificateTransparencyLoggingPreference")
        told["certificate_authority_arn"] = about.get("CertificateAuthorityArn")
        told["options"] = block(certificate_transparency_logging_preference=options)
        ways = [each.get("ValidationMethod") for each in about.get("DomainValidationOptions", ())]
        told["validation_method"] = ways[0] if ways else None
    yield live.made("aws_acm_certificate", told)


# backups


def _rule(rule: dict[str, Any]) -> dict[str, Value]:
    told: dict[str, Value] = {
        "rule_name": rule.get("RuleName"), "target_vault_name": rule.get("TargetBackupVaultName"),
        "target_logically_air_gapped_backup_vault_arn": rule.get("TargetLogicallyAirGappedBackupVaultArn"),
        "schedule": rule.get("ScheduleExpression"),
        "enable_continuous_backup": rule.get("EnableContinuousBackup", False),
        "lifecycle": _life(rule.get("Lifecycle")),
        "copy_action": [{"destination_vault_arn": each.get("DestinationBackupVaultArn"),
                         "lifecycle": _life(each.get("Lifecycle"))} for each in rule.get("CopyActions", ())],
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}


def _life(value: dict[str, Any] | None) -> Value:
    if not value:
        return []
    return block(delete_after=value.get("DeleteAfterDays"), cold_storage_after=value.get("MoveToColdStorageAfterDays"))


def _plan(live: Live) -> Iterator[Resource]:
    rules = live.get("GetBackupPlan.Rules")
    told = {"id": live.get("BackupPlanId"), "arn": live.arn, "name": live.get("BackupPlanName"),
            "tags": tags(live.get("ListTags")),
            "rule": [_rule(each) for each in rules] if isinstance(rules, list) else rules}  # fmt: skip
    yield live.made("aws_backup_plan", told)


_OPERATORS = {"StringEquals": "string_equals", "StringLike": "string_like", "StringNotEquals": "string_not_equals",
              "StringNotLike": "string_not_like"}  # fmt: skip


def _selection(live: Live) -> Iterator[Resource]:
    chosen = live.get("GetBackupSelection")
    told: dict[str, Value] = {"id": live.get("SelectionId"), "plan_id": live.get("BackupPlanId"),
                              "name": live.get("SelectionName"), "iam_role_arn": live.get("IamRoleArn")}  # fmt: skip
    if isinstance(chosen, Unknown):
        told.update(resources=chosen, not_resources=chosen, selection_tag=chosen, condition=chosen)
    elif chosen:
        conditions = {
            _OPERATORS[name]: [{"key": each.get("ConditionKey"), "value": each.get("ConditionValue")} for each in held]
            for name, held in (chosen.get("Conditions") or {}).items() if name in _OPERATORS and held
        }  # fmt: skip
        told.update(
            resources=chosen.get("Resources", []), not_resources=chosen.get("NotResources", []),
            selection_tag=[{"type": "STRINGEQUALS", "key": each.get("ConditionKey"),
                            "value": each.get("ConditionValue")} for each in chosen.get("ListOfTags", ())],
            condition=[conditions] if conditions else [])  # fmt: skip
    yield live.made("aws_backup_selection", told)


def _vault(live: Live) -> Iterator[Resource | None]:
    name, about = live.get("BackupVaultName"), live.get("DescribeBackupVault", {})
    kind = live.get("VaultType") or live.get("DescribeBackupVault.VaultType")
    shared = {"id": name, "arn": live.arn, "name": name, "tags": tags(live.get("ListTags")),
              "min_retention_days": live.get("MinRetentionDays"), "max_retention_days": live.get("MaxRetentionDays")}  # fmt: skip
    key = live.key("EncryptionKeyArn")
    if kind == "LOGICALLY_AIR_GAPPED_BACKUP_VAULT":
        yield live.made("aws_backup_logically_air_gapped_vault", {**shared, "encryption_key_arn": key})
    else:
        yield live.made("aws_backup_vault", {**shared, "kms_key_arn": key})
        yield from _vault_lock(live, name, about)
    yield live.beside("aws_backup_vault_policy", "GetBackupVaultAccessPolicy",
                      lambda text: {"policy": text}, backup_vault_name=live.arn)  # fmt: skip


def _vault_lock(live: Live, name: Value, about: Value) -> Iterator[Resource]:
    """A lock with a date ends, or has ended, in compliance mode; one without can be removed."""
    locked = live.get("Locked")
    if locked is None and isinstance(about, dict):
        locked = about.get("Locked", False)
    if locked is not True:
        return
    date = live.get("LockDate") or live.get("DescribeBackupVault.LockDate")
    told = {"backup_vault_name": live.arn, "changeable_for_days": 3 if date else None,
            "min_retention_days": live.get("MinRetentionDays"),
            "max_retention_days": live.get("MaxRetentionDays")}  # fmt: skip
    yield live.fold("aws_backup_vault_lock_configuration", "lock", told)


def _region_settings(live: Live) -> Iterator[Resource]:
    told = {"resource_type_opt_in_preference": live.get("ResourceTypeOptInPreference", {}),
            "resource_type_management_preference": live.get("ResourceTypeManagementPreference", {})}  # fmt: skip
    yield live.made("aws_backup_region_settings", told)


def _lifecycle_policy(live: Live) -> Iterator[Resource]:
    policy = live.get("GetLifecyclePolicy")
    told: dict[str, Value] = {"id": live.get("PolicyId"), "arn": live.arn,
                              "description": live.get("Description"), "state": live.get("State"),
                              "tags": tags(live.get("Tags"))}  # fmt: skip
    told["policy_details"] = policy if isinstance(policy, Unknown) else [_details((policy or {}).get("PolicyDetails", {}))]
    yield live.made("aws_dlm_lifecycle_policy", told)


def _details(value: dict[str, Any]) -> dict[str, Value]:
    return {
        "policy_type": value.get("PolicyType", "EBS_SNAPSHOT_MANAGEMENT"),
        "policy_language": value.get("PolicyLanguage", "STANDARD"),
        "resource_types": value.get("ResourceTypes", []),
        "resource_type": value.get("ResourceType"),
        "target_tags": tags(value.get("TargetTags")),
        "retain_interval": value.get("RetainInterval"),
        "create_interval": value.get("CreateInterval"),
        "schedule": [_schedule(each) for each in value.get("Schedules", ())],
        "cross_region_copy_targets": [{"target_region": each.get("TargetRegion")}
                                      for each in value.get("CrossRegionCopyTargets", ())],
    }  # fmt: skip


def _schedule(value: dict[str, Any]) -> dict[str, Value]:
    made, kept = value.get("CreateRule", {}), value.get("RetainRule", {})
    return {
        "name": value.get("Name"),
        "create_rule": block(interval=made.get("Interval"), interval_unit=made.get("IntervalUnit"),
                             cron_expression=made.get("CronExpression")),
        "retain_rule": block(count=kept.get("Count"), interval=kept.get("Interval"),
                             interval_unit=kept.get("IntervalUnit")),
        "cross_region_copy_rule": [
            {"target": each.get("Target") or each.get("TargetRegion"),
             "retain_rule": block(interval=each.get("RetainRule", {}).get("Interval"),
                                  interval_unit=each.get("RetainRule", {}).get("IntervalUnit"))}
            for each in value.get("CrossRegionCopyRules", ())],
    }  # fmt: skip



SPELLINGS: Spellings = {
    "AWS::S3::Bucket": Spelling(("aws_s3_bucket", *(each[0] for each in _OF_BUCKET)), _bucket),
    "AWS::S3::AccountPublicAccessBlock": Spelling(("aws_s3_account_public_access_block",), _account_block),
    "AWS::EFS::FileSystem": Spelling(
        ("aws_efs_file_system", "aws_efs_backup_policy", "aws_efs_file_system_policy",
         "aws_efs_replication_configuration"), _efs),
    "AWS::EFS::MountTarget": Spelling(("aws_efs_mount_target",), _mount),
    "AWS::EFS::AccessPoint": Spelling(("aws_efs_access_point",), _access_point),
    "AWS::FSx::FileSystem": Spelling(tuple(f"aws_fsx_{each}_file_system" for each in _FSX.values()), _fsx),
    "AWS::KMS::Key": Spelling(
        ("aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key", "aws_kms_replica_external_key",
         "aws_kms_grant"), _key, {"ListGrants": "aws_kms_grant"}),
    "AWS::KMS::Alias": Spelling(("aws_kms_alias",), _alias),
    "AWS::SecretsManager::Secret": Spelling(
        ("aws_secretsmanager_secret", "aws_secretsmanager_secret_rotation", "aws_secretsmanager_secret_policy"),
        _secret),
    "AWS::SSM::Parameter": Spelling(("aws_ssm_parameter",), _parameter),
    "AWS::CertificateManager::Certificate": Spelling(("aws_acm_certificate",), _certificate),
    "AWS::Backup::BackupPlan": Spelling(("aws_backup_plan",), _plan),
    "AWS::Backup::BackupSelection": Spelling(("aws_backup_selection",), _selection),
    "AWS::Backup::BackupVault": Spelling(
        ("aws_backup_vault", "aws_backup_logically_air_gapped_vault", "aws_backup_vault_lock_configuration",
         "aws_backup_vault_policy"), _vault),
    "AWS::Backup::RegionSettings": Spelling(("aws_backup_region_settings",), _region_settings),
    "AWS::Backup::GlobalSettings": QUIET,
    "AWS::Backup::RecoveryPoint": QUIET,
    "AWS::Backup::CopyJob": QUIET,
    "AWS::Backup::RestoreJob": QUIET,
    "AWS::Backup::RestoreTestingPlan": QUIET,
    "AWS::Backup::RestoreTestingSelection": QUIET,
    "AWS::DLM::LifecyclePolicy": Spelling(("aws_dlm_lifecycle_policy",), _lifecycle_policy),
    "AWS::Rbin::Rule": QUIET,
}  # fmt: skip
