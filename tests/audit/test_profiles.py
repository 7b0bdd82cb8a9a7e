"""Instance profiles of a live account: what a role needs to be handed to a machine (IAM User Guide,
"Using instance profiles")."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.sources.aws.unit import Item
from tests.audit.made import ACCOUNT, read, snapshot
from tests.cli.running import run

LEAD = f"arn:aws:iam::{ACCOUNT}"


def policy(*actions: str, **more: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [*actions], **more}]})


def iam(kind: str, part: str, **told: Any) -> Item:
    return Item(f"AWS::IAM::{kind}", f"{LEAD}:{part}", ACCOUNT, "", {"Path": "/", "Arn": f"{LEAD}:{part}", **told})


ADMIN = iam(
    "Role", "role/admin", RoleName="admin",
    AssumeRolePolicyDocument=policy("sts:AssumeRole", Principal={"Service": "ec2.amazonaws.com"}),
    RolePolicyList=[{"PolicyName": "all", "PolicyDocument": policy("*", Resource="*")}],
)  # fmt: skip
RUNS = policy("iam:PassRole", "ec2:RunInstances", Resource="*")
USER = iam(
    "User", "user/eve", UserName="eve",
    UserPolicyList=[{"PolicyName": "run", "PolicyDocument": RUNS}],
)  # fmt: skip
PROFILE = iam("InstanceProfile", "instance-profile/admin", InstanceProfileName="admin",
              Roles=[{"RoleName": "admin", "Arn": f"{LEAD}:role/admin"}])  # fmt: skip


@pytest.mark.parametrize(("items", "admin"), [((ADMIN, USER, PROFILE), "yes"), ((ADMIN, USER), "unknown")])
def test_a_role_with_a_profile_can_be_handed_to_a_machine(tmp_path, items: tuple[Item, ...], admin: str) -> None:
    live = snapshot(tmp_path / "s.jsonl.gz", read("iam", *items))
    told = run("ask", "escalations", "--in", live, "--format", "json").json
    (found,) = [each for each in told["principals"] if "user/eve" in str(each)]
    assert found["admin"] == admin
