"""Principals of a scan with what grants to them and limits them, from Terraform to the decision."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.analysis.access.answers import who_can
from scanner.analysis.access.decision import Decision
from scanner.analysis.access.estate import Estate
from scanner.analysis.access.rows import Caller
from scanner.graph.choose import choose
from tests.analysis.access.reading import graph_of

SERVICE = '{ Service = "lambda.amazonaws.com" }'


def trust(principal: str = SERVICE, more: str = "") -> str:
    inner = f'Effect = "Allow", Action = "sts:AssumeRole", Principal = {principal}{more}'
    return f"jsonencode({{ Statement = [{{ {inner} }}] }})"


def allow(actions: str, resource: str = '"*"', effect: str = "Allow", more: str = "") -> str:
    inner = f'Effect = "{effect}", Action = {actions}, Resource = {resource}{more}'
    return f"jsonencode({{ Statement = [{{ {inner} }}] }})"


def role(name: str, principal: str = SERVICE, more: str = "") -> str:
    inner = f' name = "{name}"\n assume_role_policy = {trust(principal)}\n {more}\n'
    return f'resource "aws_iam_role" "{name}" {{\n{inner}}}\n'


def holds(name: str, policy: str, kind: str = "role") -> str:
    inner = f" {kind} = aws_iam_{kind}.{name}.name\n policy = {policy}\n"
    return f'resource "aws_iam_{kind}_policy" "{name}" {{\n{inner}}}\n'


def own(name: str, action: str) -> str:
    policy = allow(f'"{action}"')
    return f'resource "aws_iam_policy" "{name}" {{\n name = "{name}"\n policy = {policy}\n}}\n'


class Asked:
    """An estate built from Terraform text."""

    def __init__(self, folder: Path, text: str) -> None:
        self.graph = graph_of(folder, main_tf=text)
        self.estate = Estate.of(self.graph)

    def node(self, name: str) -> int:
        [found] = choose(self.graph, name)
        return found

    def decide(self, who: str, action: str, resource: str, **context: Any) -> Decision:
        principal = self.estate.principals[self.node(who)]
        target = resource if resource == "*" or resource.startswith("arn:") else self.node(resource)
        return self.estate.decide(principal, action, target, {k.replace("__", ":"): v for k, v in context.items()})

    def verdict(self, who: str, action: str, resource: str, **context: Any) -> str:
        return self.decide(who, action, resource, **context).verdict.value


BUCKET = 'resource "aws_s3_bucket" "b" {\n bucket = "records"\n}\n'


def test_a_bucket_is_known_by_reference_name_and_pattern(tmp_path: Path) -> None:
    for resource in ('"${aws_s3_bucket.b.arn}/*"', '"arn:aws:s3:::records/*"', '"arn:aws:s3:::rec*"', '"*"',
                     '"arn:${data.aws_partition.p.partition}:s3:::${aws_s3_bucket.b.id}/*"'):  # fmt: skip
        text = BUCKET + role("r") + holds("r", allow('"s3:GetObject"', resource)) + 'data "aws_partition" "p" {}\n'
        assert Asked(tmp_path, text).verdict("aws_iam_role.r", "s3:GetObject", "aws_s3_bucket.b") == "allowed", (
            resource
        )


def test_another_bucket_is_another(tmp_path: Path) -> None:
    text = BUCKET + role("r") + holds("r", allow('"s3:GetObject"', '"arn:aws:s3:::others/*"'))
    assert Asked(tmp_path, text).verdict("aws_iam_role.r", "s3:GetObject", "aws_s3_bucket.b") == "denied"


def test_names_that_only_a_provider_knows_compare_as_themselves(tmp_path: Path) -> None:
    text = (
        'resource "aws_s3_bucket" "b" {}\nresource "aws_s3_bucket" "c" {}\n'
        + role("r")
        + holds("r", allow('"s3:ListBucket"', "aws_s3_bucket.b.arn"))
    )
    asked = Asked(tmp_path, text)
    assert asked.verdict("aws_iam_role.r", "s3:ListBucket", "aws_s3_bucket.b") == "allowed"
    assert asked.verdict("aws_iam_role.r", "s3:ListBucket", "aws_s3_bucket.c") == "denied"


def test_one_variable_is_one_name(tmp_path: Path) -> None:
    text = (
        'variable "n" {}\nresource "aws_s3_bucket" "b" {\n bucket = "${var.n}-logs"\n}\n'
        + role("r")
        + holds("r", allow('"s3:GetObject"', '"arn:aws:s3:::${var.n}-logs/*"'))
        + role("other")
        + holds("other", allow('"s3:GetObject"', '"arn:aws:s3:::${var.n}-data/*"'))
    )
    asked = Asked(tmp_path, text)
    assert asked.verdict("aws_iam_role.r", "s3:GetObject", "aws_s3_bucket.b") == "allowed"
    assert asked.verdict("aws_iam_role.other", "s3:GetObject", "aws_s3_bucket.b") == "denied"


def test_groups_attachments_and_aws_policies_add_up(tmp_path: Path) -> None:
    text = (
        BUCKET
        + 'resource "aws_iam_user" "u" {\n name = "u"\n}\nresource "aws_iam_group" "g" {\n name = "g"\n}\n'
        + 'resource "aws_iam_user_group_membership" "m" {\n user = aws_iam_user.u.name\n'
        + " groups = [aws_iam_group.g.name]\n}\n"
        + holds("g", allow('"s3:GetObject"'), "group")
        + 'resource "aws_iam_user_policy_attachment" "a" {\n user = aws_iam_user.u.name\n'
        + ' policy_arn = "arn:aws:iam::aws:policy/AmazonSQSFullAccess"\n}\n'
    )
    asked = Asked(tmp_path, text)
    assert asked.verdict("aws_iam_user.u", "s3:GetObject", "aws_s3_bucket.b") == "allowed"
    assert asked.verdict("aws_iam_user.u", "sqs:SendMessage", "*") == "allowed"
    assert asked.verdict("aws_iam_user.u", "s3:PutObject", "aws_s3_bucket.b") == "denied"


def test_an_aws_policy_that_the_snapshot_lacks_is_unknown(tmp_path: Path) -> None:
    attached = 'managed_policy_arns = ["arn:aws:iam::aws:policy/AWSLambdaFullAccess"]'
    found = Asked(tmp_path, role("r", more=attached)).decide("aws_iam_role.r", "s3:GetObject", "*")
    assert found.verdict.value == "unknown"
    assert "AWSLambdaFullAccess is not in the snapshot" in found.unknowns[0]


@pytest.mark.parametrize(
    ("boundary", "expected"),
    [
        ("aws_iam_policy.narrow.arn", "denied"),
        ("aws_iam_policy.wide.arn", "allowed"),
        ('"arn:aws:iam::aws:policy/PowerUserAccess"', "allowed"),
        ('"arn:aws:iam::aws:policy/IAMFullAccess"', "denied"),
        ("var.boundary", "unknown"),
    ],
)
def test_boundaries(tmp_path: Path, boundary: str, expected: str) -> None:
    text = (
        'variable "boundary" {}\n'
        + role("r", more=f"permissions_boundary = {boundary}")
        + holds("r", allow('"s3:*"'))
        + own("narrow", "sqs:*")
        + own("wide", "*")
    )
    assert Asked(tmp_path, text).verdict("aws_iam_role.r", "s3:GetObject", "arn:aws:s3:::x/y") == expected


def test_roles_are_taken_by_trust_and_permission(tmp_path: Path) -> None:
    text = (
        role("named", "{ AWS = aws_iam_role.r.arn }")
        + role("rooted", '{ AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }')
        + role("r")
        + role("able")
        + holds("able", allow('"sts:AssumeRole"'))
        + 'data "aws_caller_identity" "me" {}\n'
    )
    asked = Asked(tmp_path, text)

    def may(who: str, taken: str) -> str:
        principal = asked.estate.principals[asked.node(f"aws_iam_role.{who}")]
        return asked.estate.may_assume(asked.node(f"aws_iam_role.{taken}"), principal).verdict.value

    assert may("r", "named") == "allowed"
    assert may("able", "named") == "denied"
    assert may("r", "rooted") == "denied"
    assert may("able", "rooted") == "allowed"
    assert may("able", "r") == "denied"  # trusts a service only


def test_services_are_judged_by_the_trust_alone(tmp_path: Path) -> None:
    asked = Asked(tmp_path, role("r"))
    node = asked.node("aws_iam_role.r")
    assert asked.estate.trusts_service(node, "lambda.amazonaws.com").verdict.value == "allowed"
    assert asked.estate.trusts_service(node, "ec2.amazonaws.com").verdict.value == "denied"


def test_strangers_are_judged_by_the_trust(tmp_path: Path) -> None:
    away = '{ AWS = "arn:aws:iam::210987654321:root" }'
    asked = Asked(tmp_path, role("r", away))
    node = asked.node("aws_iam_role.r")
    named = Caller("role", "arn:aws:iam::210987654321:role/x", "210987654321")
    other = Caller("role", "arn:aws:iam::333333333333:role/x", "333333333333")
    assert asked.estate.trusts(node, named, "sts:AssumeRole").verdict.value == "allowed"
    assert asked.estate.trusts(node, other, "sts:AssumeRole").verdict.value == "denied"


def test_keys_obey_their_own_policy(tmp_path: Path) -> None:
    own = allow('"kms:*"', more=", Principal = { AWS = aws_iam_role.r.arn }")
    text = (
        f'resource "aws_kms_key" "own" {{\n policy = {own}\n}}\nresource "aws_kms_key" "plain" {{}}\n'
        + role("r")
        + role("able")
        + holds("able", allow('"kms:Decrypt"'))
    )
    asked = Asked(tmp_path, text)
    assert asked.verdict("aws_iam_role.r", "kms:Decrypt", "aws_kms_key.own") == "allowed"
    assert asked.verdict("aws_iam_role.able", "kms:Decrypt", "aws_kms_key.own") == "denied"
    assert asked.verdict("aws_iam_role.able", "kms:Decrypt", "aws_kms_key.plain") == "allowed"
    assert asked.verdict("aws_iam_role.r", "kms:Decrypt", "aws_kms_key.plain") == "denied"
    assert (
        asked.verdict("aws_iam_role.able", "kms:Decrypt", "arn:aws:kms:eu-west-1:123456789012:key/k") == "unknown"
    )


def test_times_of_sessions_are_decided(tmp_path: Path) -> None:
    """iam-vulnerable's fn3 and fp5: a session is issued now, and the keys of a user have no such time."""

    def since(operator: str) -> str:
        return f', Condition = {{ {operator} = {{ "aws:TokenIssueTime" = "2020-01-01T00:00:01Z" }} }}'

    text = (
        role("fn3") + holds("fn3", allow('"s3:*"', more=since("DateGreaterThan")))
        + role("fp5") + holds("fp5", allow('"s3:*"', more=since("DateLessThan")))
        + 'resource "aws_iam_user" "u" {\n name = "u"\n}\n'
        + holds("u", allow('"s3:*"', more=since("DateGreaterThan")), "user")
    )  # fmt: skip
    asked = Asked(tmp_path, text)
    assert asked.verdict("aws_iam_role.fn3", "s3:GetObject", "*") == "allowed"
    assert asked.verdict("aws_iam_role.fp5", "s3:GetObject", "*") == "denied"
    assert asked.verdict("aws_iam_user.u", "s3:GetObject", "*") == "denied"


def test_tags_and_names_of_principals_are_known(tmp_path: Path) -> None:
    tagged = ', Condition = { StringEquals = { "aws:PrincipalTag/team" = "red" } }'
    text = (
        'resource "aws_iam_user" "ann" {\n name = "ann"\n tags = { team = "red" }\n}\n'
        'resource "aws_iam_user" "bob" {\n name = "bob"\n tags = { team = "blue" }\n}\n'
        + holds("ann", allow('"s3:*"', '"arn:aws:s3:::home/$${aws:username}/*"', more=tagged), "user")
        + holds("bob", allow('"s3:*"', more=tagged), "user")
    )
    text = text.replace("Statement", 'Version = "2012-10-17", Statement')
    asked = Asked(tmp_path, text)
    assert asked.verdict("aws_iam_user.ann", "s3:GetObject", "arn:aws:s3:::home/ann/x") == "allowed"
    assert asked.verdict("aws_iam_user.ann", "s3:GetObject", "arn:aws:s3:::home/bob/x") == "denied"
    assert asked.verdict("aws_iam_user.bob", "s3:GetObject", "arn:aws:s3:::home/bob/x") == "denied"


ORGANIZATION = """
resource "aws_organizations_organization" "o" {
  feature_set = "ALL"
}
resource "aws_organizations_organizational_unit" "ou" {
  name      = "ou"
  parent_id = aws_organizations_organization.o.roots[0].id
}
resource "aws_organizations_account" "dev" {
  name      = "dev"
  email     = "dev@example.com"
  parent_id = aws_organizations_organizational_unit.ou.id
}
resource "aws_organizations_policy" "p" {
  name    = "p"
  type    = "TYPE"
  content = CONTENT
}
resource "aws_organizations_policy_attachment" "a" {
  policy_id = aws_organizations_policy.p.id
  target_id = aws_organizations_organizational_unit.ou.id
}
provider "aws" {
  alias = "dev"
  assume_role {
    role_arn = "arn:aws:iam::${aws_organizations_account.dev.id}:role/OrganizationAccountAccessRole"
  }
}
resource "aws_s3_bucket" "b" {
  provider = aws.dev
  bucket   = "records"
}
"""
DENY_S3 = 'jsonencode({ Statement = [{ Effect = "Deny", Action = "s3:*", Resource = "*", Principal = "*" }] })'


@pytest.mark.parametrize(
    ("type_", "content", "reads", "sends"),
    [
        ("SERVICE_CONTROL_POLICY", allow('"s3:*"', effect="Deny"), "denied", "allowed"),
        ("SERVICE_CONTROL_POLICY", allow('"*"'), "allowed", "allowed"),
        ("SERVICE_CONTROL_POLICY", allow('"s3:*"'), "allowed", "unknown"),  # FullAWSAccess may be detached
        ("RESOURCE_CONTROL_POLICY", DENY_S3, "denied", "allowed"),
        ("TAG_POLICY", "jsonencode({ tags = {} })", "allowed", "allowed"),
    ],
)
def test_guardrails_of_the_organization(tmp_path: Path, type_: str, content: str, reads: str, sends: str) -> None:
    text = ORGANIZATION.replace("TYPE", type_).replace("CONTENT", content)
    text += role("r", more="provider = aws.dev") + holds("r", allow('"*"')).replace(
        "{\n", "{\n provider = aws.dev\n", 1
    )
    asked = Asked(tmp_path, text)
    assert asked.verdict("aws_iam_role.r", "s3:GetObject", "aws_s3_bucket.b") == reads
    assert asked.verdict("aws_iam_role.r", "sqs:SendMessage", "*") == sends


PUBLIC = """
resource "aws_s3_bucket_policy" "p" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Statement = [
    { Effect = "Allow", Action = "s3:GetObject", Resource = "${aws_s3_bucket.b.arn}/*", Principal = "*" },
    { Effect = "Allow", Action = "s3:GetObject", Resource = "${aws_s3_bucket.b.arn}/*",
      Principal = { AWS = "arn:aws:iam::210987654321:role/partner" } }] })
}
"""


@pytest.mark.parametrize(("block", "expected"), [("true", "denied"), ("false", "allowed"), (None, "unknown")])
def test_strangers_are_kept_out_by_a_block_on_public_access(
    tmp_path: Path, block: str | None, expected: str
) -> None:
    text = BUCKET + PUBLIC
    if block:
        names = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
        settings = "\n".join(f" {name} = {block}" for name in names)
        text += (
            f'resource "aws_s3_bucket_public_access_block" "x" {{\n bucket = aws_s3_bucket.b.id\n{settings}\n}}\n'
        )
    asked = Asked(tmp_path, text)
    found = {each.label: each.decision.verdict.value for each in who_can(
        asked.estate, "s3:GetObject", [asked.node("aws_s3_bucket.b")])}  # fmt: skip
    assert found["anyone"] == expected
    assert found["arn:aws:iam::210987654321:role/partner"] == expected  # another account is kept out with them
