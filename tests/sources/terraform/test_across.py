"""Roots of one scan that read one another's state."""

from __future__ import annotations

from scanner.model.value import Cause, Unknown
from scanner.sources.terraform.across import Roots
from scanner.sources.terraform.inputs import Environment, Settings
from scanner.sources.terraform.module import Loader
from scanner.sources.tree import Tree
from tests.sources.terraform.oracle import write

NET = """
terraform {
  backend "s3" {
    bucket = "states"
    key    = "net.tfstate"
    region = "eu-west-1"
  }
}
variable "cidr" { default = "10.0.0.0/16" }
resource "aws_vpc" "v" { cidr_block = var.cidr }
output "vpc" { value = aws_vpc.v }
output "id" { value = aws_vpc.v.id }
output "cidr" { value = aws_vpc.v.cidr_block }
output "nested" { value = { ids = [aws_vpc.v.id] } }
"""
APP = """
data "terraform_remote_state" "net" {
  backend = "s3"
  config  = { bucket = "states", key = "KEY" }
}
resource "aws_x" "x" { v = data.terraform_remote_state.net.outputs.OUTPUT }
"""


def _x(folder, files, settings=Settings(), root="app"):  # noqa: B008
    write(folder, files)
    tree = Tree(folder)
    roots = Roots(tree, Loader(tree), settings, sorted({name.partition("/")[0] for name in files}))
    (found,) = [each for each in roots.read(root).resources if each.type == "aws_x"]
    return found.attributes["v"]


def _app(output, key="net.tfstate"):
    return APP.replace("OUTPUT", output).replace("KEY", key)


def test_outputs_that_are_known(tmp_path):
    assert _x(tmp_path, {"net/a.tf": NET, "app/a.tf": _app("cidr")}) == "10.0.0.0/16"


def test_outputs_that_the_provider_fills_in_name_the_other_root(tmp_path):
    for output in ("id", "vpc.id", "nested.ids[0]"):
        value = _x(tmp_path / output, {"net/a.tf": NET, "app/a.tf": _app(output)})

        assert value.references == ("tf:net#aws_vpc.v.id",)
        assert value.cause is Cause.PROVIDER_COMPUTED


def test_no_root_keeps_that_state(tmp_path):
    value = _x(tmp_path, {"net/a.tf": NET, "app/a.tf": _app("id", "other.tfstate")})

    assert isinstance(value, Unknown)
    assert value.reason == "no root of this scan keeps its state in s3 states other.tfstate"
    assert value.cause is Cause.OUTSIDE_SCAN


def test_two_roots_keep_that_state(tmp_path):
    value = _x(tmp_path, {"net/a.tf": NET, "twin/a.tf": NET, "app/a.tf": _app("id")})

    assert value.reason == "several roots keep their state in s3 states net.tfstate: net, twin"


def test_the_workspace_tells_environments_apart(tmp_path):
    pair = tuple(Environment(name, name, values={"cidr": name}) for name in ("dev", "prod"))
    app = _app("cidr").replace('backend = "s3"', 'backend   = "s3"\n  workspace = "prod"')

    assert _x(tmp_path, {"net/a.tf": NET, "app/a.tf": app}, Settings(environments={"net": pair})) == "prod"


def test_a_key_that_is_not_known(tmp_path):
    value = _x(tmp_path, {"net/a.tf": NET, "app/a.tf": 'variable "k" {}\n' + _app("id").replace('"KEY"', "var.k")
                          .replace('"net.tfstate"', "var.k")})  # fmt: skip

    assert value.reason == 'variable "k" has no default'


def test_a_state_file_beside_the_other_root(tmp_path):
    net = 'output "a" { value = 1 }\n'
    app = APP.replace('"s3"', '"local"').replace(
        'bucket = "states", key = "KEY"', 'path = "../net/terraform.tfstate"'
    )

    assert _x(tmp_path, {"net/a.tf": net, "app/a.tf": app.replace("OUTPUT", "a")}) == 1


def test_a_path_that_leads_out(tmp_path):
    app = APP.replace('"s3"', '"local"').replace('bucket = "states", key = "KEY"', 'path = "../../out.tfstate"')
    value = _x(tmp_path, {"app/a.tf": app.replace("OUTPUT", "a")})

    assert value.reason == "the state's path lies outside the scanned tree"


def test_workspaces_of_terraform_cloud(tmp_path):
    net = 'terraform {\n  cloud {\n    organization = "acme"\n    workspaces { name = "net" }\n  }\n}\n'
    net += 'output "a" { value = 1 }\n'
    app = APP.replace('"s3"', '"remote"')
    app = app.replace('bucket = "states", key = "KEY"', 'organization = "acme", workspaces = { name = "net" }')

    assert _x(tmp_path, {"net/a.tf": net, "app/a.tf": app.replace("OUTPUT", "a")}) == 1


def test_states_that_read_one_another_end(tmp_path):
    def root(own, other):
        backend = f'terraform {{\n  backend "s3" {{\n    bucket = "b"\n    key = "{own}"\n  }}\n}}\n'
        config = f'{{ bucket = "b", key = "{other}" }}'
        data = f'data "terraform_remote_state" "o" {{\n  backend = "s3"\n  config = {config}\n}}\n'
        read = 'resource "aws_x" "x" { v = data.terraform_remote_state.o.outputs.a }\n'
        return backend + data + read + 'output "a" { value = data.terraform_remote_state.o.outputs.a }\n'

    value = _x(tmp_path, {"one/a.tf": root("1", "2"), "two/a.tf": root("2", "1")}, root="one")

    assert "depends on itself" in value.reason


def test_defaults_serve_for_what_the_state_does_not_hold(tmp_path):
    app = _app("more").replace('backend = "s3"', 'backend  = "s3"\n  defaults = { more = "default", id = "no" }')

    assert _x(tmp_path, {"net/a.tf": NET, "app/a.tf": app}) == "default"
