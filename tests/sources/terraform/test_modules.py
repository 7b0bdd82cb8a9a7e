"""Modules: which directories are roots, where code is found, what is said where it is not."""

from __future__ import annotations

import json

from scanner.model.diagnostic import Level
from scanner.model.location import SourceFile
from scanner.model.value import Cause, Unknown
from scanner.sources.terraform.inputs import Settings
from tests.sources.terraform.reading import reading

BUCKET = 'variable "name" { default = "own" }\nresource "aws_s3_bucket" "b" { bucket = var.name }\n'


def test_a_called_directory_is_no_root(tmp_path):
    read = reading(tmp_path, {"live/main.tf": 'module "m" { source = "../m" }', "m/main.tf": BUCKET})

    assert read.roots == ["live"]
    assert [str(each.address) for each in read.resources if each.type == "aws_s3_bucket"] == [
        "tf:live#module.m.aws_s3_bucket.b"
    ]


def test_of_a_ring_of_modules_one_is_a_root(tmp_path):
    files = {
        "a/main.tf": 'module "b" { source = "../b" }\n',
        "b/main.tf": 'module "a" { source = "../a" }\n' + BUCKET,
    }
    read = reading(tmp_path, files)

    assert read.roots == ["a"]
    assert "module-recursion" in read.codes
    assert "module.b.aws_s3_bucket.b" in read.names


def test_a_module_that_calls_itself_is_read_once(tmp_path):
    read = reading(tmp_path, 'module "x" { source = "./" }\n' + BUCKET)

    assert "aws_s3_bucket.b" in read.names
    assert read.codes == ["module-recursion"]


def test_two_roots_read_the_same_module_each(tmp_path):
    call = 'module "m" {\n  source = "../m"\n  name = "NAME"\n}\n'
    files = {"dev/a.tf": call.replace("NAME", "d"), "prod/a.tf": call.replace("NAME", "p"), "m/main.tf": BUCKET}
    read = reading(tmp_path, files)

    assert {each.address.root: each.attributes["bucket"] for each in read.resources if each.type != "module"} == {
        "dev": "d",
        "prod": "p",
    }


def test_a_module_that_is_not_on_disk_is_told_and_its_outputs_are_unknown(tmp_path):
    text = """
module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.0.0"
}
resource "aws_instance" "i" { subnet_id = module.vpc.private_subnets[0] }
"""
    read = reading(tmp_path, text)
    subnet = read.attributes("aws_instance.i")["subnet_id"]

    assert isinstance(subnet, Unknown)
    assert subnet.cause is Cause.MODULE_ABSENT
    assert read.attributes("module.vpc") == {
        "source": "terraform-aws-modules/vpc/aws",
        "version": "5.0.0",
        "absent": True,
    }
    (told,) = read.diagnostics
    assert (told.code, told.level) == ("module-absent", Level.WARNING)
    assert "terraform init -backend=false" in told.remedy
    assert read.text(told.span).startswith('module "vpc"')


def test_an_installed_module_is_read_where_init_put_it(tmp_path):
    listed = [
        {"Key": "", "Source": "", "Dir": "."},
        {"Key": "vpc", "Source": "registry.terraform.io/x/vpc/aws", "Dir": ".terraform/modules/vpc"},
        {"Key": "vpc.deep", "Source": "git::https://example.invalid", "Dir": ".terraform/modules/vpc.deep/sub"},
    ]
    files = {
        "main.tf": 'module "vpc" { source = "x/vpc/aws" }\n'
        'resource "aws_eip" "e" { tags = { n = module.vpc.deep } }',
        ".terraform/modules/modules.json": json.dumps({"Modules": listed}),
        ".terraform/modules/vpc/main.tf": 'module "deep" { source = "git::https://example.invalid//sub" }\n'
        'output "deep" { value = module.deep.name }\n',
        ".terraform/modules/vpc.deep/sub/main.tf": BUCKET + 'output "name" { value = aws_s3_bucket.b.bucket }\n',
    }
    read = reading(tmp_path, files)

    assert read.roots == ["."]
    assert read.diagnostics == []
    assert read.attributes("aws_eip.e") == {"tags": {"n": "own"}}
    assert read["module.vpc.module.deep.aws_s3_bucket.b"].span.path == ".terraform/modules/vpc.deep/sub/main.tf"


def test_a_source_outside_the_tree_is_not_read(tmp_path):
    (tmp_path / "tree").mkdir()
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "main.tf").write_text(BUCKET)
    read = reading(tmp_path / "tree", 'module "m" { source = "../secret" }')

    assert read.names == ["module.m"]
    assert [(each.code, each.level) for each in read.diagnostics] == [("read-outside", Level.ERROR)]


def test_an_installed_module_may_not_lie_outside_the_tree_either(tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "main.tf").write_text(BUCKET)
    listed = {"Modules": [{"Key": "m", "Source": "x/y/z", "Dir": "../secret"}, {"Key": "n", "Dir": "/etc"}]}
    files = {
        "main.tf": 'module "m" { source = "x/y/z" }\nmodule "n" { source = "x/y/z" }',
        ".terraform/modules/modules.json": json.dumps(listed),
    }
    (tmp_path / "tree").mkdir()
    read = reading(tmp_path / "tree", files)

    assert read.names == ["module.m", "module.n"]
    assert read.codes == ["read-outside", "read-outside"]


def test_a_source_that_is_computed_is_said_to_be_so(tmp_path):
    read = reading(tmp_path, 'locals { s = "./m" }\nmodule "m" { source = local.s }')

    assert [each.summary for each in read.diagnostics] == ['module "m": its source is not a plain text']


def test_a_directory_without_configuration_is_no_module(tmp_path):
    read = reading(tmp_path, {"main.tf": 'module "m" { source = "./missing" }'})

    assert read.codes == ["module-absent"]
    assert "does not exist" in read.diagnostics[0].summary


def test_an_argument_that_no_variable_takes_is_told(tmp_path):
    files = {"main.tf": 'module "m" {\n  source = "./m"\n  nmae = "x"\n}', "m/main.tf": BUCKET}
    read = reading(tmp_path, files)

    assert read.codes == ["evaluate-argument"]
    assert read.text(read.diagnostics[0].span) == 'nmae = "x"'
    assert read.attributes("module.m.aws_s3_bucket.b")["bucket"] == "own"


def test_a_resource_of_a_module_names_the_calls_that_lead_to_it(tmp_path):
    files = {
        "main.tf": 'module "outer" {\n  source   = "./outer"\n  for_each = toset(["x"])\n}',
        "outer/main.tf": 'module "inner" {\n  source = "./inner"\n  count = 1\n}',
        "outer/inner/main.tf": BUCKET,
    }
    bucket = reading(tmp_path, files)['module.outer["x"].module.inner[0].aws_s3_bucket.b']

    assert [(call.address, call.span.path) for call in bucket.calls] == [
        ('module.outer["x"]', "main.tf"),
        ('module.outer["x"].module.inner[0]', "outer/main.tf"),
    ]


def test_references_lead_through_locals_variables_and_outputs(tmp_path):
    files = {
        "main.tf": """
module "net" { source = "./net" }
locals { chosen = module.net.subnets[0] }
module "app" {
  source = "./app"
  subnet = local.chosen
}
""",
        "net/main.tf": 'resource "aws_subnet" "s" { cidr_block = "10.0.0.0/24" }\n'
        'output "subnets" { value = [aws_subnet.s.id] }\n',
        "app/main.tf": 'variable "subnet" {}\nresource "aws_instance" "i" { subnet_id = var.subnet }\n',
    }
    read = reading(tmp_path, files)
    instance = read["module.app.aws_instance.i"]

    assert instance.references["subnet_id"] == ("module.net.aws_subnet.s",)
    assert instance.attributes["subnet_id"].references == ("module.net.aws_subnet.s.id",)


def test_a_known_value_keeps_its_reference(tmp_path):
    text = """
resource "aws_s3_bucket" "logs" { bucket = "logs" }
resource "aws_s3_bucket_logging" "l" { target_bucket = aws_s3_bucket.logs.bucket }
"""
    logging = reading(tmp_path, text)["aws_s3_bucket_logging.l"]

    assert logging.attributes["target_bucket"] == "logs"
    assert logging.references["target_bucket"] == ("aws_s3_bucket.logs",)


def test_variables_of_the_command_line_win_over_files(tmp_path):
    text = 'variable "a" {}\nvariable "n" { type = list(number) }\n'
    eip = 'resource "aws_eip" "e" { tags = { a = var.a, n = var.n[1] } }'
    files = {"main.tf": text + eip, "terraform.tfvars": 'a = "tfvars"\nn = [1, 2]\n'}
    given = SourceFile("given.tfvars", b'a = "file"\nn = [3, 4]\n')

    assert reading(tmp_path, files).attributes("aws_eip.e")["tags"] == {"a": "tfvars", "n": 2}
    assert reading(tmp_path, files, Settings((given,))).attributes("aws_eip.e")["tags"] == {"a": "file", "n": 4}
    assert reading(tmp_path, files, Settings((given,), (("a", "line"), ("n", "[5, 6]")))).attributes("aws_eip.e")[
        "tags"
    ] == {"a": "line", "n": 6}


def test_a_variable_without_value_is_unknown_and_says_so(tmp_path):
    read = reading(
        tmp_path, 'variable "region" {}\nprovider "aws" { region = var.region }\nresource "aws_eip" "e" {}'
    )
    region = read["aws_eip.e"].scope.region

    assert isinstance(region, Unknown)
    assert (region.reason, region.cause) == ('variable "region" has no default', Cause.NO_DEFAULT)
    assert [each.level for each in read.diagnostics] == [Level.NOTE]
