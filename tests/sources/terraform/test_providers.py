"""Provider blocks with `for_each` and the names of OpenTofu's files, as OpenTofu 1.9 documents them (language:
providers, "for_each: multiple instances of a provider configuration"; files, ".tofu takes precedence").
"""

from __future__ import annotations

import pytest

from scanner.model.value import Unknown
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
