"""BishopFox/iam-vulnerable (MIT): its nine cases that tell tools apart, rebuilt in few lines, and the repository
itself where $LAYERPROOF_IAM_VULNERABLE names a checkout. What is exploitable is its authors' statement: folders
`privesc-paths` (31 paths) and `tool-testing` (fn: tools miss it; fp: tools report it and are wrong)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from scanner import scan
from scanner.analysis.access.escalation import Escalations
from scanner.config import Config
from scanner.graph.columns import Graph
from scanner.sources.tree import Tree
from tests.analysis.access.reading import at, graph_of

ALLOW, DENY = "Allow", "Deny"


def statement(effect: str, actions: str | list[str], resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": actions, "Resource": resource, **more}


ISSUED = "aws:TokenIssueTime"
LONG_AGO = "2020-01-01T00:00:01Z"
VERSION = "iam:CreatePolicyVersion"
# Name to the documents of the policies that the principal holds, and the path that is open ("" for none).
CASES: dict[str, tuple[list[list[dict[str, Any]]], str]] = {
    "fn1": ([[statement(ALLOW, "ec2:RunInstances")], [statement(ALLOW, "iam:PassRole")]], "ec2-001"),
    "fn2": ([[statement(ALLOW, VERSION, "arn:aws:iam::*:policy/fn2-*")]], "iam-001"),
    "fn3": (
        [[statement(ALLOW, VERSION, Condition={"DateGreaterThan": {ISSUED: LONG_AGO}})]],
        "iam-001",
    ),
    "fn4": (
        [[{"Effect": ALLOW, "NotAction": ["iam:Update*", "iam:Create*", "iam:Attach*"], "Resource": "*"}]],
        "ssm-001",
    ),
    "fp1": ([[statement(ALLOW, "iam:*"), statement(DENY, "iam:*")]], ""),
    "fp2": ([[statement(ALLOW, "*")], [statement(DENY, "*")]], ""),
    "fp3": ([[statement(DENY, "iam:*")]], ""),
    "fp4": ([[statement(ALLOW, VERSION, "arn:aws:iam::aws:policy/fp4-*")]], ""),
    "fp5": ([[statement(ALLOW, VERSION, Condition={"DateLessThan": {ISSUED: LONG_AGO}})]], ""),
}

_ACCOUNT = """
resource "aws_iam_role" "service" {
  name = "service"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  inline_policy {
    name   = "all"
    policy = jsonencode({ Version = "2012-10-17", Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" }] })
  }
}
resource "aws_iam_instance_profile" "service" {
  role = aws_iam_role.service.name
}
resource "aws_instance" "service" {
  ami                  = "ami-1"
  iam_instance_profile = aws_iam_instance_profile.service.name
}
resource "aws_iam_role" "start" {
  name = "start"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::999999999999:root" } }] })
}
"""


def account(name: str) -> str:
    parts = [_ACCOUNT]
    for number, statements in enumerate(CASES[name][0]):
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        parts.append(
            f'resource "aws_iam_policy" "p{number}" {{\n  name = "{name}-{number}"\n'
            f"  policy = jsonencode({document})\n}}\n"
            f'resource "aws_iam_role_policy_attachment" "p{number}" {{\n  role = aws_iam_role.start.name\n'
            f"  policy_arn = aws_iam_policy.p{number}.arn\n}}\n"
        )
    return "".join(parts)


@pytest.mark.parametrize("name", CASES)
def test_the_cases_that_tell_tools_apart(tmp_path: Path, name: str) -> None:
    graph = graph_of(tmp_path, main_tf=account(name))
    found = Escalations(graph)
    index, path = at(graph, "aws_iam_role.start"), CASES[name][1]
    ways = {way.id for way in found.ways(index)}
    if path:
        assert found.admin(index) == "yes"
        assert path in ways
    else:
        assert (found.admin(index), ways) == ("no", set())


# The names of its files to the ids of their paths.
PATHS = {
    "privesc1-": "iam-001", "privesc2-": "iam-set-default-policy-version", "privesc3-": "ec2-001",
    "privesc4-": "iam-002", "privesc5-": "iam-004", "privesc6-": "iam-006", "privesc7-": "iam-008",
    "privesc8-": "iam-010", "privesc9-": "iam-009", "privesc10-": "iam-007", "privesc11-": "iam-011",
    "privesc12-": "iam-005", "privesc13-": "iam-013", "privesc14-": "iam-012", "privesc15-": "lambda-001",
    "privesc16-": "lambda-002", "privesc17-": "lambda-003", "privesc18-": "glue-001", "privesc19-": "glue-002",
    "privesc20-": "cloudformation-001", "privesc21-": "datapipeline-001", "privesc-AssumeRole-": "sts-001",
    "privesc-CloudFormationUpdateStack": "cloudformation-002", "privesc-codeBuildCreateProject": "codebuild-001",
    "privesc-ec2InstanceConnect": "ec2instanceconnect-003", "privesc-sageMakerCreateNotebook": "sagemaker-001",
    "privesc-sageMakerCreatePresigned": "sagemaker-004", "privesc-sageMakerCreateProcessing": "sagemaker-003",
    "privesc-sageMakerCreateTraining": "sagemaker-002", "privesc-ssmSendCommand": "ssm-002",
    "privesc-ssmStartSession": "ssm-001",
}  # fmt: skip


@pytest.fixture(scope="module")
def vulnerable() -> Graph:
    where = os.environ.get("LAYERPROOF_IAM_VULNERABLE")
    if not where:
        pytest.skip("LAYERPROOF_IAM_VULNERABLE does not name a checkout of BishopFox/iam-vulnerable")
    target = scan.Target(tree=Tree(Path(where)))
    return scan.build(target, scan.read(target), Config()).graph


def test_the_repository_itself(vulnerable: Graph) -> None:
    found = Escalations(vulnerable)
    ways: dict[str, set[str]] = {}
    verdicts: dict[str, set[str]] = {}
    for index in found.principals():
        name = str(vulnerable.peek(index, "name"))
        verdicts.setdefault(name[:3], set()).add(found.admin(index))
        for lead in PATHS:
            if name.startswith(lead):
                ways.setdefault(lead, set()).update(way.id for way in found.ways(index))
    assert [lead for lead, path in PATHS.items() if path not in ways[lead]] == []
    assert [verdicts[each] for each in ("fp1", "fp2", "fp3", "fp4", "fp5")] == [{"no"}] * 5
    assert [verdicts[each] >= {"yes"} for each in ("fn1", "fn2", "fn3", "fn4")] == [True] * 4
