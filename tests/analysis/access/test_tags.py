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
