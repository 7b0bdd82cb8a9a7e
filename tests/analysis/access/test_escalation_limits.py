"""What holds an escalation back, and what does not. Expected answers: IAM User Guide, "Policy evaluation logic",
"Permissions boundaries"; the cases x1, x2, x7 and x8 are those by which prowler, PMapper and cloudsplaining were
compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.analysis.access.escalation import Escalations
from tests.analysis.access.reading import at, graph_of

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str | list[str], resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str | list[str], resource: str = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def role(service: str, *statements: dict[str, Any]) -> dict[str, Any]:
    trusted = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return {
        "assume_role_policy": document(trusted),
        "inline_policy": [{"name": "own", "policy": document(*statements)}],
    }


def admin(folder: Path, *statements: dict[str, Any], **more: dict[str, Any]) -> str:
    """What the user of an account with an administrative role for functions can become."""
    resources: dict[str, dict[str, Any]] = {
        "aws_iam_role": {
            "admin": {"name": "admin", **role("lambda.amazonaws.com", ALL)},
            "plain": {"name": "plain", **role("lambda.amazonaws.com", allow("logs:*"))},
        },
        "aws_iam_user": {"u": {"name": "u", **more.pop("user", {})}},
        "aws_iam_user_policy": {"u": {"user": "${aws_iam_user.u.name}", "policy": document(*statements)}},
        **more,
    }
    graph = graph_of(folder, **{"main.tf_json": json.dumps({"resource": resources})})
    return Escalations(graph, ("trust",)).admin(at(graph, "aws_iam_user.u"))


FUNCTIONS = ["lambda:CreateFunction", "lambda:InvokeFunction"]
PASSED = "iam:PassedToService"


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        # x1: a Deny on another resource; x2: a Deny without a second factor
        ([allow("iam:PutUserPolicy"), deny("iam:PutUserPolicy", "arn:aws:iam::*:user/other")], "yes"),
        ([allow("iam:PutUserPolicy"),
          deny("*", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})], "conditional"),
        # x7: passed to another service only; x8: a role that can do nothing
        ([allow("iam:PassRole", Condition={"StringEquals": {PASSED: "ec2.amazonaws.com"}}), allow(FUNCTIONS)],
         "no"),
        ([allow("iam:PassRole", "arn:aws:iam::*:role/plain"), allow(FUNCTIONS)], "no"),
        ([allow("iam:PassRole", Condition={"StringEquals": {PASSED: "lambda.amazonaws.com"}}), allow(FUNCTIONS)],
         "yes"),
        # a function that it may create is none that it may invoke
        ([allow("iam:PassRole"), allow("lambda:CreateFunction", "arn:aws:lambda:*:*:function:a-*"),
          allow("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:b-*")], "no"),
        ([allow("iam:PassRole"), allow("lambda:CreateFunction", "arn:aws:lambda:*:*:function:a-*"),
          allow("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:*-1")], "yes"),
        # a Deny that ends it, wherever it stands
        ([allow("iam:*"), deny("iam:*")], "no"),
        ([allow("*"), deny("*")], "no"),
        ([allow("iam:PutUserPolicy"), deny("iam:Put*", "arn:aws:iam::*:user/u")], "no"),
        # attaching is worth nothing where only one harmless policy may be attached
        ([allow("iam:AttachUserPolicy", Condition={"ArnEquals": {
            "iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}})], "no"),
        # a role of one's own making, unless it must carry a boundary
        ([allow(["iam:CreateRole", "iam:AttachRolePolicy"])], "yes"),
        ([allow(["iam:CreateRole", "iam:AttachRolePolicy"], Condition={"StringEquals": {
            "iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/limits"}})], "no"),
        # one Deny does not make an administrator less of one in what matters
        ([ALL, deny("aws-portal:*")], "yes"),
        # whatever the calling address, while it is from there
        ([allow("iam:PutUserPolicy", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})], "conditional"),
    ],
)  # fmt: skip
def test_what_holds_an_escalation_back(tmp_path: Path, statements: list[dict[str, Any]], expected: str) -> None:
    assert admin(tmp_path, *statements) == expected


def test_a_boundary_holds_until_it_can_be_taken_away(tmp_path: Path) -> None:
    limits = {"limits": {"name": "limits", "policy": document(allow(["s3:*", "iam:*User*"]))}}
    bounded = {"permissions_boundary": "${aws_iam_policy.limits.arn}"}
    more = {"aws_iam_policy": limits, "user": bounded}
    for number, (statements, expected) in enumerate(
        [
            ([allow("iam:PutUserPolicy")], "no"),
            ([ALL], "yes"),  # it may take its own boundary off: iam:DeleteUserPermissionsBoundary
            ([ALL, deny("iam:DeleteUserPermissionsBoundary"), deny("iam:PutUserPermissionsBoundary")], "no"),
        ]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        told = admin(folder, *statements, **{key: dict(value) for key, value in more.items()})
        assert told == expected, statements


def test_a_boundary_of_everything_bounds_nothing(tmp_path: Path) -> None:
    bounded = {"permissions_boundary": "arn:aws:iam::aws:policy/AdministratorAccess"}
    assert admin(tmp_path, allow("iam:PutUserPolicy"), user=bounded) == "yes"


NAMED = """
variable "id" {}

resource "aws_iam_role" "debug" {
  name                = "debug-${var.id}"
  assume_role_policy  = jsonencode({ Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "SERVICE.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "debug" {
  role   = aws_iam_role.debug.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}

resource "aws_iam_user" "u" {
  name = "u-${var.id}"
}

resource "aws_iam_user_policy" "u" {
  user   = aws_iam_user.u.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = ACTIONS, Resource = "*" }] })
}
"""


def told(folder: Path, text: str) -> str:
    graph = graph_of(folder, main_tf=text)
    return Escalations(graph, ("trust",)).admin(at(graph, "aws_iam_user.u"))


def test_a_name_that_is_known_in_part_is_no_role_of_aws(tmp_path: Path) -> None:
    """CloudGoat's lambda_privesc: every name ends in a variable that nobody has set."""
    actions = '["lambda:CreateFunction", "lambda:InvokeFunction", "iam:PassRole"]'
    assert told(tmp_path, NAMED.replace("ACTIONS", actions).replace("SERVICE", "lambda")) == "yes"


MEEK = """
resource "aws_iam_role" "meek" {
  name               = "meek"
  assume_role_policy = jsonencode({ Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_instance_profile" "meek" {
  name = "meek"
  role = aws_iam_role.meek.name
}
"""


@pytest.mark.parametrize(("more", "expected"), [(MEEK, "yes"), ("", "no")])
def test_a_profile_takes_another_role(tmp_path: Path, more: str, expected: str) -> None:
    """CloudGoat's iam_privesc_by_attachment: the profile of a meek role takes a mighty one."""
    actions = ('["ec2:RunInstances", "iam:PassRole", "iam:AddRoleToInstanceProfile", '
               '"iam:RemoveRoleFromInstanceProfile"]')  # fmt: skip
    assert told(tmp_path, NAMED.replace("ACTIONS", actions).replace("SERVICE", "ec2") + more) == expected
