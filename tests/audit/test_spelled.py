"""Answers of services as nodes: what was made by hand counts, what a service makes by itself is told elsewhere.

Members are held to botocore's models. Sources: IAM API reference, GetAccountSummary (AccountPasswordPresent) and
ListOrganizationsFeatures; FSx API reference, Backup (Type); Redshift API reference, Snapshot (Status).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.sources.aws.unit import Item
from tests.audit.made import ACCOUNT, REGION, read, snapshot
from tests.cli.running import run


def shaped(service: str, shape: str, given: dict[str, Any]) -> dict[str, Any]:
    session = pytest.importorskip("botocore.session").get_session()
    assert not given.keys() - session.get_service_model(service).shape_for(shape).members.keys()
    return given


def nodes(tmp_path: Path, service: str, *items: Item) -> dict[str, list[dict[str, Any]]]:
    live = snapshot(tmp_path / "s.jsonl.gz", read(service, *items))
    done = run("graph", str(live), "--format", "json")
    assert done.code == 0, done.err
    kinds: dict[str, list[dict[str, Any]]] = done.json["kinds"]
    return kinds


def summary(**told: int) -> Item:
    return Item("AWS::IAM::AccountSummary", f"arn:aws:iam::{ACCOUNT}:summary", ACCOUNT, "global", dict(told))


@pytest.mark.parametrize(
    ("told", "factor"),
    [
        ({"AccountMFAEnabled": 1, "AccountPasswordPresent": 1}, True),
        ({"AccountMFAEnabled": 0, "AccountPasswordPresent": 1}, False),
        ({"AccountMFAEnabled": 0}, False),
        ({"AccountMFAEnabled": 0, "AccountPasswordPresent": 0}, None),
        ({"AccountMFAEnabled": 0, "AccountPasswordPresent": 0, "AccountAccessKeysPresent": 1}, False),
    ],
)
def test_root_without_credentials_needs_no_second_factor(tmp_path: Path, told, factor) -> None:
    (root,) = nodes(tmp_path, "iam", summary(**told))["root_user"]
    assert root["second_factor"] is factor


@pytest.mark.parametrize(
    ("features", "active"), [(["RootCredentialsManagement"], True), (["RootSessions"], False), ([], False)]
)
def test_centralized_root_access_is_a_guard(tmp_path: Path, features, active) -> None:
    given = shaped(
        "iam", "ListOrganizationsFeaturesResponse", {"OrganizationId": "o-1", "EnabledFeatures": features}
    )
    arn = f"arn:aws:iam::{ACCOUNT}:organizations-features"
    (guard,) = nodes(tmp_path, "iam", Item("AWS::IAM::OrganizationsFeatures", arn, ACCOUNT, "global", given))[
        "account_guard"
    ]
    assert guard["active"] is active


def test_backups_of_file_systems(tmp_path: Path) -> None:
    made = [
        shaped("fsx", "Backup", {"BackupId": each, "Type": type_, "Lifecycle": state,
                                 "FileSystem": {"FileSystemId": "fs-1"}})
        for each, type_, state in (("b-1", "USER_INITIATED", "AVAILABLE"), ("b-2", "AUTOMATIC", "AVAILABLE"),
                                   ("b-3", "AWS_BACKUP", "AVAILABLE"), ("b-4", "USER_INITIATED", "FAILED"))
    ]  # fmt: skip
    arn = f"arn:aws:fsx:{REGION}:{ACCOUNT}:backup/"
    items = [Item("AWS::FSx::Backup", arn + each["BackupId"], ACCOUNT, REGION, each) for each in made]
    (found,) = nodes(tmp_path, "fsx", *items)["snapshot"]
    assert found["id"].endswith("backup/b-1")


def test_backups_of_tables(tmp_path: Path) -> None:
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"
    made = [
        shaped("dynamodb", "BackupSummary", {"TableName": "orders", "TableArn": table, "BackupName": state,
                                             "BackupArn": f"{table}/backup/{state}", "BackupStatus": state,
                                             "BackupType": "USER"})
        for state in ("AVAILABLE", "CREATING")
    ]  # fmt: skip
    items = [Item("AWS::DynamoDB::Backup", each["BackupArn"], ACCOUNT, REGION, each) for each in made]
    held = Item("AWS::DynamoDB::Table", table, ACCOUNT, REGION, {"TableName": "orders"})
    done = run("graph", str(snapshot(tmp_path / "s.jsonl.gz", read("dynamodb", held, *items))), "--format", "json")
    (found,) = done.json["kinds"]["snapshot"]
    (of,) = done.json["relations"]["snapshot_of"][found["id"]]
    assert (found["name"], of.endswith("table/orders")) == ("AVAILABLE", True)


def test_snapshots_of_warehouses(tmp_path: Path) -> None:
    given = [
        shaped("redshift", "Snapshot", {"SnapshotIdentifier": name, "ClusterIdentifier": "w", "Status": state,
                                        "Encrypted": True, "SnapshotType": type_})
        for name, state, type_ in (("kept", "available", "manual"), ("begun", "creating", "manual"),
                                   ("rs:w-2026-11-23", "available", "automated"))
    ]  # fmt: skip
    arn = f"arn:aws:redshift:{REGION}:{ACCOUNT}:snapshot:w/"
    items = [Item("AWS::Redshift::ClusterSnapshot", arn + each["SnapshotIdentifier"], ACCOUNT, REGION, each)
             for each in given]  # fmt: skip
    (found,) = nodes(tmp_path, "redshift", *items)["snapshot"]
    assert (found["name"], found["encrypted"]) == ("kept", True)
