"""Statements that hang on the tags of what is asked of. IAM User Guide, "Controlling access to AWS resources using
tags": a key of a tag that the resource lacks is absent; CloudGoat's iam_privesc_by_key_rotation (a manager tags
whom it then takes) and iam_privesc_by_ec2 (a Deny that a tag upholds)."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.analysis.access.escalation import Escalations
from tests.analysis.access.reading import at, graph_of

USERS = """
variable "team" {}

resource "aws_iam_user" "admin" {
  name = "admin"
  TAGS
}

resource "aws_iam_user_policy_attachment" "admin" {
  user       = aws_iam_user.admin.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user" "u" { name = "u" }

resource "aws_iam_user_policy" "u" {
  user   = aws_iam_user.u.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [STATEMENTS] })
}
"""
KEYS = """{ Effect = "Allow", Action = ["iam:CreateAccessKey"], Resource = "*",
  Condition = { StringEquals = { "KEY/developer" = "true" } } }"""
TAG = '{ Effect = "Allow", Action = "iam:TagUser", Resource = "*" }'
ONLY = """{ Effect = "Allow", Action = "iam:TagUser", Resource = "*",
  Condition = { "ForAllValues:StringEquals" = { "aws:TagKeys" = ["team"] } } }"""
PLAIN = '{ Effect = "Allow", Action = ["iam:CreateAccessKey", MORE], Resource = "*" }'
HELD = """{ Effect = "Deny", Action = "iam:CreateAccessKey", Resource = "*",
  Condition = { StringEquals = { "aws:ResourceTag/guarded" = "yes" } } }"""


def told(folder: Path, statements: str, tags: str = "") -> tuple[str, list[str]]:
    graph = graph_of(folder, main_tf=USERS.replace("STATEMENTS", statements).replace("TAGS", tags))
    found = Escalations(graph, ("trust",))
    way = found.way(at(graph, "aws_iam_user.u"))
    return found.admin(at(graph, "aws_iam_user.u")), [each.action for each in way.steps] if way else []


@pytest.mark.parametrize("key", ["aws:ResourceTag", "iam:ResourceTag"])
@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("", "no"),
        ('tags = { developer = "true" }', "yes"),
        ('tags = { developer = "false" }', "no"),
        ("tags = { developer = var.team }", "unknown"),
        ("tags = var.team", "conditional"),  # which tags there are is not known
    ],
)
def test_a_tag_that_is_asked_for(tmp_path: Path, key: str, tags: str, expected: str) -> None:
    assert told(tmp_path, KEYS.replace("KEY", key), tags)[0] == expected


@pytest.mark.parametrize(
    ("more", "expected"), [(TAG, ("yes", ["iam:TagUser", "iam:CreateAccessKey"])), (ONLY, ("no", []))]
)
def test_whoever_may_tag_meets_the_condition(tmp_path: Path, more: str, expected: tuple[str, list[str]]) -> None:
    assert told(tmp_path, f"{KEYS.replace('KEY', 'aws:ResourceTag')}, {more}") == expected


@pytest.mark.parametrize(
    ("action", "expected"), [('"iam:GetUser"', "no"), ('"iam:UntagUser"', "yes"), ('"iam:Untag*"', "yes")]
)
def test_a_deny_that_a_tag_upholds_goes_with_the_tag(tmp_path: Path, action: str, expected: str) -> None:
    statements = f"{PLAIN.replace('MORE', action)}, {HELD}"
    assert told(tmp_path, statements, 'tags = { guarded = "yes" }')[0] == expected
    assert told(tmp_path, statements)[0] == "yes", "nobody is guarded"


MACHINE = """
resource "aws_iam_role" "mighty" {
  name               = "mighty"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy_attachment" "mighty" {
  role       = aws_iam_role.mighty.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_instance_profile" "mighty" { role = aws_iam_role.mighty.name }

resource "aws_instance" "m" {
  iam_instance_profile = aws_iam_instance_profile.mighty.name
  tags                 = { Name = "admin" }
}

resource "aws_iam_role" "manager" {
  name               = "manager"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_user.u.arn } }] })
}

resource "aws_iam_role_policy" "manager" {
  role   = aws_iam_role.manager.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = ["ec2:StartInstances", "ec2:StopInstances", "ec2:ModifyInstanceAttribute"],
    Resource = "*", Condition = { StringNotEquals = { "aws:ResourceTag/Name" = "admin" } } }] })
}
"""


@pytest.mark.parametrize(("action", "expected"), [("ec2:DeleteTags", "conditional"), ("ec2:DescribeTags", "no")])
def test_a_tag_that_is_taken_off_before_the_role_is_taken(tmp_path: Path, action: str, expected: str) -> None:
    """CloudGoat, iam_privesc_by_ec2: the user removes the tag and takes the role, which may change the machine."""
    statement = f'{{ Effect = "Allow", Action = "{action}", Resource = "*" }}'
    assert told(tmp_path, f"{statement}\n", "")[0] == "no"
    graph = graph_of(tmp_path, main_tf=USERS.replace("STATEMENTS", statement).replace("TAGS", "") + MACHINE)
    found = Escalations(graph, ("trust",))
    assert found.admin(at(graph, "aws_iam_user.u")) == expected
    way = found.way(at(graph, "aws_iam_user.u"))
    told_of = found.conditions(way) if way else []
    assert any("ec2:DeleteTags first" in each for each in told_of) is (expected == "conditional")
