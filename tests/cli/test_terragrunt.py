"""A live repository of Terragrunt units: each scanned with its real inputs."""

from __future__ import annotations

from tests.cli.running import run, scan, write

ROOT = """
locals {
  account = read_terragrunt_config(find_in_parent_folders("account.hcl"))
  env     = local.account.locals.env
}
generate "provider" {
  path      = "provider.tf"
  if_exists = "overwrite_terragrunt"
  contents  = <<EOF
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["${local.account.locals.id}"]
}
EOF
}
remote_state {
  backend = "s3"
  config = {
    bucket  = "state-${local.env}"
    key     = "${path_relative_to_include()}/tf.tfstate"
    encrypt = false
  }
}
inputs = merge(local.account.locals, { backups = 7, public = false })
"""
UNIT = """
include "root" {
  path   = find_in_parent_folders("root.hcl")
  expose = true
}
terraform {
  source = "${get_repo_root()}/modules//db"
}
dependency "net" {
  config_path  = "../net"
  mock_outputs = { subnets = ["mock"], zone = "mock" }
}
inputs = {
  name    = "db-${include.root.locals.env}"
  public  = PUBLIC
  subnets = dependency.net.outputs.subnets
  secret  = get_env("SECRET", "x")
}
"""
NET = """
include "root" {
  path = find_in_parent_folders("root.hcl")
}
terraform {
  source = "../../modules/net"
}
"""
TREE = {
    ".git/HEAD": "",
    "root.hcl": ROOT,
    "dev/account.hcl": 'locals {\n  env = "dev"\n  id  = "111111111111"\n}\n',
    "prod/account.hcl": 'locals {\n  env = "prod"\n  id  = "222222222222"\n}\n',
    "dev/db/terragrunt.hcl": UNIT.replace("PUBLIC", "false"),
    "prod/db/terragrunt.hcl": UNIT.replace("PUBLIC", "true"),
    "dev/net/terragrunt.hcl": NET,
    "prod/net/terragrunt.hcl": NET,
    "modules/net/main.tf": """
resource "aws_subnet" "s" { cidr_block = "10.0.0.0/24" }
output "subnets" { value = [aws_subnet.s.id] }
""",
    "modules/db/main.tf": """
variable "name" {}
variable "public" { default = true }
variable "backups" { default = 0 }
variable "subnets" {}
variable "secret" {}
variable "env" {}
resource "aws_db_subnet_group" "g" { subnet_ids = var.subnets }
resource "aws_db_instance" "d" {
  identifier              = var.name
  publicly_accessible     = var.public
  backup_retention_period = var.backups
  db_subnet_group_name    = aws_db_subnet_group.g.name
  engine                  = var.secret
  storage_encrypted       = false
  tags                    = { env = var.env }
}
""",
}


def _databases(tmp_path, files=TREE):
    write(tmp_path, files)
    told = run("resources", tmp_path, "--format", "json").json
    return {each["address"]: each for each in told if each["type"] == "aws_db_instance"}


def test_every_unit_is_a_root_with_its_inputs_and_its_module_is_none(tmp_path):
    found = _databases(tmp_path)

    assert sorted(found) == ["tf:dev/db#aws_db_instance.d", "tf:prod/db#aws_db_instance.d"]
    prod = found["tf:prod/db#aws_db_instance.d"]
    assert prod["attributes"]["identifier"] == "db-prod"
    assert prod["attributes"]["backup_retention_period"] == 7
    assert prod["attributes"]["publicly_accessible"] is True
    assert prod["attributes"]["tags"] == {"env": "prod"}
    assert prod["scope"] == {"provider": "aws", "account": "222222222222", "region": "eu-west-1"}


def test_the_environment_of_who_applies_is_unknown(tmp_path):
    secret = _databases(tmp_path)["tf:dev/db#aws_db_instance.d"]["attributes"]["engine"]

    assert 'get_env("SECRET")' in secret["$unknown"]


def test_what_differs_is_found_where_the_unit_says_it(tmp_path):
    ran = scan(write(tmp_path, TREE))
    (public,) = [each for each in ran.json["findings"] if each["rule"] == "zero-trust/database-public"]

    assert public["node"] == "tf:prod/db#aws_db_instance.d"
    assert (public["location"]["path"], public["location"]["line"]) == ("prod/db/terragrunt.hcl", 15)


def test_what_the_module_says_is_one_finding_of_all_units(tmp_path):
    ran = scan(write(tmp_path, TREE))
    (clear,) = [each for each in ran.json["findings"] if each["rule"] == "zero-trust/store-unencrypted"
                and each["verdict"] == "fail" and "db" in each["node"]]  # fmt: skip

    assert clear["instances"] == ["tf:dev/db#aws_db_instance.d", "tf:prod/db#aws_db_instance.d"]
    assert clear["location"]["path"] == "modules/db/main.tf"


def test_edges_cross_from_unit_to_unit(tmp_path):
    ran = run("graph", write(tmp_path, TREE), "--format", "json")
    edges = {
        (source, target)
        for pairs in ran.json["relations"].values()
        for source, targets in pairs.items()
        for target in targets
    }

    assert ("tf:prod/db#aws_db_instance.d", "tf:prod/net#aws_subnet.s") in edges
    assert ("tf:prod/db#aws_db_instance.d", "tf:dev/net#aws_subnet.s") not in edges


def test_the_backend_of_a_unit_is_that_of_its_remote_state(tmp_path):
    write(tmp_path, TREE)
    told = run("resources", tmp_path, "--format", "json", "--address", "tf:prod/db#terraform*").json
    (backend,) = [block for each in told for block in each["attributes"].get("backend", [])]

    assert (backend["bucket"], backend["key"]) == ("state-prod", "prod/db/tf.tfstate")


def test_mocks_serve_where_the_other_unit_is_not_on_disk(tmp_path):
    files = {
        **TREE,
        "dev/net/terragrunt.hcl": NET.replace("../../modules/net", "git::https://host.example/net.git"),
    }
    write(tmp_path, files)
    ran = run("resources", tmp_path, "--format", "json", "--address", "tf:dev/db#aws_db_subnet_group.g")

    assert ran.json[0]["attributes"]["subnet_ids"] == ["mock"]
    assert "warning[module-absent]" in ran.err


def test_a_named_file_stands_for_the_units_it_belongs_to(tmp_path):
    write(tmp_path, TREE)
    ran = run("scan", tmp_path / "prod/db/terragrunt.hcl", "--format", "json")

    assert {each["rule"] for each in ran.json["findings"]} >= {"zero-trust/database-public"}
    assert all("dev/db" not in each["node"] for each in ran.json["findings"])
    assert "zero-trust/store-unencrypted" in scan(tmp_path / "modules/db/main.tf").rules
