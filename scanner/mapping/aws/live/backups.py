"""Backup plans, what they select, vaults and lifecycle policies, spelled as Terraform's state would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from scanner.mapping.aws.live.spelling import QUIET, Live, Spelling, Spellings, block, either, equal, tags
from scanner.model.resource import Resource
from scanner.model.value import Unknown, Value


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
    return block(
        delete_after=value.get("DeleteAfterDays"), cold_storage_after=value.get("MoveToColdStorageAfterDays")
    )


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
    told: dict[str, Value] = {
        "id": live.get("SelectionId"),
        "plan_id": live.get("BackupPlanId"),
        "name": live.get("SelectionName"),
        "iam_role_arn": live.get("IamRoleArn"),
    }
    if isinstance(chosen, Unknown):
        told.update(resources=chosen, not_resources=chosen, selection_tag=chosen, condition=chosen)
    elif chosen:
        conditions = {
            _OPERATORS[name]: [
                {"key": each.get("ConditionKey"), "value": each.get("ConditionValue")} for each in held
            ]
            for name, held in (chosen.get("Conditions") or {}).items()
            if name in _OPERATORS and held
        }
        told.update(
            resources=chosen.get("Resources", []), not_resources=chosen.get("NotResources", []),
            selection_tag=[{"type": "STRINGEQUALS", "key": each.get("ConditionKey"),
                            "value": each.get("ConditionValue")} for each in chosen.get("ListOfTags", ())],
            condition=[conditions] if conditions else [])  # fmt: skip
    yield live.made("aws_backup_selection", told)


def _vault(live: Live) -> Iterator[Resource | None]:
    name = live.get("BackupVaultName")
    kind = live.get("VaultType", live.get("DescribeBackupVault.VaultType"))
    shared = {
        "id": name,
        "arn": live.arn,
        "name": name,
        "tags": tags(live.get("ListTags")),
        "min_retention_days": live.get("MinRetentionDays"),
        "max_retention_days": live.get("MaxRetentionDays"),
    }
    key = live.key("EncryptionKeyArn")
    if equal(kind, "LOGICALLY_AIR_GAPPED_BACKUP_VAULT") is True:
        yield live.made("aws_backup_logically_air_gapped_vault", {**shared, "encryption_key_arn": key})
    else:
        yield live.made("aws_backup_vault", {**shared, "kms_key_arn": key})
        yield from _vault_lock(live)
    yield live.beside("aws_backup_vault_policy", "GetBackupVaultAccessPolicy",
                      lambda text: {"policy": text}, backup_vault_name=live.arn)  # fmt: skip


def _vault_lock(live: Live) -> Iterator[Resource]:
    """A lock with a date ends, or has ended, in compliance mode; one without can be removed."""
    locked = live.get("Locked", live.get("DescribeBackupVault.Locked"))
    if not isinstance(locked, Unknown) and not locked:
        return
    date = live.get("LockDate", live.get("DescribeBackupVault.LockDate"))
    told = {"backup_vault_name": live.arn, "changeable_for_days": either(date, 3), "lock_date": date,
            "min_retention_days": live.get("MinRetentionDays"),
            "max_retention_days": live.get("MaxRetentionDays")}  # fmt: skip
    lock = live.fold("aws_backup_vault_lock_configuration", "lock", told)
    yield replace(lock, presence=locked) if isinstance(locked, Unknown) else lock


def _point(live: Live) -> Iterator[Resource]:
    """No type of Terraform's: what analysis/copies holds planned copies against."""
    yield live.made("aws_backup_recovery_point", {
        "resource_arn": live.get("ResourceArn"), "point_arn": live.get("RecoveryPointArn"),
        "vault_arn": live.get("BackupVaultArn"), "resource_type": live.get("ResourceType"),
        "state": live.get("Status"), "created": live.get("CreationDate"),
        "keep_days": live.get("Lifecycle.DeleteAfterDays"), "message": live.get("StatusMessage"),
        "key_arn": live.key("EncryptionKeyArn")})  # fmt: skip


def _copy_job(live: Live) -> Iterator[Resource]:
    yield live.made("aws_backup_copy_job", {
        "resource_arn": live.get("ResourceArn"), "point_arn": live.get("DestinationRecoveryPointArn"),
        "vault_arn": live.get("DestinationBackupVaultArn"), "resource_type": live.get("ResourceType"),
        "state": live.get("State"), "created": live.get("CreationDate"),
        "keep_days": live.get("DestinationRecoveryPointLifecycle.DeleteAfterDays"),
        "message": live.get("StatusMessage")})  # fmt: skip


def _restore_job(live: Live) -> Iterator[Resource]:
    """One whose validation failed has not come to a good end."""
    failed = live.get("ValidationStatus") == "FAILED"
    yield live.made("aws_backup_restore_job", {
        "resource_arn": live.get("SourceResourceArn"), "vault_arn": live.get("BackupVaultArn"),
        "resource_type": live.get("ResourceType"), "state": "FAILED" if failed else live.get("Status"),
        "created": live.get("CreationDate"), "completed": live.get("CompletionDate"),
        "message": live.get("ValidationStatusMessage" if failed else "StatusMessage")})  # fmt: skip


def _region_settings(live: Live) -> Iterator[Resource]:
    told = {"resource_type_opt_in_preference": live.get("ResourceTypeOptInPreference", {}),
            "resource_type_management_preference": live.get("ResourceTypeManagementPreference", {})}  # fmt: skip
    yield live.made("aws_backup_region_settings", told)


def _global_settings(live: Live) -> Iterator[Resource]:
    yield live.made("aws_backup_global_settings", {"global_settings": live.get("GlobalSettings", {})})


def _restore_test(live: Live) -> Iterator[Resource]:
    name = live.get("RestoreTestingPlanName")
    yield live.made(
        "aws_backup_restore_testing_plan",
        {"id": name, "name": name, "arn": live.arn, "schedule_expression": live.get("ScheduleExpression")},
    )


def _restore_tested(live: Live) -> Iterator[Resource]:
    """The listing tells the type, one more call what of that type is restored."""
    chosen = live.get("GetRestoreTestingSelection", {})
    asked = live.get("GetRestoreTestingSelection.ProtectedResourceConditions", {})
    told: dict[str, Value] = {
        "name": live.get("RestoreTestingSelectionName"),
        "restore_testing_plan_name": live.get("RestoreTestingPlanName"),
        "protected_resource_type": live.get("ProtectedResourceType"),
        "iam_role_arn": live.get("IamRoleArn"),
        "protected_resource_arns": live.get("GetRestoreTestingSelection.ProtectedResourceArns", []),
        "protected_resource_conditions": asked if isinstance(asked, Unknown) else [
            {_OPERATORS[name]: [{"key": each.get("Key"), "value": each.get("Value")} for each in held or ()]
             for name, held in asked.items() if name in _OPERATORS}],
    }  # fmt: skip
    if isinstance(chosen, Unknown):
        told.update(protected_resource_arns=chosen, protected_resource_conditions=chosen)
    yield live.made("aws_backup_restore_testing_selection", told)


def _lifecycle_policy(live: Live) -> Iterator[Resource]:
    policy = live.get("GetLifecyclePolicy")
    told: dict[str, Value] = {"id": live.get("PolicyId"), "arn": live.arn,
                              "description": live.get("Description"), "state": live.get("State"),
                              "tags": tags(live.get("Tags"))}  # fmt: skip
    told["policy_details"] = (
        policy if isinstance(policy, Unknown) else [_details((policy or {}).get("PolicyDetails", {}))]
    )
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
    "AWS::Backup::BackupPlan": Spelling(("aws_backup_plan",), _plan),
    "AWS::Backup::BackupSelection": Spelling(("aws_backup_selection",), _selection),
    "AWS::Backup::BackupVault": Spelling(
        ("aws_backup_vault", "aws_backup_logically_air_gapped_vault", "aws_backup_vault_lock_configuration",
         "aws_backup_vault_policy"), _vault),
    "AWS::Backup::RegionSettings": Spelling(("aws_backup_region_settings",), _region_settings),
    "AWS::Backup::GlobalSettings": Spelling(("aws_backup_global_settings",), _global_settings),
    "AWS::Backup::RecoveryPoint": Spelling(("aws_backup_recovery_point",), _point),
    "AWS::Backup::CopyJob": Spelling(("aws_backup_copy_job",), _copy_job),
    "AWS::Backup::RestoreJob": Spelling(("aws_backup_restore_job",), _restore_job),
    "AWS::Backup::RestoreTestingPlan": Spelling(("aws_backup_restore_testing_plan",), _restore_test),
    "AWS::Backup::RestoreTestingSelection": Spelling(("aws_backup_restore_testing_selection",), _restore_tested),
    "AWS::DLM::LifecyclePolicy": Spelling(("aws_dlm_lifecycle_policy",), _lifecycle_policy),
    "AWS::Rbin::Rule": QUIET,
}  # fmt: skip
