"""`aws_iam_policy_document` as the AWS provider writes it.

Expected texts follow the provider's documentation of the data source ("Example Usage" and the argument reference):
one value stands alone, lists are sorted in reverse, `&{}` is a policy variable, overriding goes by sid.
"""

from __future__ import annotations

import json

from scanner.model.value import Cause, Unknown
from tests.sources.terraform.reading import reading


def document(folder, body: str, before: str = ""):
    """The policy that a role carries; parsed where it is text."""
    text = f'{before}\ndata "aws_iam_policy_document" "d" {{\n{body}\n}}\n'
    text += 'resource "aws_iam_policy" "p" { policy = data.aws_iam_policy_document.d.json }\n'
    policy = reading(folder, text).attributes("aws_iam_policy.p")["policy"]
    return json.loads(policy) if isinstance(policy, str) else policy


def statements(folder, body: str, before: str = ""):
    return document(folder, body, before)["Statement"]


def test_a_statement_in_full(tmp_path):
    body = """
  statement {
    sid       = "1"
    actions   = ["s3:ListAllMyBuckets", "s3:GetBucketLocation"]
    resources = ["arn:aws:s3:::*"]
  }
  statement {
    effect        = "Deny"
    not_actions   = ["iam:*"]
    not_resources = ["a", "b"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::123456789012:root"]
    }
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["", "home/", "home/&{aws:username}/"]
    }
  }
"""
    assert document(tmp_path, body) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "1",
                "Effect": "Allow",
                "Action": ["s3:ListAllMyBuckets", "s3:GetBucketLocation"],
                "Resource": "arn:aws:s3:::*",
            },
            {
                "Effect": "Deny",
                "NotAction": "iam:*",
                "NotResource": ["b", "a"],
                "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                "Condition": {"StringLike": {"s3:prefix": ["", "home/", "home/${aws:username}/"]}},
            },
        ],
    }


def test_principals_of_several_types_and_of_all(tmp_path):
    body = """
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com", "ecs.amazonaws.com"]
    }
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
  statement {
    actions = ["s3:*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
"""
    first, second = statements(tmp_path, body)

    assert first["Principal"] == {"Service": ["ecs.amazonaws.com", "ec2.amazonaws.com"], "AWS": "*"}
    assert second["Principal"] == "*"


def test_conditions_of_one_test_stand_together(tmp_path):
    body = """
  statement {
    actions = ["a:b"]
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["1"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceOrgID"
      values   = ["o"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
"""
    (only,) = statements(tmp_path, body)

    assert only["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "1", "aws:SourceOrgID": "o"},
        "Bool": {"aws:SecureTransport": "false"},
    }


def test_statements_from_a_dynamic_block(tmp_path):
    body = """
  dynamic "statement" {
    for_each = { a = "s3:Get*", b = "s3:Put*" }
    content {
      sid       = statement.key
      actions   = [statement.value]
      resources = ["*"]
    }
  }
"""
    assert [(each["Sid"], each["Action"]) for each in statements(tmp_path, body)] == [
        ("a", "s3:Get*"),
        ("b", "s3:Put*"),
    ]


SOURCE = """
data "aws_iam_policy_document" "source" {
  statement {
    sid       = "Shared"
    actions   = ["ec2:*"]
    resources = ["*"]
  }
  statement {
    sid       = "Own"
    actions   = ["sqs:*"]
    resources = ["*"]
  }
  statement {
    actions   = ["sns:*"]
    resources = ["*"]
  }
}
"""


def test_source_documents_come_first(tmp_path):
    body = """
  source_policy_documents = [data.aws_iam_policy_document.source.json]
  statement {
    actions   = ["s3:*"]
    resources = ["*"]
  }
"""
    assert [each["Action"] for each in statements(tmp_path, body, SOURCE)] == ["ec2:*", "sqs:*", "sns:*", "s3:*"]


def test_a_statement_replaces_the_source_statement_of_its_sid(tmp_path):
    """The documentation's "Example Using A Source Document"."""
    body = """
  source_policy_documents = [data.aws_iam_policy_document.source.json]
  statement {
    sid       = "Shared"
    actions   = ["s3:*"]
    resources = ["arn:aws:s3:::mine"]
  }
"""
    found = statements(tmp_path, body, SOURCE)

    assert [(each.get("Sid"), each["Action"]) for each in found] == [
        ("Shared", "s3:*"),
        ("Own", "sqs:*"),
        (None, "sns:*"),
    ]


def test_override_documents_replace_by_sid_and_add_the_rest(tmp_path):
    body = """
  override_policy_documents = [data.aws_iam_policy_document.source.json]
  statement {
    sid       = "Own"
    actions   = ["*"]
    resources = ["*"]
  }
"""
    assert [(each.get("Sid"), each["Action"]) for each in statements(tmp_path, body, SOURCE)] == [
        ("Own", "sqs:*"),
        ("Shared", "ec2:*"),
        (None, "sns:*"),
    ]


def test_an_unknown_part_leaves_the_rest_readable(tmp_path):
    before = 'resource "aws_s3_bucket" "b" {}\nvariable "extra" {}\n'
    body = """
  statement {
    actions   = ["*"]
    resources = [aws_s3_bucket.b.arn, "${aws_s3_bucket.b.arn}/*"]
  }
"""
    policy = document(tmp_path, body, before)
    (only,) = policy["Statement"]

    assert only["Action"] == "*"
    assert [each.references for each in only["Resource"]] == [("aws_s3_bucket.b.arn",), ("aws_s3_bucket.b.arn",)]


def test_unknown_sources_are_unknown_statements_and_not_none(tmp_path):
    before = 'variable "extra" {}\n'
    body = """
  source_policy_documents = [var.extra]
  statement {
    actions   = ["s3:*"]
    resources = ["*"]
  }
"""
    policy = document(tmp_path, body, before)
    first, second = policy["Statement"]

    assert isinstance(first, Unknown)
    assert first.cause is Cause.NO_DEFAULT
    assert second["Action"] == "s3:*"


def test_sources_chosen_by_for_each_and_condition(tmp_path):
    before = """
variable "on" { default = true }
data "aws_iam_policy_document" "many" {
  for_each = toset(["a", "b"])
  statement {
    sid       = each.key
    actions   = ["${each.key}:*"]
    resources = ["*"]
  }
}
"""
    body = "  source_policy_documents = var.on ? [for d in data.aws_iam_policy_document.many : d.json] : []\n"

    assert [each["Action"] for each in statements(tmp_path, body, before)] == ["a:*", "b:*"]


def test_a_document_without_statements(tmp_path):
    assert document(tmp_path, '  policy_id = "x"') == {"Version": "2012-10-17", "Id": "x", "Statement": []}


def test_a_source_that_is_not_json_is_unknown(tmp_path):
    found = document(tmp_path, '  source_policy_documents = ["{not json"]')

    assert isinstance(found, dict)
    assert isinstance(found["Statement"][0], Unknown)


def test_a_document_survives_functions(tmp_path):
    text = """
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}
locals { decoded = jsondecode(data.aws_iam_policy_document.d.json) }
resource "aws_iam_policy" "p" { policy = jsonencode(merge(local.decoded, { Id = "again" })) }
"""
    policy = reading(tmp_path, text).attributes("aws_iam_policy.p")["policy"]

    assert json.loads(policy)["Statement"] == [{"Action": "*", "Effect": "Allow", "Resource": "*"}]


def test_an_unknown_override_may_replace_whatever_has_a_sid(tmp_path):
    body = """
  override_policy_documents = [var.extra]
  statement {
    sid       = "Named"
    actions   = ["*"]
    resources = ["*"]
  }
  statement {
    actions   = ["s3:*"]
    resources = ["*"]
  }
"""
    named, plain, added = document(tmp_path, body, 'variable "extra" {}')["Statement"]

    assert isinstance(named, Unknown)
    assert plain["Action"] == "s3:*"
    assert isinstance(added, Unknown)


def test_everyone_beside_others_keeps_its_type(tmp_path):
    body = """
  statement {
    actions = ["a:b"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    principals {
      type        = "AWS"
      identifiers = ["111111111111"]
    }
  }
"""
    assert statements(tmp_path, body)[0]["Principal"] == {"*": "*", "AWS": "111111111111"}
