"""Policies that AWS would refuse, in a scan: a warning at the place, unknown where the answer hangs on them, and
the rest evaluated. Grammar: IAM User Guide, "Grammar of the IAM JSON policy language"."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.analysis.access.complaints import complaints
from scanner.analysis.access.documents import IDENTITY, RESOURCE, read
from tests.analysis.access.test_estate import Asked, role

ORGANIZATION = 'Condition = { StringEquals = { "aws:PrincipalOrgIds" = "o-1" } }'
SENDS = '{ Effect = "Allow", Action = "sqs:SendMessage", Resource = "*" }'


def held(policy: str) -> str:
    return (
        role("r") + f'resource "aws_iam_role_policy" "r" {{\n role = aws_iam_role.r.id\n policy = {policy}\n}}\n'
    )


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ('{ Effect = "allow", Action = "s3:GetObject", Resource = "*" }', "Effect"),
        ('{ Effect = "Allow", Actions = "s3:GetObject", Resource = "*" }', "Actions"),
        ('{ Effect = "Allow", Action = "s3:GetObject", NotAction = "s3:PutObject", Resource = "*" }', "NotAction"),
        ('{ Effect = "Allow", Action = "s3:GetObject", Resource = "*", NotResource = "arn:aws:s3:::b" }',
         "NotResource"),
        ('{ Effect = "Allow", Action = "s3:*", Resource = "*", Condition = { StringEqual = { "aws:x" = "y" } } }',
         "StringEqual"),
    ],
)  # fmt: skip
def test_a_refused_statement_is_told_and_leaves_it_open(tmp_path: Path, statement: str, said: str) -> None:
    asked = Asked(tmp_path, held(f'jsonencode({{ Version = "2012-10-17", Statement = [{statement}, {SENDS}] }})'))
    [told] = complaints(asked.graph)
    assert said in told.summary
    assert told.span is not None
    assert told.span.path == "main.tf"
    assert asked.verdict("aws_iam_role.r", "s3:GetObject", "*") == "unknown"
    assert asked.verdict("aws_iam_role.r", "sqs:SendMessage", "*") in ("allowed", "unknown")


@pytest.mark.parametrize("policy", ['"{not json"', '"[7]"', '"{\\"Statement\\": 7}"'])
def test_what_is_no_policy_is_told(tmp_path: Path, policy: str) -> None:
    asked = Asked(tmp_path, held(policy))
    [told] = complaints(asked.graph)
    assert "JSON" in told.summary
    assert asked.verdict("aws_iam_role.r", "s3:GetObject", "*") == "unknown"


def test_empty_lists_and_decisions_that_nobody_can_doubt_are_no_fault(tmp_path: Path) -> None:
    statement = '{ Effect = "Allow", Action = [], Resource = "*" }'
    asked = Asked(tmp_path, held(f"jsonencode({{ Statement = [{statement}, {SENDS}] }})"))
    assert list(complaints(asked.graph)) == []
    assert asked.verdict("aws_iam_role.r", "s3:GetObject", "*") == "denied"
    assert asked.verdict("aws_iam_role.r", "sqs:SendMessage", "*") == "allowed"


# Documents as `ask compare` reads them; what is an error and what a finding: IAM User Guide, "Access Analyzer
# policy check reference", and MalformedPolicyDocument of the IAM API


def statement(**more: object) -> str:
    import json

    body = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [{k: v for k, v in body.items() if v is not None}]})


@pytest.mark.parametrize(
    ("text", "level", "said"),
    [
        (statement(Sid="a b"), "error", "Sid"),
        (statement(Resource="arn:aws:*:::b"), "error", "service"),
        (statement(Action=[]), "warning", "empty Action"),
        (statement(Condition={"StringEquals": {"nokey": "x"}}), "warning", "SERVICE:KEY"),
        (statement(Condition={"StringEquals": {"aws:PrincipalOrgId2": "x"}}), "warning", "aws:principalorgid?"),
        (statement(Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "soon"}}), "warning", "numbers"),
        (statement(Condition={"DateLessThan": {"aws:CurrentTime": "later"}}), "warning", "dates"),
        (statement(Condition={"IpAddress": {"aws:SourceIp": "300.1.1.1"}}), "warning", "addresses"),
        (statement(Condition={"Bool": {"aws:SecureTransport": "maybe"}}), "warning", "true or false"),
    ],
)  # fmt: skip
def test_faults_of_documents(text: str, level: str, said: str) -> None:
    [told] = read(text, "p.json", IDENTITY).diagnostics
    assert told.level.value == level
    assert said in told.summary


def test_sids_are_one_of_each_and_free_in_policies_of_resources() -> None:
    twice = '{"Version":"2012-10-17","Statement":[%s,%s]}'
    one = '{"Sid":"x","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}'
    assert ["two statements" in each.summary for each in read(twice % (one, one), "p", IDENTITY).diagnostics] == [
        True
    ]
    named = one.replace('"x"', '"a b"').replace('"Effect"', '"Principal":"*","Effect"')
    assert read(f'{{"Version":"2012-10-17","Statement":[{named}]}}', "p", RESOURCE).diagnostics == []


@pytest.mark.parametrize("key", ["aws:SourceIp", "AWS:sourceVPCE", "aws:PrincipalTag/team", "s3:prefix"])
def test_known_keys_are_no_fault(key: str) -> None:
    assert read(statement(Condition={"StringLike": {key: "x*"}}), "p", IDENTITY).diagnostics == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ('{ Effect = "Allow", Action = ["s3:GetObjct", "s3:PutObject"], Resource = "*" }', "s3:GetObject?"),
        ('{ Effect = "Allow", Action = "dynamo:PutItem", Resource = "*" }', "dynamodb:PutItem?"),
        ('{ Effect = "Allow", NotAction = "iam:DeleteUsr", Resource = "*" }', "iam:DeleteUser?"),
        ('{ Effect = "Allow", Action = "nothing:like-it", Resource = "*" }', "nothing:like-it"),
        (f'{{ Effect = "Allow", Action = "s3:*", Resource = "*", {ORGANIZATION} }}', "aws:principalorgid?"),
    ],
)  # fmt: skip
def test_what_aws_has_none_of_is_told_with_what_may_be_meant(tmp_path: Path, statement: str, said: str) -> None:
    """AWS takes such a policy (its validation warns of "invalid action" and "invalid global condition key"); the
    rest of it counts."""
    asked = Asked(tmp_path, held(f'jsonencode({{ Version = "2012-10-17", Statement = [{statement}, {SENDS}] }})'))
    [told] = complaints(asked.graph)
    assert said in told.summary
    assert told.level.value == "warning"
    assert asked.verdict("aws_iam_role.r", "sqs:SendMessage", "*") == "allowed"


def test_patterns_and_new_keys_of_services_are_no_fault(tmp_path: Path) -> None:
    known = (
        '{ Effect = "Allow", Action = ["s3:Get*", "*", "iam:?ass*"], Resource = "*", Condition = { StringEquals = '
        '{ "s3:whatever" = "x", "aws:ResourceTag/team" = "y" } } }'
    )
    asked = Asked(tmp_path, held(f'jsonencode({{ Version = "2012-10-17", Statement = [{known}] }})'))
    assert list(complaints(asked.graph)) == []
