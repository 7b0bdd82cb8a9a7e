"""`[[roots]]`: one root in several environments, and what becomes of its findings."""

from __future__ import annotations

import pytest

from tests.cli.running import run, scan, write

DATABASE = """variable "public" { type = bool }
variable "instances" { default = 1 }
resource "aws_db_instance" "d" {
  count                   = var.instances
  publicly_accessible     = var.public
  storage_encrypted       = true
  backup_retention_period = 7
  deletion_protection     = true
}
"""
ROOTS = """
[[roots]]
path = "infra"
name = "dev"
vars = {public = DEV}

[[roots]]
path = "infra"
name = "prod"
var_files = ["env/prod.tfvars"]
"""


def _public(folder, dev="true", prod="true", main=DATABASE):
    files = {
        ".git/HEAD": "",
        "infra/main.tf": main,
        "env/prod.tfvars": f"public = {prod}\n",
        "layerproof.toml": ROOTS.replace("DEV", dev),
    }
    ran = scan(write(folder, files))
    return [each for each in ran.json["findings"] if each["rule"] == "zero-trust/database-public"]


def test_equal_findings_of_all_environments_are_one_that_names_them(tmp_path):
    (found,) = _public(tmp_path)

    assert found["instances"] == ["tf:infra@dev#aws_db_instance.d[0]", "tf:infra@prod#aws_db_instance.d[0]"]
    assert "(in dev, prod)" in found["message"]
    assert found["location"]["path"] == "infra/main.tf"


def test_the_environments_leave_no_trace_in_the_fingerprint_of_what_holds_in_all(tmp_path):
    (found,) = _public(tmp_path / "several")
    write(
        tmp_path / "one", {".git/HEAD": "", "infra/main.tf": DATABASE, "infra/terraform.tfvars": "public = true\n"}
    )
    ran = scan(tmp_path / "one")
    (alone,) = [each for each in ran.json["findings"] if each["rule"] == "zero-trust/database-public"]

    assert found["fingerprint"] == alone["fingerprint"]


def test_what_holds_in_one_environment_only_is_told_of_it_alone(tmp_path):
    (dev,) = _public(tmp_path / "a", prod="false")
    (prod,) = _public(tmp_path / "b", dev="false")
    (both,) = _public(tmp_path / "c")

    assert dev["message"].endswith("(in dev)")
    assert prod["instances"] == ["tf:infra@prod#aws_db_instance.d[0]"]
    assert len({each["fingerprint"] for each in (dev, prod, both)}) == 3


def test_a_called_module_that_is_declared_as_a_root_is_one(tmp_path):
    files = {
        ".git/HEAD": "",
        "live/main.tf": 'module "m" {\n  source = "../infra"\n  public = false\n}\n',
        "infra/main.tf": DATABASE,
        "layerproof.toml": '[[roots]]\npath = "infra"\nvars = {public = true}\n',
    }
    ran = run("resources", write(tmp_path, files), "--format", "json")

    assert {each["address"] for each in ran.json if each["type"] == "aws_db_instance"} == {
        "tf:infra#aws_db_instance.d[0]",
        "tf:live#module.m.aws_db_instance.d[0]",
    }


def test_only_the_declared_roots_below_the_path_are_read(tmp_path):
    write(tmp_path, {".git/HEAD": "", "infra/main.tf": DATABASE, "other/main.tf": DATABASE, "env/prod.tfvars": ""})
    write(tmp_path, {"layerproof.toml": ROOTS.replace("DEV", "true")})
    ran = run("resources", tmp_path / "other", "--format", "json")

    assert [each["address"] for each in ran.json] == ["tf:other#aws_db_instance.d[0]"]


def test_workspaces_differ_by_environment_and_the_command_line_wins(tmp_path):
    text = 'resource "aws_s3_bucket" "b" { bucket = terraform.workspace }\n'
    table = '[[roots]]\npath = "."\nworkspace = "WORK"\n'
    config = table.replace("WORK", "blue") + table.replace("WORK", "green")
    write(tmp_path, {".git/HEAD": "", "main.tf": text, "layerproof.toml": config})

    def buckets(*options):
        ran = run("resources", tmp_path, "--format", "json", *options)
        return {each["address"]: each["attributes"]["bucket"] for each in ran.json}

    assert buckets() == {"tf:.@blue#aws_s3_bucket.b": "blue", "tf:.@green#aws_s3_bucket.b": "green"}
    assert set(buckets("--workspace", "red").values()) == {"red"}


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ('[[roots]]\nname = "x"\n', "has a path"),
        ('[[roots]]\npath = "a"\nfile = "x"\n', "unknown key 'file'"),
        ('[[roots]]\npath = "../a"\n', "leads out"),
        ('[[roots]]\npath = "."\nname = "a#b"\n', "may hold"),
        ('[[roots]]\npath = "."\n[[roots]]\npath = "./"\n', "two entries"),
        ('[[roots]]\npath = "."\nvar_files = ["../x.tfvars"]\n', "leads out"),
        ('[[roots]]\npath = "."\nvar_files = ["x.tfvars"]\n', "does not exist"),
        ('[[roots]]\npath = "absent"\n', "no directory"),
        ("[aws]\naccount = 12\n", "12 digits"),
        ('[aws]\nregio = "x"\n', "did you mean 'region'"),
        ('[[aws.accounts]]\nid = "123456789012"\n', "a profile or an alias"),
    ],
)
def test_a_wrong_table_is_a_usage_error(tmp_path, table, told):
    write(tmp_path, {".git/HEAD": "", "main.tf": DATABASE, "layerproof.toml": table})
    ran = run("scan", tmp_path)

    assert ran.code == 2
    assert told in ran.err


def test_a_trusted_configuration_may_name_files_outside(tmp_path):
    tree = write(tmp_path / "tree", {".git/HEAD": "", "main.tf": DATABASE})
    write(tmp_path, {"x.tfvars": "public = true\n"})
    write(tmp_path, {"outside.toml": '[[roots]]\npath = "."\nvar_files = ["../x.tfvars"]\n'})
    ran = scan(tree, "--config", tmp_path / "outside.toml")

    assert "zero-trust/database-public" in ran.rules
