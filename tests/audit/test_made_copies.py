"""Copies that somebody made in a live account, and what keeps them: which letters of 3-2-1 they change.

Members are held to botocore's models. Sources: EC2 API reference, LockedSnapshotsInfo (states) and Snapshot
(StorageTier); AWS Backup Developer Guide, "Legal holds"; RDS User Guide, "Replicating automated backups to another
AWS Region"; ElastiCache API reference, Snapshot; Redshift Management Guide, "Copying backups to another AWS
Region" (recovery points are kept for a day, copied ones too); DocumentDB Developer Guide, elastic clusters.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scanner.sources.aws.unit import Collected, Item, Operation
from tests.audit.made import ACCOUNT, REGION, read, snapshot, volume
from tests.audit.test_spelled import shaped
from tests.cli.running import run

ELSEWHERE = "eu-central-1"
STARTED = "2025-12-31T12:00:00Z"  # half a day before these snapshots of the account are read


def item(service: str, shape: str, type_: str, arn: str, region: str = REGION, **told: Any) -> Item:
    """An answer, each of whose fields the service knows; details (capitalized operations) are not held."""
    given = {name: value for name, value in told.items() if not name.startswith("Get")}
    shaped(service, shape, given)
    return Item(type_, arn, ACCOUNT, region, told)


def asset(tmp_path: Path, *units: Collected) -> dict[str, Any]:
    """The one store that the answers show, with its letters; no plans, where nothing else was answered."""
    asked = {each.unit.service for each in units}
    plans = [read(each) for each in ("backup", "dlm") if each not in asked]
    done = run("ask", "copies", "--in", str(snapshot(tmp_path / "s.jsonl.gz", *units, *plans)), "--format",
               "json")  # fmt: skip
    assert done.code in (0, 1, 3), done.err
    (found,) = done.json["assets"]
    return dict(found)


def stores(found: dict[str, Any]) -> list[str]:
    """Where the copies lie that count, the data itself apart."""
    return [each["location"]["store"] for each in found["observations"][1:] if each["counts"] is True]


def disk(name: str = "snap-1", **told: Any) -> Item:
    arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}:snapshot/{name}"
    given = {"SnapshotId": name, "VolumeId": "vol-1", "Encrypted": True, "State": "completed",
             "StartTime": STARTED, "StorageTier": "standard", **told}  # fmt: skip
    return item("ec2", "Snapshot", "AWS::EC2::Snapshot", arn, **given)


def lock(state: str) -> Item:
    arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}:snapshot/snap-1/lock"
    told = {"SnapshotId": "snap-1", "OwnerId": ACCOUNT, "LockState": state}
    return item("ec2", "LockedSnapshotsInfo", "AWS::EC2::SnapshotLock", arn, **told)


@pytest.mark.parametrize(
    ("state", "immutable"),
    [("compliance", "pass"), ("governance", "fail"), ("compliance-cooloff", "fail"), ("expired", "fail"),
     (None, "fail")],
)  # fmt: skip
def test_locked_snapshots_are_immutable_in_compliance_mode_alone(tmp_path, state, immutable) -> None:
    found = asset(tmp_path, read("ec2", volume("vol-1"), disk(), *([lock(state)] if state else [])))
    assert found["verdict"]["immutable"] == immutable


def test_locks_that_may_not_be_listed_are_unknown(tmp_path) -> None:
    denied = Operation("DescribeLockedSnapshots", "ec2:DescribeLockedSnapshots", ("AWS::EC2::SnapshotLock",),
                       "denied", "not authorized", 1, 0)  # fmt: skip
    unit = read("ec2", volume("vol-1"), disk())
    found = asset(tmp_path, replace(unit, operations=[*unit.operations, denied]))
    assert found["verdict"]["immutable"] == "unknown"
    assert found["verdict"]["fresh"] != "unknown"  # the snapshots themselves were listed


def test_archived_snapshots_are_another_medium(tmp_path) -> None:
    found = asset(tmp_path, read("ec2", volume("vol-1"), disk(StorageTier="archive")))
    assert [each["medium"] for each in found["observations"]] == ["live-block", "archive"]


def database(family: str, name: str, **told: Any) -> Item:
    arn = f"arn:aws:rds:{REGION}:{ACCOUNT}:{family}:{name}"
    if family == "db":
        given = {"DBInstanceIdentifier": name, "DbiResourceId": "db-1", "Engine": "postgres", **told}
        return item("rds", "DBInstance", "AWS::RDS::DBInstance", arn, **given)
    given = {"DBClusterIdentifier": name, "DbClusterResourceId": "cluster-1", **told}
    return item("rds", "DBCluster", "AWS::RDS::DBCluster", arn, **given)


def test_a_snapshot_lies_where_automatic_backups_do(tmp_path) -> None:
    """EBS, RDS and their like keep all snapshots of one source in one store (facts 1.2): no third copy."""
    arn = f"arn:aws:rds:{REGION}:{ACCOUNT}:snapshot:by-hand"
    made = item("rds", "DBSnapshot", "AWS::RDS::DBSnapshot", arn, DBSnapshotIdentifier="by-hand",
                DBInstanceIdentifier="orders", SnapshotType="manual", Encrypted=True)  # fmt: skip
    found = asset(tmp_path, read("rds", database("db", "orders", BackupRetentionPeriod=7), made))
    assert set(stores(found)) == {"native:rds"}
    assert found["verdict"]["copies"] == "fail"


@pytest.mark.parametrize(("status", "offsite"), [("active", "pass"), ("retained", "fail")])
def test_backups_of_clusters_in_another_region(tmp_path, status, offsite) -> None:
    cluster = database("cluster", "orders", Engine="postgres", BackupRetentionPeriod=7,
                       DBClusterInstanceClass="db.r6gd.large")  # fmt: skip
    name = f"arn:aws:rds:{ELSEWHERE}:{ACCOUNT}:cluster-auto-backup:ab-1"
    there = item("rds", "DBClusterAutomatedBackup", "AWS::RDS::DBClusterAutomatedBackup", name, ELSEWHERE,
                 DBClusterAutomatedBackupsArn=name, DBClusterArn=cluster.id, Status=status, Region=REGION,
                 DBClusterIdentifier="orders", BackupRetentionPeriod=14)  # fmt: skip
    found = asset(tmp_path, read("rds", cluster), read("rds", there, region=ELSEWHERE))
    assert found["verdict"]["offsite"] == offsite
    assert [each["location"]["region"] for each in found["observations"] if "kept 14 days" in each["why"]] == (
        [ELSEWHERE] if offsite == "pass" else []
    )


# legal holds


def point(name: str) -> Item:
    arn = f"arn:aws:ec2:{REGION}::snapshot/{name}"
    vault = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:main"
    return item("backup", "RecoveryPointByBackupVault", "AWS::Backup::RecoveryPoint", arn, RecoveryPointArn=arn,
                BackupVaultName="main", BackupVaultArn=vault, Status="COMPLETED", ResourceType="EBS",
                CreationDate=STARTED, ResourceArn=volume("vol-1").id)  # fmt: skip


def hold(name: str) -> Item:
    arn = f"arn:aws:ec2:{REGION}::snapshot/{name}"
    told = {"RecoveryPointArn": arn, "ResourceArn": volume("vol-1").id, "ResourceType": "EBS",
            "BackupVaultName": "main"}  # fmt: skip
    name = f"arn:aws:backup:{REGION}:{ACCOUNT}:legal-hold:h-1/{arn}"
    return item("backup", "RecoveryPointMember", "AWS::Backup::HeldRecoveryPoint", name, **told)


@pytest.mark.parametrize(("held", "immutable"), [("snap-1", "pass"), ("snap-2", "fail"), (None, "fail")])
def test_points_under_a_legal_hold_cannot_be_deleted(tmp_path, held, immutable) -> None:
    items = [point("snap-1"), *([hold(held)] if held else [])]
    found = asset(tmp_path, read("ec2", volume("vol-1")), read("backup", *items))
    assert found["verdict"]["immutable"] == immutable


def test_holds_that_may_not_be_listed_are_unknown(tmp_path) -> None:
    unit = read("backup", point("snap-1"))
    denied = Operation("ListLegalHolds", "backup:ListLegalHolds", ("AWS::Backup::HeldRecoveryPoint",), "denied",
                       "not authorized", 1, 0)  # fmt: skip
    found = asset(tmp_path, read("ec2", volume("vol-1")), replace(unit, operations=[*unit.operations, denied]))
    assert found["verdict"]["immutable"] == "unknown"


# caches, warehouses, documents


def nodes(tmp_path: Path, *units: Collected) -> dict[str, Any]:
    done = run("graph", str(snapshot(tmp_path / "s.jsonl.gz", *units)), "--format", "json")
    assert done.code == 0, done.err
    return dict(done.json)


def test_snapshots_of_caches(tmp_path) -> None:
    lead = f"arn:aws:elasticache:{REGION}:{ACCOUNT}"
    group = item("elasticache", "ReplicationGroup", "AWS::ElastiCache::ReplicationGroup",
                 f"{lead}:replicationgroup:sessions", ReplicationGroupId="sessions")  # fmt: skip
    made = [
        item("elasticache", "Snapshot", "AWS::ElastiCache::Snapshot", f"{lead}:snapshot:{name}",
             SnapshotName=name, ReplicationGroupId="sessions", SnapshotStatus=status, SnapshotSource=source)
        for name, status, source in (("kept", "available", "manual"), ("begun", "creating", "manual"),
                                     ("daily", "available", "automated"))
    ]  # fmt: skip
    shown = nodes(tmp_path, read("elasticache", group, *made))
    (found,) = shown["kinds"]["snapshot"]
    assert found["id"].endswith(":snapshot:kept")
    assert [each.rpartition(":")[2] for each in shown["relations"]["snapshot_of"][found["id"]]] == ["sessions"]


def test_snapshots_of_serverless_caches(tmp_path) -> None:
    lead = f"arn:aws:elasticache:{REGION}:{ACCOUNT}"
    cache = item("elasticache", "ServerlessCache", "AWS::ElastiCache::ServerlessCache",
                 f"{lead}:serverlesscache:carts", ServerlessCacheName="carts", Engine="valkey")  # fmt: skip
    made = [
        item("elasticache", "ServerlessCacheSnapshot", "AWS::ElastiCache::ServerlessCacheSnapshot",
             f"{lead}:serverlesscachesnapshot:{name}", ServerlessCacheSnapshotName=name, Status="available",
             ServerlessCacheConfiguration={"ServerlessCacheName": "carts"}, **more)
        for name, more in (("kept", {}), ("daily", {"ExpiryTime": "2026-01-02T00:00:00Z"}))
    ]  # fmt: skip
    shown = nodes(tmp_path, read("elasticache", cache, *made))
    (found,) = shown["kinds"]["snapshot"]
    assert (found["id"].endswith(":kept"), found["encrypted"]) == (True, True)
    assert shown["relations"]["snapshot_of"][found["id"]][0].endswith(":carts")


def test_copies_of_serverless_warehouses(tmp_path) -> None:
    lead = f"arn:aws:redshift-serverless:{REGION}:{ACCOUNT}"
    space = item("redshift-serverless", "Namespace", "AWS::RedshiftServerless::Namespace", f"{lead}:namespace/n-1",
                 namespaceName="facts", namespaceId="n-1", kmsKeyId="AWS_OWNED_KMS_KEY")  # fmt: skip
    kept = item("redshift-serverless", "Snapshot", "AWS::RedshiftServerless::Snapshot", f"{lead}:snapshot/s-1",
                snapshotName="monthly", namespaceName="facts", namespaceArn=space.id, status="AVAILABLE",
                snapshotRetentionPeriod=30)  # fmt: skip
    told = {"namespaceName": "facts", "destinationRegion": ELSEWHERE, "snapshotRetentionPeriod": -1}
    shaped("redshift-serverless", "SnapshotCopyConfiguration", told)
    copies = Item("AWS::RedshiftServerless::SnapshotCopyConfiguration", f"{lead}:copy/c-1", ACCOUNT, REGION, told,
                  space.id)  # fmt: skip
    found = asset(tmp_path, read("redshift-serverless", space, kept, copies))
    assert set(stores(found)) == {"native:redshift-serverless"}
    assert found["verdict"]["offsite"] == "pass"
    kept = {(each["location"]["region"], each["why"].rpartition("kept ")[2]) for each in found["observations"][1:]}
    assert kept == {(REGION, "1 days"), (REGION, "30 days"), (ELSEWHERE, "1 days")}


def test_elastic_clusters_of_documents(tmp_path) -> None:
    arn = f"arn:aws:docdb-elastic:{REGION}:{ACCOUNT}:cluster/c-1"
    about = shaped("docdb-elastic", "Cluster", {"clusterArn": arn, "clusterName": "events", "status": "ACTIVE",
                                                "backupRetentionPeriod": 7, "subnetIds": []})  # fmt: skip
    cluster = item("docdb-elastic", "ClusterInList", "AWS::DocDBElastic::Cluster", arn, clusterArn=arn,
                   clusterName="events", status="ACTIVE", GetCluster=about)  # fmt: skip
    copy = f"arn:aws:docdb-elastic:{REGION}:{ACCOUNT}:cluster-snapshot/s-1"
    made = item("docdb-elastic", "ClusterSnapshotInList", "AWS::DocDBElastic::ClusterSnapshot", copy,
                snapshotArn=copy, snapshotName="before", clusterArn=arn, status="ACTIVE")  # fmt: skip
    found = asset(tmp_path, read("docdb-elastic", cluster, made))
    assert set(stores(found)) == {"native:docdb-elastic"}
    assert found["verdict"]["copies"] == "fail"  # one place beside the data
    assert json.dumps(found).count("taken once") >= 1


def test_what_an_earlier_version_did_not_ask_for_is_unknown(tmp_path) -> None:
    """A unit that lists volumes and snapshots, as collectors write it, and nothing of locks."""
    listed = [Operation(name, f"ec2:{name}", (type_,), calls=1, items=1) for name, type_ in (
        ("DescribeVolumes", "AWS::EC2::Volume"), ("DescribeSnapshots", "AWS::EC2::Snapshot"))]  # fmt: skip
    unit = read("ec2", volume("vol-1"), disk())
    assert asset(tmp_path, replace(unit, operations=listed))["verdict"]["immutable"] == "unknown"
    asked = Operation("DescribeLockedSnapshots", "ec2:DescribeLockedSnapshots", ("AWS::EC2::SnapshotLock",))
    assert asset(tmp_path, replace(unit, operations=[*listed, asked]))["verdict"]["immutable"] == "fail"
