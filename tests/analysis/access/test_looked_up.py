"""Policies that are not named by their ARN: looked up by name, or spelled with an account that is looked up. A
name is given once in an account, by AWS once at all (IAM User Guide, "IAM and AWS STS quotas")."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.analysis.access.escalation import Escalations
from tests.analysis.access.reading import at, graph_of

ROLE = """
data "aws_caller_identity" "me" {}
data "aws_iam_policy" "looked" { name = "NAME" }

resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.r.name
  policy_arn = ARN
}
"""
OWN = """
resource "aws_iam_policy" "p" {
  name   = "own"
  policy = jsonencode({
    Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "ACTION", Resource = "*" }]
  })
}
"""
LOOKED = "data.aws_iam_policy.looked.arn"
SPELLED = '"arn:aws:iam::${data.aws_caller_identity.me.account_id}:policy/NAME"'


@pytest.mark.parametrize(
    ("name", "arn", "action", "admin"),
    [
        ("AdministratorAccess", LOOKED, "s3:GetObject", "yes"),
        ("AWSLambdaVPCAccessExecutionRole", LOOKED, "*", "no"),  # its path is service-role/
        ("own", LOOKED, "*", "yes"),
        ("own", LOOKED, "s3:GetObject", "no"),
        ("other", LOOKED, "*", "unknown"),
        ("own", SPELLED, "*", "yes"),
        ("own", SPELLED, "s3:GetObject", "no"),
        ("other", SPELLED, "*", "unknown"),
    ],
)
def test_a_policy_by_its_name(tmp_path: Path, name: str, arn: str, action: str, admin: str) -> None:
    text = ROLE.replace("ARN", arn).replace("NAME", name) + OWN.replace("ACTION", action)
    graph = graph_of(tmp_path, main_tf=text)
    assert Escalations(graph, ("trust",)).admin(at(graph, "aws_iam_role.r")) == admin


NAMED = """
variable "prefix" {}

resource "aws_iam_role" "r" {
  name               = "reader-${var.prefix}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "p" {
  role   = "ROLE-${var.prefix}"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
"""


@pytest.mark.parametrize(("role", "admin"), [("reader", "yes"), ("writer", "no")])
def test_a_policy_is_held_by_the_role_of_the_same_name_around_the_same_variable(
    tmp_path: Path, role: str, admin: str
) -> None:
    """CloudGoat's iam_privesc_by_ec2 names a role so, and a policy that it holds."""
    graph = graph_of(tmp_path, main_tf=NAMED.replace("ROLE", role))
    assert Escalations(graph, ("trust",)).admin(at(graph, "aws_iam_role.r")) == admin
