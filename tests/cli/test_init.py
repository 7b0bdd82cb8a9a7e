"""`layerproof init`: what it writes is valid, changes nothing, and overwrites nothing."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml

from scanner.config import load
from tests.cli.running import PUBLIC, run, scan, write

TREE = {
    "infra/main.tf": """
resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "public" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.0.0/24"
}
resource "aws_subnet" "database" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_eks_cluster" "c" {
  name     = "c"
  version  = "1.31"
  role_arn = "arn:aws:iam::111122223333:role/c"
  vpc_config { subnet_ids = [aws_subnet.database.id] }
}
"""
    + PUBLIC,
    "infra/env/prod.tfvars": "",
    "infra/terraform.tfvars": "",
    "chart/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
    "chart/values.yaml": "",
    "chart/values-prod.yaml": "",
    "ns.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: kube-system}\n",
}


def uncommented(text):
    """The configuration with every proposal taken."""
    return "".join(
        f"{line[2:]}\n"
        for line in text.splitlines()
        if re.match(r"# (\[|[a-z_]+ = )", line) and not line.startswith("# rule =")
    )


def test_it_is_a_configuration_that_changes_nothing(tmp_path):
    tree = write(tmp_path, TREE)
    before = scan(tree).out
    ran = run("init", tree)

    assert ran.code == 0
    assert tomllib.loads((tree / "layerproof.toml").read_text()) == {}
    assert scan(tree).out == before


def test_its_proposals_are_valid_and_name_what_was_found(tmp_path):
    tree = write(tmp_path / "tree", TREE)
    run("init", tree)
    taken = tmp_path / "taken" / "layerproof.toml"
    write(tmp_path / "taken", {"layerproof.toml": uncommented((tree / "layerproof.toml").read_text())
          .replace("[[ignore]]", '[[ignore]]\nrule = "backup/object-store-unversioned"')})  # fmt: skip
    config = load(taken, trusted=False)

    assert [(each.path, each.name, each.var_files) for each in config.roots] == [
        ("infra", "prod", ("infra/env/prod.tfvars",))
    ]
    assert [(each.path, each.name) for each in config.charts] == [("chart", "prod")]
    assert config.kubernetes_version == "1.31"
    assert {(each.tier.value, each.kind, each.address) for each in config.tiers} == {
        ("external", "subnet", "*public*"),
        ("core", "subnet", "*database*"),
        ("core", "namespace", "*kube-system*"),
    }


def test_nothing_is_overwritten(tmp_path):
    tree = write(tmp_path, {"layerproof.toml": "# mine\n", ".pre-commit-config.yaml": "repos: []\n"})
    ran = run("init", tree, "--pre-commit", "--workflow")

    assert (tree / "layerproof.toml").read_text() == "# mine\n"
    assert (tree / ".pre-commit-config.yaml").read_text() == "repos: []\n"
    assert (tree / ".github/workflows/layerproof.yml").exists()
    assert "left as it is" in ran.err
    assert "id: layerproof" in ran.err


def test_a_dry_run_writes_nothing(tmp_path):
    ran = run("init", tmp_path, "--pre-commit", "--workflow", "--dry-run")

    assert ran.code == 0
    assert not list(tmp_path.iterdir())
    assert "--- .github/workflows/layerproof.yml" in ran.out


@pytest.mark.parametrize("name", [".pre-commit-config.yaml", ".github/workflows/layerproof.yml"])
def test_what_it_writes_for_others_is_yaml(tmp_path, name):
    run("init", tmp_path, "--pre-commit", "--workflow")
    told = yaml.safe_load((tmp_path / name).read_text())

    if name.startswith(".github"):
        steps = told["jobs"]["scan"]["steps"]
        assert all(re.search(r"@[0-9a-f]{40}$", each["uses"]) for each in steps if "uses" in each)
        assert all("${{" not in each.get("run", "") for each in steps)  # inputs come by the environment
        assert told["permissions"] == {}
    else:
        assert told["repos"][0]["hooks"] == [{"id": "layerproof"}]
