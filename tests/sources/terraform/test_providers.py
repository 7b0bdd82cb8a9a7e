"""Provider blocks with `for_each` and the names of OpenTofu's files, as OpenTofu 1.9 documents them (language:
providers, "for_each: multiple instances of a provider configuration"; files, ".tofu takes precedence").
"""

from __future__ import annotations

import pytest

from scanner.model.value import Cause, Unknown
from tests.sources.terraform.reading import reading

PROVIDERS = """
variable "regions" { default = { a = "us-east-1", b = "eu-west-1" } }
provider "aws" {
  alias    = "by"
  for_each = var.regions
  region   = each.value
  default_tags { tags = { key = each.key } }
}
"""
MODULE = {"m/m.tf": 'resource "aws_x" "x" {}\nresource "aws_eip" "e" { tags = { own = 1 } }\n'}


def test_each_instance_of_a_resource_uses_its_own_configuration(tmp_path):
    text = 'resource "aws_eip" "e" {\n  for_each = var.regions\n  provider = aws.by[each.key]\n}\n'
    read = reading(tmp_path, PROVIDERS + text)

    assert read.diagnostics == []
    assert read['aws_eip.e["a"]'].scope.region == "us-east-1"
    assert read['aws_eip.e["b"]'].scope.region == "eu-west-1"
    assert read.attributes('aws_eip.e["b"]')["tags_all"] == {"key": "b"}


def test_a_configuration_is_named_by_a_key_that_is_written_out(tmp_path):
    read = reading(tmp_path, PROVIDERS + 'resource "aws_eip" "e" { provider = aws.by["b"] }\n')

    assert read["aws_eip.e"].scope.region == "eu-west-1"


def test_each_call_of_a_module_is_handed_its_own_configuration(tmp_path):
    call = (
        'module "m" {\n  source = "./m"\n  for_each = var.regions\n  providers = { aws = aws.by[each.key] }\n}\n'
    )
    read = reading(tmp_path, {"main.tf": PROVIDERS + call, **MODULE})

    assert read.diagnostics == []
    assert [read[f'module.m["{key}"].aws_x.x'].scope.region for key in "ab"] == ["us-east-1", "eu-west-1"]
    assert read.attributes('module.m["a"].aws_eip.e')["tags_all"] == {"key": "a", "own": 1}


def test_a_key_that_is_not_known_leaves_the_region_unknown(tmp_path):
    text = 'variable "k" {}\nresource "aws_eip" "e" { provider = aws.by[var.k] }\n'
    read = reading(tmp_path, PROVIDERS + text)

    assert isinstance(read["aws_eip.e"].scope.region, Unknown)


def test_every_configuration_is_shown(tmp_path):
    read = reading(tmp_path, PROVIDERS)

    assert [name for name in read.names if name.startswith("provider")] == [
        'provider.aws.by["a"]',
        'provider.aws.by["b"]',
    ]
    assert read.attributes('provider.aws.by["a"]')["region"] == "us-east-1"


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (("a.tf", "a.tofu"), {"a.tofu"}),
        (("a.tf.json", "a.tofu.json"), {"a.tofu.json"}),
        (("a.tf", "a.tofu.json"), {"a.tf", "a.tofu.json"}),
        (("a.tf.json", "a.tofu"), {"a.tf.json", "a.tofu"}),
        (("a.tf", "b.tofu"), {"a.tf", "b.tofu"}),
        (("a.b.tf", "a.b.tofu"), {"a.b.tofu"}),
    ],
)
def test_a_tofu_file_replaces_the_file_of_its_own_name_only(tmp_path, names, kept):
    files = {}
    for at, name in enumerate(names):
        block = f'{{"resource": {{"aws_eip": {{"e{at}": {{}}}}}}}}'
        files[name] = block if name.endswith(".json") else f'resource "aws_eip" "e{at}" {{}}\n'

    assert {each.span.path for each in reading(tmp_path, files).resources} == kept


@pytest.mark.parametrize(
    "name", ["override.tf", "b_override.tf", "b.c_override.tf", "b_override.tofu", "override.tofu"]
)
def test_an_override_file_merges(tmp_path, name):
    files = {
        "a.tf": 'resource "aws_eip" "e" {\n  domain = "a"\n  of = 1\n}\n',
        name: 'resource "aws_eip" "e" { domain = "b" }',
    }
    read = reading(tmp_path, files)

    assert read.diagnostics == []
    assert read.attributes("aws_eip.e") == {"domain": "b", "of": 1}


# Whose account an alias works in: AWS provider, "Authentication and Configuration"; Terraform, "Providers Within
# Modules": configuration_aliases are configurations that the caller must hand over.

TWO = 'resource "aws_eip" "a" { provider = aws.dev }\nresource "aws_eip" "b" { provider = aws.prod }\n'
HANDED = """
terraform {
  required_providers {
    aws = {
      configuration_aliases = [aws.dev, aws.prod]
    }
  }
}
"""


def accounts(read):
    return [read[f"aws_eip.{name}"].scope.account for name in "ab"]


def configured(dev: str, prod: str, default: str = "") -> str:
    blocks = "".join(
        f'provider "aws" {{\n  alias = "{alias}"\n  region = "eu-west-1"\n  {told}\n}}\n'
        for alias, told in (("dev", dev), ("prod", prod))
    )
    return f'provider "aws" {{\n  region = "us-east-1"\n  {default}\n}}\n{blocks}{TWO}'


def test_aliases_that_the_caller_hands_over_work_in_accounts_that_are_not_known_to_be_one(tmp_path):
    one, other = accounts(reading(tmp_path, HANDED + TWO + 'resource "aws_eip" "c" { provider = aws.dev }\n'))

    assert isinstance(one, Unknown)
    assert isinstance(other, Unknown)
    assert one.references != other.references
    assert one.reason == "the account that provider aws.dev works in is not written"


def test_all_that_one_alias_makes_lies_in_one_account(tmp_path):
    read = reading(tmp_path, HANDED + TWO + 'resource "aws_eip" "c" { provider = aws.dev }\n')

    assert read["aws_eip.a"].scope.account is read["aws_eip.c"].scope.account


def test_aliases_that_differ_in_region_alone_share_the_account(tmp_path):
    assert accounts(reading(tmp_path, configured("", ""))) == [None, None]
    told = 'profile = "main"'
    assert accounts(reading(tmp_path, configured(told, told, told))) == [None, None]


@pytest.mark.parametrize("told", ['profile = "%s"', 'access_key = "%s"', 'shared_credentials_files = ["%s"]'])
def test_other_credentials_may_be_of_another_account(tmp_path, told):
    one, other = accounts(reading(tmp_path, configured(told % "a", told % "b")))
    assert isinstance(one, Unknown)
    assert isinstance(other, Unknown)
    assert one.references != other.references


def test_the_same_credentials_are_of_one_account(tmp_path):
    one, other = accounts(reading(tmp_path, configured('profile = "a"', 'profile = "a"')))
    assert isinstance(one, Unknown)
    assert one is other


def test_an_account_that_is_written_is_known(tmp_path):
    role = 'assume_role {\n    role_arn = "arn:aws:iam::111122223333:role/x"\n  }'
    read = reading(tmp_path, configured(role, 'allowed_account_ids = ["444455556666"]'))
    assert accounts(read) == ["111122223333", "444455556666"]


def test_a_module_is_handed_what_its_caller_wrote(tmp_path):
    call = 'module "m" {\n  source = "./m"\n  providers = { aws.dev = aws, aws.prod = aws.other }\n}\n'
    main = 'provider "aws" {}\nprovider "aws" {\n  alias = "other"\n  region = "eu-west-1"\n}\n'
    read = reading(tmp_path, {"main.tf": main + call, "m/m.tf": HANDED + TWO})
    assert [read[f"module.m.aws_eip.{name}"].scope.account for name in "ab"] == [None, None]


def test_a_function_of_a_provider_is_unknown_not_misspelt(tmp_path):
    """Terraform, "Provider-defined functions": provider::LOCAL_NAME::FUNCTION, of a provider that is required."""
    required = 'terraform {\n  required_providers {\n    semvers = { source = "anapsix/semvers" }\n  }\n}\n'
    compared = 'resource "terraform_data" "c" {\n  input = provider::semvers::compare("1.2.3", "1.2.4")\n}\n'
    within = 'resource "terraform_data" "w" {\n  input = [for v in ["1"] : provider::semvers::compare(v, v)]\n}\n'
    read = reading(tmp_path / "required", required + compared + within)

    value = read.attributes("terraform_data.c")["input"]
    assert isinstance(value, Unknown)
    assert value.cause is Cause.PROVIDER_COMPUTED
    assert "provider::semvers::compare()" in value.reason
    assert read.diagnostics == []
    assert reading(tmp_path / "not_required", compared).codes == ["evaluate-expression"]
