"""What the configuration declares of roots and accounts: environments, regions, account ids."""

from __future__ import annotations

import pytest

from scanner.model.location import SourceFile
from scanner.model.settings import Aws
from scanner.model.value import Cause, Unknown
from scanner.sources.terraform.inputs import Environment, Settings, load_inputs
from scanner.sources.tree import Tree
from tests.sources.terraform.reading import reading

ACCOUNT = "123456789012"
WHOSE = """
data "aws_caller_identity" "me" {}
data "aws_partition" "p" {}
data "aws_region" "r" {}
"""


def test_later_sources_of_variables_win(tmp_path):
    (tmp_path / "terraform.tfvars").write_text(
        'a = "auto"\nb = "auto"\nc = "auto"\nd = "auto"\ne = "auto"\nf = "auto"\n'
    )
    environment = Environment(
        "prod",
        "live",
        (SourceFile("env.tfvars", b'c = "env"\nd = "env"\ne = "env"\nf = "env"\n'),),
        {"d": "table", "e": "table", "f": "table"},
    )
    settings = Settings(
        (SourceFile("given.tfvars", b'e = "given"\nf = "given"\n'),),
        (("f", "var"),),
        common=(SourceFile("common.tfvars", b'b = "common"\nc = "common"\n'),),
    )
    inputs = load_inputs(Tree(tmp_path), ".", settings, [], environment)

    assert inputs.values == {"a": "auto", "b": "common", "c": "env", "d": "table", "e": "given", "f": "var"}
    assert inputs.workspace == "live"


def test_account_and_region_are_unknown_until_they_are_declared(tmp_path):
    me, partition, region = (reading(tmp_path, WHOSE)[f"data.{each}"].attributes for each in (
        "aws_caller_identity.me", "aws_partition.p", "aws_region.r"))  # fmt: skip

    for value in (me["account_id"], partition["partition"], region["name"]):
        assert isinstance(value, Unknown)
        assert value.cause is Cause.DATA_SOURCE
        assert "[aws]" in value.reason
    assert me["account_id"].references == ("data.aws_caller_identity.me.account_id",)


def test_account_and_region_as_declared(tmp_path):
    read = reading(tmp_path, WHOSE, Settings(aws=Aws(ACCOUNT, "cn-north-1")))

    assert read.attributes("data.aws_caller_identity.me")["account_id"] == ACCOUNT
    assert read.attributes("data.aws_region.r")["name"] == "cn-north-1"
    partition = read.attributes("data.aws_partition.p")
    assert (partition["partition"], partition["reverse_dns_prefix"]) == ("aws-cn", "cn.com.amazonaws")


@pytest.mark.parametrize(
    ("provider", "account"),
    [
        ('region = "eu-west-1"', ACCOUNT),
        ('profile = "prod"', "2" * 12),
        ('profile = "other"', ACCOUNT),
        ('allowed_account_ids = ["333333333333"]', "3" * 12),
        ('assume_role { role_arn = "arn:aws:iam::444444444444:role/r" }', "4" * 12),
        ('assume_role { role_arn = "no-arn" }', None),
        ('alias = "east"', "5" * 12),
    ],
)
def test_the_provider_says_more_than_the_configuration(tmp_path, provider, account):
    use = "  provider = aws.east\n" if "alias" in provider else ""
    text = f'provider "aws" {{\n  {provider}\n}}\nresource "aws_s3_bucket" "b" {{\n{use}}}\n'
    told = Aws(ACCOUNT, "us-east-1", {"prod": "2" * 12}, {"east": "5" * 12})
    read = reading(tmp_path, text, Settings(aws=told))

    scope = read["aws_s3_bucket.b"].scope
    assert scope.account == account
    assert scope.region == ("eu-west-1" if "eu-west-1" in provider else "us-east-1")


@pytest.mark.parametrize(
    ("region", "name"), [("eu-west-1", "logs.amazonaws.com"), ("cn-north-1", None), ("", None)]
)
def test_services_are_called_alike_in_the_standard_partition(tmp_path, region, name):
    """The provider's documentation of aws_service_principal: `logs.amazonaws.com` in AWS Commercial; other
    partitions have suffixes of their own, and a region that is not written may lie in any."""
    text = 'data "aws_service_principal" "s" {\n  service_name = "logs"\n}\n'
    found = reading(tmp_path, text, Settings(aws=Aws(ACCOUNT, region))).attributes("data.aws_service_principal.s")
    assert found.get("name") == name if name else not isinstance(found.get("name"), str)
