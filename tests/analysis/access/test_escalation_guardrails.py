"""Guardrails of an organization against escalation.

The issue's definition: an administrator reaches everything that the guardrails which it cannot change leave to any
principal of its account; a guardrail that denies what a path needs closes the path. AWS Organizations User Guide,
"Service control policies (SCPs)" and "Resource control policies (RCPs)".
"""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.analysis.access.escalation import Escalations
from tests.analysis.access.test_estate import ORGANIZATION, Asked, allow, holds, role


def dev(text: str) -> str:
    """The same resources in the account under the guardrail."""
    return text.replace("{\n", "{\n provider = aws.dev\n", 1)


def asked(folder: Path, content: str, text: str, type_: str = "SERVICE_CONTROL_POLICY") -> str:
    """Whether the role `r` can become an administrator, with one guardrail over its account."""
    organization = ORGANIZATION.replace("TYPE", type_).replace("CONTENT", content)
    found = Asked(folder, organization + text)
    return Escalations(found.graph, ("trust",)).admin(found.node("aws_iam_role.r"))


def own(policy: str) -> str:
    return dev(role("r")) + dev(holds("r", policy))


SPARED = ', Condition = { ArnNotLike = { "aws:PrincipalArn" = "arn:aws:iam::*:role/NAME" } }'
TAG = ', Condition = { StringNotEquals = { "aws:PrincipalTag/team" = "platform" } }'


@pytest.mark.parametrize(
    ("content", "policy", "expected"),
    [
        # what nobody in the account may do does not make its administrators any less so
        (allow('"s3:DeleteBucket"', effect="Deny"), allow('"*"'), "yes"),
        (allow('["iam:CreateUser", "organizations:*"]', effect="Deny"), allow('"*"'), "yes"),
        # the path that an only permission opens, and a guardrail that closes it
        (allow('"s3:DeleteBucket"', effect="Deny"), allow('"iam:PutRolePolicy"'), "yes"),
        (allow('"iam:*"', effect="Deny"), allow('"iam:PutRolePolicy"'), "no"),
        (allow('"iam:Put*"', effect="Deny", more=SPARED.replace("NAME", "pipeline")),
         allow('"iam:PutRolePolicy"'), "no"),
        (allow('"iam:Put*"', effect="Deny", more=SPARED.replace("NAME", "r")),
         allow('"iam:PutRolePolicy"'), "yes"),
        (allow('"iam:Put*"', '"arn:aws:iam::*:role/other"', "Deny"), allow('"iam:PutRolePolicy"'), "yes"),
        # a role has no tag but its own; one that comes with a session would spare it
        (allow('"iam:Put*"', effect="Deny", more=TAG), allow('"iam:PutRolePolicy"'), "conditional"),
        # one that lists what is allowed, where FullAWSAccess may have been detached
        (allow('"s3:*"'), allow('"iam:PutRolePolicy"'), "unknown"),
    ],
)  # fmt: skip
def test_service_control_policies(tmp_path: Path, content: str, policy: str, expected: str) -> None:
    assert asked(tmp_path, content, own(policy)) == expected


TAKES = dev(role("admin", "{ AWS = aws_iam_role.r.arn }")) + dev(holds("admin", allow('"*"'))) + dev(role("r"))
EVERYONE = ', Principal = "*"'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (allow('"s3:*"', effect="Deny", more=EVERYONE), "yes"),
        (allow('"sts:AssumeRole"', effect="Deny", more=EVERYONE), "no"),
        (allow('"sts:AssumeRole"', effect="Deny", more=EVERYONE + SPARED.replace("NAME", "r")), "yes"),
    ],
)
def test_resource_control_policies(tmp_path: Path, content: str, expected: str) -> None:
    assert asked(tmp_path, content, TAKES, "RESOURCE_CONTROL_POLICY") == expected


def test_guardrails_do_not_hold_in_the_account_that_manages_the_organization(tmp_path: Path) -> None:
    text = role("r") + holds("r", allow('"iam:PutRolePolicy"'))
    assert asked(tmp_path, allow('"iam:*"', effect="Deny"), text) == "yes"
