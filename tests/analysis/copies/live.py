"""Snapshots of an account, written by hand and held to the shapes that botocore has for the answers.

The account 111122223333 keeps one table, orders, in eu-central-1 (HERE), and a vault in each of two Regions; it
was read at noon on 2026-06-15.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from botocore.session import Session
from botocore.validate import ParamValidator

ACCOUNT, HERE, THERE = "111122223333", "eu-central-1", "eu-west-1"
READ = datetime(2026, 6, 15, 12, tzinfo=UTC)
TABLE = f"arn:aws:dynamodb:{HERE}:{ACCOUNT}:table/orders"
Item = dict[str, Any]


@cache
def _shape(service: str, operation: str) -> Any:
    """What an operation answers: of a listing one item, of a description the thing it describes."""
    output = Session().get_service_model(service).operation_model(operation).output_shape
    members = list(output.members.values())
    lists = [each.member for each in members if each.type_name == "list"]
    if operation.startswith(("List", "DescribeKey", "DescribeTable", "GetBackup", "DescribeContinuous")):
        return lists[0] if operation.startswith("List") else _thing(output)
    return output


def _thing(output: Any) -> Any:
    names = ("KeyMetadata", "Table", "BackupPlan", "BackupSelection", "ContinuousBackupsDescription")
    return next(output.members[name] for name in names if name in output.members)


def _held(service: str, operation: str, answer: Any) -> Any:
    """The answer itself. Raises ValueError where botocore knows it otherwise."""
    report = ParamValidator().validate(answer, _shape(service, operation))
    if report.has_errors():
        raise ValueError(f"{operation}: {report.generate_report()}")
    return answer


def _item(type_: str, name: str, region: str, attributes: Item, under: str = "") -> Item:
    return {"type": type_, "id": name, "account": ACCOUNT, "region": region, "attributes": attributes,
            "under": under, "unread": {}}  # fmt: skip


def ago(hours: float) -> str:
    return (READ - timedelta(hours=hours)).isoformat().replace("+00:00", "Z")


def table() -> Item:
    told = {"TableName": "orders", "TableArn": TABLE, "TableStatus": "ACTIVE"}
    continuous = {"ContinuousBackupsStatus": "ENABLED",
                  "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"}}  # fmt: skip
    return _item("AWS::DynamoDB::Table", TABLE, HERE, {
        "TableName": "orders", "DescribeTable": _held("dynamodb", "DescribeTable", told),
        "DescribeContinuousBackups": _held("dynamodb", "DescribeContinuousBackups", continuous),
        "ListTagsOfResource": [], "GetResourcePolicy": None})  # fmt: skip


def vault_arn(region: str) -> str:
    return f"arn:aws:backup:{region}:{ACCOUNT}:backup-vault:v"


def vault(region: str, **more: Any) -> Item:
    told = _held("backup", "ListBackupVaults",
                 {"BackupVaultName": "v", "BackupVaultArn": vault_arn(region), **more})  # fmt: skip
    return _item("AWS::Backup::BackupVault", vault_arn(region), region,
                 {**told, "GetBackupVaultAccessPolicy": None, "ListTags": {}})  # fmt: skip


def plan(*, copied: bool = True) -> list[Item]:
    """A daily plan that selects the table and copies to the other Region."""
    name = f"arn:aws:backup:{HERE}:{ACCOUNT}:backup-plan:p"
    copies = [{"DestinationBackupVaultArn": vault_arn(THERE), "Lifecycle": {"DeleteAfterDays": 35}}]
    rule = {"RuleName": "daily", "TargetBackupVaultName": "v", "ScheduleExpression": "cron(0 5 * * ? *)",
            "Lifecycle": {"DeleteAfterDays": 35}, "CopyActions": copies if copied else []}  # fmt: skip
    told = _held("backup", "ListBackupPlans",
                 {"BackupPlanArn": name, "BackupPlanId": "p", "BackupPlanName": "p"})  # fmt: skip
    inside = _held("backup", "GetBackupPlan", {"BackupPlanName": "p", "Rules": [rule]})
    role = f"arn:aws:iam::{ACCOUNT}:role/b"
    chosen = _held("backup", "GetBackupSelection",
                   {"SelectionName": "s", "IamRoleArn": role, "Resources": [TABLE]})  # fmt: skip
    listed = _held("backup", "ListBackupSelections",
                   {"SelectionId": "s", "SelectionName": "s", "BackupPlanId": "p"})  # fmt: skip
    return [
        _item("AWS::Backup::BackupPlan", name, HERE, {**told, "GetBackupPlan": inside, "ListTags": {}}),
        _item("AWS::Backup::BackupSelection", f"{name}/selection/s", HERE,
              {**listed, "GetBackupSelection": chosen}, name),
    ]  # fmt: skip


def point(hours: float, region: str = HERE, state: str = "COMPLETED", **more: Any) -> Item:
    name = f"arn:aws:backup:{region}:{ACCOUNT}:recovery-point:{hours:g}"
    told = _held("backup", "ListRecoveryPointsByBackupVault", {
        "RecoveryPointArn": name, "BackupVaultName": "v", "BackupVaultArn": vault_arn(region),
        "ResourceArn": TABLE, "ResourceType": "DynamoDB", "Status": state, "CreationDate": ago(hours),
        "Lifecycle": {"DeleteAfterDays": 35}, **more})  # fmt: skip
    return _item("AWS::Backup::RecoveryPoint", name, region, told, vault_arn(region))


def copy_job(state: str, message: str = "", hours: float = 4) -> Item:
    told = _held("backup", "ListCopyJobs", {
        "CopyJobId": f"{hours:g}", "ResourceArn": TABLE, "ResourceType": "DynamoDB", "State": state,
        "DestinationBackupVaultArn": vault_arn(THERE), "CreationDate": ago(hours), "StatusMessage": message,
        "DestinationRecoveryPointArn": f"arn:aws:backup:{THERE}:{ACCOUNT}:recovery-point:c",
        "DestinationRecoveryPointLifecycle": {"DeleteAfterDays": 35}})  # fmt: skip
    return _item("AWS::Backup::CopyJob", f"job{hours:g}", HERE, told)


def key(state: str, region: str = THERE) -> Item:
    name = f"arn:aws:kms:{region}:{ACCOUNT}:key/k"
    told = {"KeyId": "k", "Arn": name, "KeyManager": "CUSTOMER", "KeyState": state, "KeySpec": "SYMMETRIC_DEFAULT",
            "Origin": "AWS_KMS", "Enabled": state == "Enabled"}  # fmt: skip
    return _item("AWS::KMS::Key", name, region, {
        **_held("kms", "ListKeys", {"KeyId": "k", "KeyArn": name}),
        "DescribeKey": _held("kms", "DescribeKey", told), "ListGrants": [], "ListResourceTags": []})  # fmt: skip


def settings(region: str = HERE) -> Item:
    return _item("AWS::Backup::RegionSettings", f"arn:aws:backup:{region}:{ACCOUNT}:setting/region", region,
                 _held("backup", "DescribeRegionSettings", {
                     "ResourceTypeOptInPreference": {"DynamoDB": True},
                     "ResourceTypeManagementPreference": {"DynamoDB": True}}))  # fmt: skip


def snapshot(*items: Item, unread: tuple[tuple[str, str, str], ...] = ()) -> dict[str, str]:
    """A snapshot's file. `unread`: (region, operation, the type that it lists) that were denied."""
    lines: list[Any] = [{"layerproof_snapshot": 1, "kind": "aws", "collected": ago(0), "tool": "test"}]
    lines += [{"item": each} for each in (table(), settings(), vault(HERE), *items)]
    for region in (HERE, THERE):
        bad = [{"name": name, "action": f"backup:{name}", "types": [type_], "status": "denied", "reason": "no"}
               for where, name, type_ in unread if where == region]  # fmt: skip
        lines.append({"unit": {"account": ACCOUNT, "region": region, "service": "backup",
                               "status": "denied" if bad else "ok", "operations": bad}})  # fmt: skip
    lines.append({"end": {"units": 2, "items": len(lines)}})
    return {"account.jsonl": "\n".join(json.dumps(each) for each in lines)}


def database(hours: float | None) -> Item:
    """A database that can be restored to a moment so many hours ago; None: to none yet."""
    name = f"arn:aws:rds:{HERE}:{ACCOUNT}:db:x"
    told: Item = {
        "DBInstanceIdentifier": "x", "DBInstanceArn": name, "Engine": "postgres", "BackupRetentionPeriod": 35,
        "StorageEncrypted": True, "DbiResourceId": "db-X",
    }  # fmt: skip
    if hours is not None:
        told["LatestRestorableTime"] = ago(hours)
    listed = _held("rds", "DescribeDBInstances", {"DBInstances": [told]})
    return _item("AWS::RDS::DBInstance", name, HERE, listed["DBInstances"][0])
