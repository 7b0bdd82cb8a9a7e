"""Where a finding is shown when the value came from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.scan import Target, read
from scanner.sources.terraform.inputs import Settings
from scanner.sources.tree import Tree

ROOT = """
variable "password" {
  default = "changeme1"
}
resource "aws_db_instance" "own" {
  password = var.password
}
module "shop" {
  source = "./shop"
  public = true
}
"""
SHOP = """
variable "public" {}
variable "engine" { default = "mysql" }
resource "aws_db_instance" "shop" {
  publicly_accessible = var.public
  engine              = var.engine
}
"""


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    (tmp_path / "main.tf").write_text(ROOT)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "main.tf").write_text(SHOP)
    return Tree(tmp_path)


def place(tree: Tree, name: str, attribute: str, **settings: object) -> tuple[str, int]:
    target = Target(tree, Settings(**settings))  # type: ignore[arg-type]  # what a case needs of them
    for unit in read(target):
        for resource in unit.resources:
            if resource.address.name == name:
                location = tree.files.locate(resource.origins[attribute])
                return location.path, location.line
    raise AssertionError(name)


def test_a_module_argument_is_where_its_caller_gives_it(tree: Tree) -> None:
    assert place(tree, "module.shop.aws_db_instance.shop", "publicly_accessible") == ("main.tf", 10)


def test_a_default_of_a_module_stays_at_the_attribute(tree: Tree) -> None:
    assert place(tree, "module.shop.aws_db_instance.shop", "engine") == ("shop/main.tf", 6)


def test_a_credential_is_where_its_default_stands(tree: Tree) -> None:
    assert place(tree, "aws_db_instance.own", "password") == ("main.tf", 3)


def test_a_credential_that_is_given_is_not_the_default(tree: Tree) -> None:
    assert place(tree, "aws_db_instance.own", "password", variables=(("password", "x"),)) == ("main.tf", 6)
