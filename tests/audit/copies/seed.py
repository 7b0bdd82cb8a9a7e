"""The account of main.tf, made with boto3, and what AWS Backup has done in it: points, copies, restores."""

from __future__ import annotations

import json
import os
import time
import urllib.request
from typing import Any

import boto3

ACCOUNT, PARTNER = "123456789012", "222222222222"
HERE, DR, FAR = "eu-west-1", "eu-central-1", "us-east-1"
HOUR, DAY = 3600.0, 86400.0
NOW = time.time()
PLANS = {
    "daily": (f"{DR}:{ACCOUNT}:backup-vault:dr",
              ["good", "stale", "failed", "partial", "never", "slow", "lostkey"]),
    "graced": (f"{DR}:{ACCOUNT}:backup-vault:graced", ["graced"]),
    "far": (f"{FAR}:{ACCOUNT}:backup-vault:far", ["denied"]),
    "partner": (f"{DR}:{PARTNER}:backup-vault:partner", ["abroad", "refused"]),
}  # fmt: skip


def client(service: str, region: str = HERE) -> Any:
    return boto3.client(service, region_name=region)


def put(what: str, items: list[Any], region: str = HERE, vault: str = "") -> None:
    """Tell the server what AWS would have made (backup_service.py)."""
    told = {"account": ACCOUNT, "region": region, "what": what, "vault": vault, "items": items}
    data = json.dumps(told).encode()
    request = urllib.request.Request(f"{os.environ['AWS_ENDPOINT_URL']}/layerproof/backup", data, method="POST")
    urllib.request.urlopen(request, timeout=30).close()


def table(name: str) -> str:
    return f"arn:aws:dynamodb:{HERE}:{ACCOUNT}:table/{name}"


def point(of: str, hours: float, region: str = HERE, vault: str = "main", status: str = "COMPLETED",
          key: str = "", type_: str = "DynamoDB", arn: str = "") -> None:  # fmt: skip
    """A recovery point; a copied one keeps the time of its source."""
    mark = f"{of.rpartition(':')[2]}-{vault}-{hours:g}".replace("/", "-")
    item = {
        "RecoveryPointArn": arn or f"arn:aws:backup:{region}:{ACCOUNT}:recovery-point:{mark}",
        "BackupVaultName": vault, "BackupVaultArn": f"arn:aws:backup:{region}:{ACCOUNT}:backup-vault:{vault}",
        "ResourceArn": of, "ResourceType": type_, "Status": status, "CreationDate": NOW - hours * HOUR,
        "Lifecycle": {"DeleteAfterDays": 35}, "IsEncrypted": True, "IsParent": False,
    }  # fmt: skip
    put("ListRecoveryPointsByBackupVault", [{**item, **({"EncryptionKeyArn": key} if key else {})}], region, vault)


def copied(of: str, vault_arn: str, hours: float, state: str = "COMPLETED", message: str = "") -> None:
    region, account = vault_arn.split(":")[:2]
    name = of.rpartition("/")[2]
    put("ListCopyJobs", [{
        "AccountId": ACCOUNT, "CopyJobId": f"copy-{name}-{hours:g}",
        "SourceBackupVaultArn": f"arn:aws:backup:{HERE}:{ACCOUNT}:backup-vault:main",
        "SourceRecoveryPointArn": f"arn:aws:backup:{HERE}:{ACCOUNT}:recovery-point:{name}",
        "DestinationBackupVaultArn": f"arn:aws:backup:{vault_arn}",
        "DestinationRecoveryPointArn": f"arn:aws:backup:{region}:{account}:recovery-point:{name}-copy",
        "DestinationRecoveryPointLifecycle": {"DeleteAfterDays": 35},
        "ResourceArn": of, "ResourceType": "DynamoDB", "State": state, "StatusMessage": message,
        "CreationDate": NOW - hours * HOUR, "CompletionDate": NOW - (hours - 1) * HOUR,
    }])  # fmt: skip


def restored(of: str, took: float, type_: str = "DynamoDB") -> None:
    """A restore that began ten days ago and took that many hours."""
    began = NOW - 10 * DAY
    put("ListRestoreJobs", [{
        "AccountId": ACCOUNT, "RestoreJobId": f"restore-{of.rpartition(':')[2]}".replace("/", "-"),
        "SourceResourceArn": of, "BackupVaultArn": f"arn:aws:backup:{HERE}:{ACCOUNT}:backup-vault:main",
        "ResourceType": type_, "Status": "COMPLETED", "CreationDate": began, "CompletionDate": began + took * HOUR,
    }])  # fmt: skip


def stores() -> str:
    dynamo = client("dynamodb")
    for name in ["past", *(each for _, names in PLANS.values() for each in names)]:
        dynamo.create_table(TableName=name, BillingMode="PAY_PER_REQUEST",
                            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])  # fmt: skip
    made = client("rds").create_db_instance(
        DBInstanceIdentifier="orders", Engine="postgres", DBInstanceClass="db.t3.small", AllocatedStorage=20,
        MasterUsername="root", MasterUserPassword="not-a-secret", BackupRetentionPeriod=7)  # fmt: skip
    return str(made["DBInstance"]["DBInstanceArn"])


def vaults() -> None:
    client("backup").create_backup_vault(BackupVaultName="main")
    for region, name in ((DR, "dr"), (DR, "graced"), (FAR, "far")):
        client("backup", region).create_backup_vault(BackupVaultName=name)
    for name in ("dr", "graced"):
        client("backup", DR).put_backup_vault_lock_configuration(BackupVaultName=name, ChangeableForDays=3)
    put("LockDate", [time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(NOW - 100 * DAY))], DR, "dr")


def plans(database: str) -> None:
    backup = client("backup")
    for name, (vault, tables) in PLANS.items():
        rule = {
            "RuleName": "daily", "TargetBackupVaultName": "main", "ScheduleExpression": "cron(0 5 * * ? *)",
            "Lifecycle": {"DeleteAfterDays": 35},
            "CopyActions": [{"DestinationBackupVaultArn": f"arn:aws:backup:{vault}",
                             "Lifecycle": {"DeleteAfterDays": 35}}],
        }  # fmt: skip
        made = backup.create_backup_plan(BackupPlan={"BackupPlanName": name, "Rules": [rule]})
        named = [*map(table, tables), *([database] if name == "daily" else [])]
        role = f"arn:aws:iam::{ACCOUNT}:role/backup"
        chosen = {"SelectionName": name, "IamRoleArn": role, "Resources": named}
        backup.create_backup_selection(BackupPlanId=made["BackupPlanId"], BackupSelection=chosen)


def done(database: str) -> None:
    """What became of it."""
    for name in ("good", "stale", "failed", "partial", "slow", "lostkey", "graced", "denied", "abroad", "refused"):
        point(table(name), 5)
    for name, vault in (("good", "dr"), ("slow", "dr"), ("graced", "graced")):
        point(table(name), 5, DR, vault)
        copied(table(name), f"{DR}:{ACCOUNT}:backup-vault:{vault}", 4)
    point(table("stale"), 200, DR, "dr")
    for hours in (4, 28):
        copied(table("failed"), PLANS["daily"][0], hours, "FAILED", "the key of the vault cannot be used")
        copied(table("refused"), PLANS["partner"][0], hours, "FAILED", "access denied by the vault's policy")
    point(table("partial"), 5, DR, "dr", status="PARTIAL")
    copied(table("abroad"), PLANS["partner"][0], 4)
    keys = client("kms", DR)
    key = keys.create_key(Description="gone soon")["KeyMetadata"]
    keys.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=30)
    point(table("lostkey"), 5, DR, "dr", key=key["Arn"])
    point(table("past"), 24 * 300)
    native = f"arn:aws:rds:{{}}:{ACCOUNT}:snapshot:awsbackup:job-1"
    point(database, 5, type_="RDS", arn=native.format(HERE))
    point(database, 5, DR, "dr", type_="RDS", arn=native.format(DR))
    put("ListRestoreTestingPlans", [{
        "RestoreTestingPlanArn": f"arn:aws:backup:{HERE}:{ACCOUNT}:restore-testing-plan:monthly",
        "RestoreTestingPlanName": "monthly", "ScheduleExpression": "cron(0 12 1 * ? *)",
        "CreationTime": NOW, "ScheduleExpressionTimezone": "Etc/UTC"}])  # fmt: skip
    put("ListRestoreTestingSelections", [{
        "RestoreTestingPlanName": "monthly", "RestoreTestingSelectionName": "graced", "CreationTime": NOW,
        "IamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/backup", "ProtectedResourceType": "DynamoDB",
        "ProtectedResourceArns": [table("graced")]}])  # fmt: skip
    restored(table("good"), 2)
    restored(table("slow"), 30)


def seed() -> None:
    database = stores()
    vaults()
    plans(database)
    done(database)


if __name__ == "__main__":
    seed()
