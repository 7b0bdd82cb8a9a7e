"""Where what a principal may do grows on the way down.

Sources: IAM User Guide, "Permissions boundaries for IAM entities"; AWS Organizations User Guide, "Service control
policies (SCPs)": guardrails hold for the principals of an account, whatever account the resources are in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.analysis.access.test_estate import BUCKET, ORGANIZATION, Asked, allow, holds, role


def outgrown(folder: Path, text: str, name: str) -> list[Any]:
    asked = Asked(folder, text)
    asked.graph.settle(("outgrown",))
    trust = asked.graph.targets("trusts", asked.node(name))[0]
    found: list[Any] = asked.graph.peek(trust, "outgrown")
    return found


def guarded(content: str) -> str:
    """A role of an account under a guardrail, which may take one of the account that manages the organization."""
    text = ORGANIZATION.replace("TYPE", "SERVICE_CONTROL_POLICY").replace("CONTENT", content)
    text += role("sandbox", more="provider = aws.dev")
    text += role("outside", "{ AWS = aws_iam_role.sandbox.arn }") + holds("outside", allow('"s3:*"'))
    return text + holds("sandbox", allow('"sts:AssumeRole"')).replace("{\n", "{\n provider = aws.dev\n", 1)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (allow('"s3:DeleteBucket"', effect="Deny"), ["s3:DeleteBucket"]),
        (allow('"ec2:*"', effect="Deny"), []),  # nothing that the role does is forbidden
    ],
)
def test_a_role_of_another_account_leaves_guardrails_behind(
    tmp_path: Path, content: str, expected: list[str]
) -> None:
    found = outgrown(tmp_path, guarded(content), "aws_iam_role.outside")
    assert [each["action"] for each in found] == expected


def boundary(name: str, actions: str) -> str:
    return f'resource "aws_iam_policy" "{name}" {{\n name = "{name}"\n policy = {allow(actions)}\n}}\n'


BOUND = "permissions_boundary = aws_iam_policy.{}.arn"


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("", 1),
        (BOUND.format("small"), 0),  # the same boundary
        (BOUND.format("other"), 0),  # another that keeps it from the same
        (BOUND.format("wide"), 1),
    ],
)
def test_a_role_that_is_taken_carries_its_own_limits(tmp_path: Path, limit: str, expected: int) -> None:
    text = boundary("small", '["s3:Get*", "sts:*"]') + boundary("other", '"s3:GetObject"')
    text += boundary("wide", '"*"')
    text += BUCKET + role("dev", more=BOUND.format("small"))
    text += role("taken", "{ AWS = aws_iam_role.dev.arn }", more=limit) + holds("taken", allow('"s3:*"'))
    assert len(outgrown(tmp_path, text, "aws_iam_role.taken")) == expected


def test_who_cannot_take_the_role_outgrows_nothing(tmp_path: Path) -> None:
    text = boundary("small", '"s3:Get*"') + role("dev", more=BOUND.format("small"))  # no sts:AssumeRole within it
    text += role("taken", "{ AWS = aws_iam_role.dev.arn }") + holds("taken", allow('"s3:*"'))
    assert outgrown(tmp_path, text, "aws_iam_role.taken") == []
