"""Tags that split the bill, as the account that pays tells them.

Sources: Cost Explorer API reference, ListCostAllocationTags; AWS Organizations User Guide, "Tag policies" (they
hold where they are attached, and name a key by `tag_key`).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.sources.aws.unit import Collected, Item, Operation, Unit
from tests.audit.made import ACCOUNT, snapshot
from tests.cli.running import scan

BASE, ORGANIZATION = f"arn:aws:organizations::{ACCOUNT}:", "o-exampleorgid"


def unit(service: str, type_: str, *items: Item, status: str = "ok") -> Collected:
    listing = Operation("List", f"{service}:List", (type_,), status, "", 1, len(items))
    return Collected(Unit(ACCOUNT, "global", service), list(items), [listing])


def policy(key: str, *targets: str) -> Item:
    content = json.dumps({"tags": {key.lower(): {"tag_key": {"@@assign": key}}}})
    told = {"Id": "p-tags", "Name": "tags", "Type": "TAG_POLICY", "DescribePolicy": content,
            "ListTargetsForPolicy": [{"TargetId": each} for each in targets]}  # fmt: skip
    return Item("AWS::Organizations::TagPolicy", BASE + "policy/p-tags", ACCOUNT, "global", told)


def verdicts(tmp_path: Path, *policies: Item, status: str = "ok") -> list[str]:
    tag = Item("AWS::CE::CostAllocationTag", f"arn:aws:ce::{ACCOUNT}:cost-allocation-tag/CostCenter", ACCOUNT,
               "global", {"TagKey": "CostCenter", "Status": "Active", "Type": "UserDefined"})  # fmt: skip
    organization = Item("AWS::Organizations::Organization", f"{BASE}organization/{ORGANIZATION}", ACCOUNT,
                        "global",
                        {"Id": ORGANIZATION, "FeatureSet": "ALL", "MasterAccountId": ACCOUNT})  # fmt: skip
    live = snapshot(
        tmp_path / "s.jsonl.gz",
        unit("ce", "AWS::CE::CostAllocationTag", tag),
        unit("organizations", "AWS::Organizations::TagPolicy", organization, *policies, status=status),
    )
    done = scan(live, "--select", "hygiene/cost-tag-unpoliced", "--show-unknown", "--fail-on", "never")
    return [each["verdict"] for each in done.json["findings"]]


@pytest.mark.parametrize(
    ("policies", "status", "expected"),
    [
        ([policy("CostCenter", "r-ab12")], "ok", []),
        ([policy("Team", "r-ab12")], "ok", ["fail"]),
        ([policy("CostCenter")], "ok", ["fail"]),
        ([], "ok", ["fail"]),
        ([], "denied", ["unknown"]),
    ],
)
def test_a_tag_policy_spells_the_key_where_it_is_attached(tmp_path: Path, policies, status, expected) -> None:
    assert verdicts(tmp_path, *policies, status=status) == expected
