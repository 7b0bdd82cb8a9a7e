"""Instances, nested and dynamic blocks, providers: what `terraform show -json` would hold, and what is unknown."""

from __future__ import annotations

import pytest

from scanner.model.diagnostic import Level
from scanner.model.value import Cause, Sensitive, Unknown
from tests.sources.terraform.reading import plain, reading


def group(dynamic: str, before: str = "") -> str:
    return f'{before}\nresource "aws_security_group" "g" {{\n{dynamic}\n}}\n'


def ingress(folder, dynamic, before=""):
    return reading(folder, group(dynamic, before)).attributes("aws_security_group.g")["ingress"]


# count and for_each


def test_a_block_without_instances_is_listed_as_absent(tmp_path):
    text = 'resource "aws_eip" "a" { count = 0 }\nresource "aws_eip" "b" { for_each = {} }\n'
    read = reading(tmp_path, text + 'data "aws_ami" "c" { count = false ? 1 : 0 }')

    assert read.resources == []
    assert sorted((each.address, each.type) for each in read.absent) == [
        ("tf:.#aws_eip.a", "aws_eip"),
        ("tf:.#aws_eip.b", "aws_eip"),
        ("tf:.#data.aws_ami.c", "data.aws_ami"),
    ]


@pytest.mark.parametrize(
    ("meta", "name"),
    [
        ("count = var.n", "aws_eip.e[0]"),
        ("for_each = var.n", 'aws_eip.e["*"]'),
        ("for_each = toset([var.n])", 'aws_eip.e["*"]'),
        ("for_each = { (var.n) = 1 }", 'aws_eip.e["*"]'),
    ],
)
def test_unknown_instances_are_read_once_and_may_not_exist(tmp_path, meta, name):
    read = reading(tmp_path, f'variable "n" {{}}\nresource "aws_eip" "e" {{\n {meta}\n domain = "vpc"\n}}')
    (eip,) = read.resources

    assert eip.address.name == name
    assert eip.attributes == {"domain": "vpc"}
    assert eip.presence.cause is Cause.NO_DEFAULT


def test_what_refers_to_unknown_instances_still_names_the_block(tmp_path):
    text = """
variable "on" {}
resource "aws_kms_key" "k" { count = var.on ? 1 : 0 }
resource "aws_ebs_volume" "v" { kms_key_id = var.on ? aws_kms_key.k[0].arn : null }
resource "aws_ebs_volume" "w" { kms_key_id = one(aws_kms_key.k[*].arn) }
"""
    read = reading(tmp_path, text)

    for name in ("v", "w"):
        volume = read[f"aws_ebs_volume.{name}"]
        assert isinstance(volume.attributes["kms_key_id"], Unknown)
        assert [each.partition("[")[0] for each in volume.references["kms_key_id"]] == ["aws_kms_key.k"]


def test_resources_of_a_module_with_unknown_count_may_not_exist(tmp_path):
    files = {
        "main.tf": 'variable "n" {}\nmodule "m" {\n source = "./m"\n count = var.n\n}',
        "m/main.tf": 'resource "aws_eip" "e" {}',
    }
    eip = reading(tmp_path, files)["module.m[0].aws_eip.e"]

    assert eip.presence.cause is Cause.NO_DEFAULT


@pytest.mark.parametrize(
    "meta", ['count = "many"', "count = -1.5", 'for_each = ["a", "b"]', 'for_each = "x"', "for_each = 3"]
)
def test_what_terraform_refuses_is_a_diagnostic(tmp_path, meta):
    read = reading(tmp_path, f'resource "aws_eip" "e" {{\n {meta}\n}}')

    assert len(read.diagnostics) == 1
    assert read.text(read.diagnostics[0].span) == meta


def test_a_count_beyond_all_measure_is_cut_and_said(tmp_path):
    read = reading(tmp_path, 'resource "aws_eip" "e" { count = 100000000 }')

    assert read.names == ["aws_eip.e[0]"]
    assert [(each.code, each.level) for each in read.diagnostics] == [("limit-instances", Level.ERROR)]


def test_two_declarations_of_one_name_are_an_error(tmp_path):
    read = reading(
        tmp_path, {"a.tf": 'resource "aws_eip" "e" { domain = "a" }', "b.tf": 'resource "aws_eip" "e" {}'}
    )

    assert read.attributes("aws_eip.e") == {"domain": "a"}
    (told,) = read.diagnostics
    assert (told.code, told.level, told.span.path) == ("parse-duplicate-block", Level.ERROR, "b.tf")


def test_a_tofu_file_replaces_its_namesake(tmp_path):
    files = {"a.tf": 'resource "aws_eip" "tf" {}', "a.tofu": 'resource "aws_eip" "tofu" {}', "b.tf": ""}

    assert reading(tmp_path, files).names == ["aws_eip.tofu"]


# dynamic blocks


def test_a_dynamic_block_expands_over_a_map_with_an_iterator(tmp_path):
    found = ingress(
        tmp_path,
        """
  dynamic "ingress" {
    for_each = { ssh = 22, web = 443 }
    iterator = r
    content {
      description = r.key
      from_port   = r.value
      to_port     = r.value
      cidr_blocks = ["0.0.0.0/0"]
    }
  }""",
    )

    assert found == [
        {"description": "ssh", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]},
        {"description": "web", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]},
    ]


def test_literal_and_dynamic_blocks_stand_in_the_order_of_the_text(tmp_path):
    found = ingress(
        tmp_path,
        """
  ingress { from_port = 1 }
  dynamic "ingress" {
    for_each = [2, 3]
    content { from_port = ingress.value + ingress.key }
  }
  ingress { from_port = 9 }""",
    )

    assert [each["from_port"] for each in found] == [1, 2, 4, 9]


def test_a_dynamic_block_over_nothing_leaves_no_block(tmp_path):
    text = """
  dynamic "ingress" {
    for_each = var.logging == null ? [] : [var.logging]
    content { from_port = ingress.value }
  }"""

    assert ingress(tmp_path, text, 'variable "logging" { default = null }') == []


def test_nested_dynamic_blocks_see_both_iterators(tmp_path):
    text = """
resource "aws_wafv2_web_acl" "w" {
  dynamic "rule" {
    for_each = [{ name = "a", ports = [1, 2] }, { name = "b", ports = [] }]
    content {
      name = rule.value.name
      dynamic "part" {
        for_each = rule.value.ports
        iterator = p
        content { label = "${rule.value.name}-${rule.key}-${p.value}" }
      }
    }
  }
}
"""
    assert reading(tmp_path, text).attributes("aws_wafv2_web_acl.w")["rule"] == [
        {"name": "a", "part": [{"label": "a-0-1"}, {"label": "a-0-2"}]},
        {"name": "b", "part": []},
    ]


def test_a_dynamic_block_over_a_set_has_equal_key_and_value(tmp_path):
    text = """
  dynamic "ingress" {
    for_each = toset(["b", "a"])
    content { description = "${ingress.key}${ingress.value}" }
  }"""

    assert [each["description"] for each in ingress(tmp_path, text)] == ["aa", "bb"]


def test_in_a_block_that_only_apply_expands_only_dynamic_blocks_are_judged(tmp_path):
    """As terraform 1.11.4 tells it: the inner for_each is refused, the attribute beside it is not evaluated."""
    read = reading(
        tmp_path,
        group(
            """
  dynamic "ingress" {
    for_each = terraform_data.seed.id == "" ? [] : [1]
    content {
      description = "${null}-"
      dynamic "whole" {
        for_each = terraform_data.seed.id
        content {}
      }
      dynamic "port" {
        for_each = terraform_data.seed.output
        content {}
      }
      dynamic "part" {
        for_each = "text"
        content {}
      }
    }
  }
""",
            'resource "terraform_data" "seed" { input = [1] }',
        ),
    )

    assert [(each.code, each.summary) for each in read.diagnostics] == [
        ("evaluate-for-each", "for_each of a dynamic block takes a collection, not string")
    ] * 2


def test_what_a_dynamic_block_over_the_sensitive_holds_is_sensitive(tmp_path):
    """As terraform 1.11.4 plans it: the literal too."""
    text = """
  dynamic "ingress" {
    for_each = sensitive([22])
    content {
      from_port = ingress.value
      protocol  = "tcp"
    }
  }"""

    (found,) = ingress(tmp_path, text)

    assert all(isinstance(each, Sensitive) for each in found.values())
    assert {name: each.value for name, each in found.items()} == {"from_port": 22, "protocol": "tcp"}


def test_a_dynamic_block_over_the_unknown_is_unknown_and_not_absent(tmp_path):
    text = """
  ingress { from_port = 1 }
  dynamic "ingress" {
    for_each = var.rules
    content { from_port = ingress.value }
  }"""
    first, second = ingress(tmp_path, text, 'variable "rules" {}')

    assert first == {"from_port": 1}
    assert isinstance(second, Unknown)
    assert second.cause is Cause.NO_DEFAULT


def test_an_iterator_shadows_a_resource_of_its_name_only_in_the_block(tmp_path):
    text = """
  dynamic "ingress" {
    for_each = [each.value]
    iterator = each
    content { description = each.value }
  }
  name     = each.key
  for_each = { k = "v" }
"""
    found = reading(tmp_path, group(text)).attributes('aws_security_group.g["k"]')

    assert found == {"ingress": [{"description": "v"}], "name": "k"}


# where attributes come from


def test_each_attribute_names_the_syntax_that_gave_it(tmp_path):
    text = """
  name = "n"
  ingress { from_port = 1 }
  dynamic "ingress" {
    for_each = [2, 3]
    content {
      from_port = ingress.value
    }
  }"""
    read = reading(tmp_path, group(text))
    origins = read["aws_security_group.g"].origins

    assert read.text(origins["name"]) == 'name = "n"'
    assert read.text(origins["ingress[0].from_port"]) == "from_port = 1"
    assert read.text(origins["ingress[2].from_port"]) == "from_port = ingress.value"
    assert read.text(origins["ingress[2]"]).startswith('dynamic "ingress"')
    assert "ingress[3]" not in origins


@pytest.mark.parametrize(
    ("over", "given", "key", "said"),
    [
        ('toset(["a", "b"])', "each.key", "b", '"b"'),
        ('toset(["a", "b"])', "each.value", "a", '"a"'),
        ('{ a = "x", b = "y" }', "each.value", "b", 'b = "y"'),
        ('{ a = "x", b = "y" }', "each.key", "b", 'b = "y"'),
        ('{ "a.b" = { n = "x", m = 1 }, a = { n = "z" } }', "each.value.n", "a.b", 'n = "x"'),
        # what is not written there, or not handed on as it is, stands where it is put together
        ("toset(local.l)", "each.key", "b", "name = each.key"),
        ('toset(["a", "b"])', '"${each.key}-1"', "b", 'name = "${each.key}-1"'),
    ],
)
def test_an_element_of_a_for_each_that_is_handed_on_stands_in_it(tmp_path, over, given, key, said):
    """cal-itp/data-infra: `role = each.key` over roles of which one is too strong."""
    text = f'locals {{ l = ["a", "b"] }}\nresource "aws_eip" "e" {{\n  for_each = {over}\n  name = {given}\n}}'
    read = reading(tmp_path, text)

    assert read.text(read[f'aws_eip.e["{key}"]'].origins["name"]) == said


def test_an_element_that_a_module_call_hands_on_stands_in_the_call(tmp_path):
    files = {
        "a.tf": 'module "m" {\n  source = "./m"\n  for_each = toset(["a", "b"])\n  name = each.key\n}',
        "m/a.tf": 'variable "name" {}\nresource "aws_eip" "e" {\n  name = var.name\n}',
    }
    read = reading(tmp_path, files)

    assert read.text(read['module.m["b"].aws_eip.e'].origins["name"]) == '"b"'


def test_an_attribute_of_an_override_file_stands_there(tmp_path):
    files = {
        "a.tf": 'resource "aws_eip" "e" {\n  domain = "vpc"\n  instance = "i"\n}',
        "a_override.tf": 'resource "aws_eip" "e" {\n  instance = "other"\n}',
    }
    read = reading(tmp_path, files)
    eip = read["aws_eip.e"]

    assert eip.attributes == {"domain": "vpc", "instance": "other"}
    assert read.text(eip.origins["domain"]) == 'domain = "vpc"'
    assert eip.origins["instance"].path == "a_override.tf"
    assert read.text(eip.origins["instance"]) == 'instance = "other"'


# values


def test_secrets_are_marked_whatever_gave_them(tmp_path):
    text = """
variable "pass" { default = "hunter2" }
variable "marked" {
  default   = "x"
  sensitive = true
}
resource "aws_db_instance" "d" {
  password   = var.pass
  username   = "user-${var.marked}"
  identifier = "plain"
}
"""
    found = reading(tmp_path, text).attributes("aws_db_instance.d")

    assert isinstance(found["password"], Sensitive)
    assert isinstance(found["username"], Sensitive)
    assert found["identifier"] == "plain"
    assert "hunter2" not in repr(found)


def test_what_is_not_written_is_the_providers_to_tell(tmp_path):
    text = (
        'resource "aws_s3_bucket" "b" {}\nresource "aws_s3_bucket_versioning" "v" { bucket = aws_s3_bucket.b.id }'
    )
    read = reading(tmp_path, text)
    bucket = read.attributes("aws_s3_bucket_versioning.v")["bucket"]

    assert read.attributes("aws_s3_bucket.b") == {}
    assert (bucket.cause, bucket.references) == (Cause.PROVIDER_COMPUTED, ("aws_s3_bucket.b.id",))


def test_a_cycle_is_unknown_and_said_once(tmp_path):
    read = reading(
        tmp_path, 'locals {\n  a = local.b\n  b = local.a\n}\nresource "aws_eip" "e" { domain = local.a }'
    )

    assert isinstance(read.attributes("aws_eip.e")["domain"], Unknown)
    assert read.codes == ["evaluate-cycle"]


def test_a_reference_to_nothing_is_unknown_and_said(tmp_path):
    read = reading(tmp_path, 'resource "aws_eip" "e" {\n  domain = local.no\n  instance = aws_instance.no.id\n}')

    assert plain(read.attributes("aws_eip.e")) == {"domain": {"$unknown": True}, "instance": {"$unknown": True}}
    assert read.codes == ["evaluate-undeclared", "evaluate-undeclared"]


# providers


def test_region_account_and_default_tags_come_from_the_provider(tmp_path):
    text = """
variable "account" { default = "111111111111" }
provider "aws" {
  region = "eu-west-1"
  default_tags { tags = { owner = "a", stage = "default" } }
}
provider "aws" {
  alias  = "east"
  region = "us-east-1"
  assume_role { role_arn = "arn:aws:iam::${var.account}:role/deploy" }
}
resource "aws_eip" "here" { tags = { stage = "own" } }
resource "aws_eip" "east" { provider = aws.east }
"""
    read = reading(tmp_path, text)
    here, east = read["aws_eip.here"], read["aws_eip.east"]

    assert (here.scope.provider, here.scope.region, here.scope.account) == ("aws", "eu-west-1", None)
    assert here.attributes["tags_all"] == {"owner": "a", "stage": "own"}
    assert (east.scope.region, east.scope.account) == ("us-east-1", "111111111111")
    assert "tags_all" not in east.attributes


def test_modules_inherit_providers_or_are_handed_them(tmp_path):
    files = {
        "main.tf": """
provider "aws" { region = "eu-west-1" }
provider "aws" {
  alias  = "dr"
  region = "eu-central-1"
}
module "inherits" { source = "./m" }
module "handed" {
  source    = "./m"
  providers = { aws = aws.dr }
}
module "aliased" {
  source    = "./aliased"
  providers = { aws.replica = aws.dr }
}
""",
        "m/main.tf": 'resource "aws_eip" "e" {}\ndata "aws_region" "now" {}\n'
        'resource "aws_eip" "named" { tags = { region = data.aws_region.now.name } }',
        "aliased/main.tf": """
terraform {
  required_providers {
    aws = { configuration_aliases = [aws.replica] }
  }
}
resource "aws_eip" "e" { provider = aws.replica }
resource "aws_eip" "plain" {}
""",
    }
    read = reading(tmp_path, files)

    assert read["module.inherits.aws_eip.e"].scope.region == "eu-west-1"
    assert read["module.handed.aws_eip.e"].scope.region == "eu-central-1"
    assert read.attributes("module.handed.aws_eip.named")["tags"] == {"region": "eu-central-1"}
    assert read["module.aliased.aws_eip.e"].scope.region == "eu-central-1"
    assert read["module.aliased.aws_eip.plain"].scope.region == "eu-west-1"


def test_partition_and_account_follow_from_the_provider(tmp_path):
    text = """
provider "aws" {
  region              = "cn-north-1"
  allowed_account_ids = ["222222222222"]
}
data "aws_partition" "p" {}
data "aws_caller_identity" "me" {}
resource "aws_eip" "e" {
  tags = { arn = "arn:${data.aws_partition.p.partition}:iam::${data.aws_caller_identity.me.account_id}:root" }
}
"""
    assert reading(tmp_path, text).attributes("aws_eip.e")["tags"] == {"arn": "arn:aws-cn:iam::222222222222:root"}


def test_the_terraform_and_provider_blocks_are_resources_too(tmp_path):
    text = """
terraform {
  required_version = ">= 1.5"
  backend "s3" {
    bucket  = "state"
    encrypt = true
  }
}
provider "aws" {
  alias  = "a"
  region = "eu-west-1"
}
"""
    read = reading(tmp_path, text)

    assert read.attributes("terraform") == {
        "required_version": ">= 1.5",
        "backend": [{"bucket": "state", "encrypt": True, "name": "s3"}],
    }
    assert read.attributes("provider.aws.a")["region"] == "eu-west-1"


def test_a_slice_of_what_a_plan_will_know_has_its_length(tmp_path):
    """A plan that is made has read the data source, and slice() refuses one that is too short."""
    text = """
data "aws_availability_zones" "a" {}
locals { zones = slice(data.aws_availability_zones.a.names, 0, 2) }
resource "aws_subnet" "s" {
  count             = length(local.zones)
  cidr_block        = cidrsubnet("10.0.0.0/16", 4, count.index)
  availability_zone = local.zones[count.index]
}
"""
    read = reading(tmp_path, text)

    assert read.attributes("aws_subnet.s[1]")["cidr_block"] == "10.0.16.0/20"
    zone = read.attributes("aws_subnet.s[1]")["availability_zone"]
    assert isinstance(zone, Unknown)
    assert zone.references == ("data.aws_availability_zones.a.names",)
