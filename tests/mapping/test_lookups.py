"""Data sources that look things up by name, joined to what the scan holds."""

from __future__ import annotations

import pytest

from tests.cli.running import run, write

KEY = 'resource "aws_kms_key" "k" { tags = { Name = "main" } }\n'
ALIAS = 'resource "aws_kms_alias" "a" {\n  name = "alias/main"\n  target_key_id = aws_kms_key.k.key_id\n}\n'
ROLE = 'resource "aws_iam_role" "r" { name = "worker" }\n'


def _edges(tmp_path, files):
    ran = run("graph", write(tmp_path, files), "--format", "json")
    return {
        (source.partition(":")[2], name, target.partition(":")[2])
        for name, pairs in ran.json["relations"].items()
        for source, targets in pairs.items()
        for target in targets
    }


def _function(data, role="data.aws_iam_role.r.arn"):
    return f'{data}\nresource "aws_lambda_function" "f" {{\n  function_name = "f"\n  role = {role}\n}}\n'


BY_NAME = 'data "aws_iam_role" "r" { name = "NAME" }'


def test_a_role_by_name_in_another_root(tmp_path):
    files = {"iam/a.tf": ROLE, "app/a.tf": _function(BY_NAME.replace("NAME", "worker"))}
    edges = _edges(tmp_path, files)

    assert ("app#aws_lambda_function.f", "assumes", "iam#aws_iam_role.r") in edges


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"iam/a.tf": ROLE, "app/a.tf": _function(BY_NAME.replace("NAME", "other"))}, "no such name"),
        (
            {"iam/a.tf": ROLE, "two/a.tf": ROLE, "app/a.tf": _function(BY_NAME.replace("NAME", "worker"))},
            "two of them",
        ),
        (
            {
                "iam/a.tf": 'provider "aws" { allowed_account_ids = ["111111111111"] }\n' + ROLE,
                "app/a.tf": 'provider "aws" { allowed_account_ids = ["222222222222"] }\n'
                + _function(BY_NAME.replace("NAME", "worker")),
            },
            "another account",
        ),
        (
            {
                "iam/a.tf": ROLE,
                "app/a.tf": 'variable "n" {}\n' + _function('data "aws_iam_role" "r" { name = var.n }'),
            },
            "an unknown name",
        ),
    ],
)
def test_anything_else_joins_nothing(tmp_path, files, why):
    assert not [each for each in _edges(tmp_path, files) if each[1] == "assumes" and "iam" in each[2]], why


@pytest.mark.parametrize(
    "question",
    ['tags = { Name = "net" }', 'filter {\n    name   = "tag:Name"\n    values = ["net"]\n  }'],
)
def test_a_network_by_its_tags(tmp_path, question):
    files = {
        "net/a.tf": 'resource "aws_vpc" "v" {\n  cidr_block = "10.0.0.0/16"\n'
        '  tags = { Name = "net", env = "dev" }\n}\n',
        "app/a.tf": f'data "aws_vpc" "v" {{\n  {question}\n}}\n'
        'resource "aws_subnet" "s" { vpc_id = data.aws_vpc.v.id }\n',
    }
    assert ("app#aws_subnet.s", "in_network", "net#aws_vpc.v") in _edges(tmp_path, files)


def test_a_bucket_by_name(tmp_path):
    files = {
        "data/a.tf": 'resource "aws_s3_bucket" "b" { bucket = "logs" }\n',
        "app/a.tf": 'data "aws_s3_bucket" "b" { bucket = "logs" }\n'
        'resource "aws_cloudtrail" "t" {\n  name = "t"\n  s3_bucket_name = data.aws_s3_bucket.b.id\n}\n',
    }
    assert any(
        each[0] == "app#aws_cloudtrail.t" and each[2] == "data#aws_s3_bucket.b" for each in _edges(tmp_path, files)
    )


@pytest.mark.parametrize("kind", ["aws_kms_key", "aws_kms_alias"])
def test_a_key_by_its_alias(tmp_path, kind):
    name = 'key_id = "alias/main"' if kind == "aws_kms_key" else 'name = "alias/main"'
    attribute = "arn" if kind == "aws_kms_key" else "target_key_arn"
    files = {
        "keys/a.tf": KEY + ALIAS,
        "app/a.tf": f'data "{kind}" "k" {{ {name} }}\n'
        f'resource "aws_sqs_queue" "q" {{ kms_master_key_id = data.{kind}.k.{attribute} }}\n',
    }
    assert any(
        each[0] == "app#aws_sqs_queue.q" and each[2] == "keys#aws_kms_key.k" for each in _edges(tmp_path, files)
    )
