"""Why a value is unknown: the names that lead to the cause."""

from __future__ import annotations

import pytest

from scanner.model.value import Unknown, unknowns
from tests.sources.terraform.reading import reading

MODULE = 'module "vpc" { source = "terraform-aws-modules/vpc/aws" }\n'


def _why(read, name, path):
    resource = read[name]
    unknown = next(unknowns(resource.attributes[path]))
    return resource.explains.why(path, unknown.reason)


def test_an_absent_module_is_named_through_locals_variables_and_outputs(tmp_path):
    files = {
        "main.tf": MODULE
        + """
locals { ids = module.vpc.subnets }
module "relay" {
  source = "./relay"
  in     = local.ids
}
module "app" {
  source  = "./app"
  subnets = module.relay.out
}
""",
        "relay/main.tf": 'variable "in" {}\noutput "out" { value = var.in }\n',
        "app/main.tf": 'variable "subnets" {}\nresource "aws_lb" "l" { subnets = var.subnets }\n',
    }
    read = reading(tmp_path, files)
    why = _why(read, "module.app.aws_lb.l", "subnets")

    assert [link.name for link in why.links] == [
        "module.app.var.subnets",
        "module.relay.out",
        "module.relay.var.in",
        "local.ids",
        "module.vpc.subnets",
    ]
    assert read.text(why.links[-1].span) == 'module "vpc" '
    assert "not on disk" in why.reason
    assert "terraform init" in why.remedy


@pytest.mark.parametrize(
    ("value", "chain", "remedy"),
    [
        ("var.v", ["var.v"], "--var"),
        ('"${var.v}-x"', ["var.v"], "--var"),
        ("upper(local.l)", ["local.l", "var.v"], "--var"),
        ("data.aws_ssm_parameter.p.value", ["data.aws_ssm_parameter.p.value"], "a plan"),
        ("aws_sqs_queue.q.arn", ["aws_sqs_queue.q.arn"], ""),
        ("aws_sqs_queue.q.name", ["aws_sqs_queue.q.name", "var.v"], "--var"),
        ("aws_sqs_queue.many[*].arn", ["aws_sqs_queue.many"], ""),
        ("[for k, q in aws_sqs_queue.many : q.arn]", ["aws_sqs_queue.many"], ""),
    ],
)
def test_the_cause_ends_the_chain(tmp_path, value, chain, remedy):
    text = f"""
variable "v" {{}}
locals {{ l = var.v }}
data "aws_ssm_parameter" "p" {{ name = "/x" }}
resource "aws_sqs_queue" "q" {{ name = var.v }}
resource "aws_sqs_queue" "many" {{ count = 2 }}
resource "aws_x" "x" {{ a = {value} }}
"""
    why = _why(reading(tmp_path, text), "aws_x.x", "a")

    assert [link.name for link in why.links] == chain
    assert why.remedy.startswith(remedy) if not remedy.startswith("--") else remedy in why.remedy


def test_what_each_instance_hangs_on_is_followed(tmp_path):
    text = 'variable "v" { type = set(string) }\nresource "aws_x" "x" {\n  for_each = var.v\n  a = each.key\n}\n'
    read = reading(tmp_path, text)
    (found,) = [each for each in read.resources if each.type == "aws_x"]
    value = found.attributes["a"]

    assert isinstance(value, Unknown)
    assert [link.name for link in found.explains.why("a", value.reason).links] == ["var.v"]


def test_what_is_known_has_no_cause(tmp_path):
    read = reading(tmp_path, 'variable "v" {}\nresource "aws_x" "x" {\n  a = 1\n  b = var.v\n}\n')

    assert read["aws_x.x"].explains.why("a", 'variable "v" has no default') is None


def test_a_cycle_ends(tmp_path):
    text = 'locals {\n  a = local.b\n  b = local.a\n}\nresource "aws_x" "x" { a = local.a }\n'
    why = _why(reading(tmp_path, text), "aws_x.x", "a")

    assert [link.name for link in why.links][:1] == ["local.a"]
