"""Which accounts of an organization that was read live are held back, and by what.

AWS Organizations User Guide: "Service control policies" (SCPs never bind the management account; FullAWSAccess is
attached to every root, unit and account), "Inheritance of policies" (a policy attached to the root or to a unit
holds for everything below it).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.sources.aws.unit import Collected, Item, Operation, Unit
from tests.audit.made import ACCOUNT, snapshot
from tests.cli.running import scan

BASE, ORGANIZATION = f"arn:aws:organizations::{ACCOUNT}:", "o-exampleorgid"
MEMBERS = ("222222222222", "333333333333")
EVERYTHING = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
LEAVING = [{"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}]
SOME = [{"Effect": "Allow", "Action": ["ec2:*", "s3:*"], "Resource": "*"}]


def item(type_: str, path: str, under: str = "", **told: Any) -> Item:
    made = Item(f"AWS::Organizations::{type_}", BASE + path, ACCOUNT, "global", told)
    made.under = under
    return made


def policy(name: str, statements: list[dict[str, Any]], *targets: str) -> Item:
    return item("Policy", f"policy/{ORGANIZATION}/service_control_policy/{name}", Id=name,
                Name=name.removeprefix("p-"), Type="SERVICE_CONTROL_POLICY",
                DescribePolicy=json.dumps({"Statement": statements}),
                ListTargetsForPolicy=[{"TargetId": each} for each in targets])  # fmt: skip


def organization() -> list[Item]:
    root = f"root/{ORGANIZATION}/r-ab12"
    everywhere = ("r-ab12", "ou-ab12-prod", ACCOUNT, *MEMBERS)
    return [
        item("Organization", f"organization/{ORGANIZATION}", Id=ORGANIZATION, FeatureSet="ALL",
             MasterAccountId=ACCOUNT),
        item("Root", root, Id="r-ab12"),
        item("OrganizationalUnit", f"ou/{ORGANIZATION}/ou-ab12-prod", BASE + root, Id="ou-ab12-prod",
             Name="prod"),
        item("Account", f"account/{ORGANIZATION}/{ACCOUNT}", Id=ACCOUNT, Name="payer", ListParents="r-ab12"),
        item("Account", f"account/{ORGANIZATION}/{MEMBERS[0]}", Id=MEMBERS[0], Name="a",
             ListParents="ou-ab12-prod"),
        item("Account", f"account/{ORGANIZATION}/{MEMBERS[1]}", Id=MEMBERS[1], Name="b", ListParents="r-ab12"),
        policy("p-FullAWSAccess", EVERYTHING, *everywhere),
    ]  # fmt: skip


def told(tmp_path: Path, *policies: Item, status: str = "ok") -> tuple[set[str], int]:
    """The accounts (or the organization) that are told of, and how many verdicts are unknown."""
    items = [*organization(), *policies]
    listing = Operation("ListPolicies", "organizations:ListPolicies", ("AWS::Organizations::Policy",), status, "",
                        1, len(items))  # fmt: skip
    unit = Collected(Unit(ACCOUNT, "global", "organizations"), items, [listing])
    done = scan(snapshot(tmp_path / "s.jsonl.gz", unit), "--select", "least-privilege/account-unguarded",
                "--show-unknown", "--fail-on", "never")  # fmt: skip
    failed = {each["node"].rpartition("/")[2] for each in done.json["findings"] if each["verdict"] == "fail"}
    return failed, sum(each["verdict"] == "unknown" for each in done.json["findings"])


@pytest.mark.parametrize(
    ("statements", "target", "expected"),
    [
        (LEAVING, "r-ab12", set()),
        (LEAVING, "ou-ab12-prod", {MEMBERS[1]}),
        (LEAVING, MEMBERS[1], {MEMBERS[0]}),
        (SOME, "r-ab12", set()),
        (EVERYTHING, "r-ab12", {ORGANIZATION}),
    ],
)
def test_a_guardrail_reaches_what_is_below_it(tmp_path: Path, statements, target, expected) -> None:
    assert told(tmp_path, policy("p-bounds", statements, target)) == (expected, 0)


def test_without_the_policies_nothing_is_told(tmp_path: Path) -> None:
    failed, unknown = told(tmp_path, status="denied")
    assert failed == set()
    assert unknown == 1


def test_a_guardrail_that_is_attached_to_nothing_holds_nobody_back(tmp_path: Path) -> None:
    unit = Collected(Unit(ACCOUNT, "global", "organizations"), [*organization(), policy("p-bounds", LEAVING)], [])
    done = scan(snapshot(tmp_path / "s.jsonl.gz", unit), "--select", "least-privilege/guardrail-without-effect",
                "--fail-on", "never")  # fmt: skip
    (found,) = done.json["findings"]
    assert found["node"].endswith("/p-bounds")
    assert "attached to nothing" in found["message"]
