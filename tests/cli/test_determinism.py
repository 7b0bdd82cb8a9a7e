"""The same input gives the same bytes, whatever the hash seed, working directory and number of processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import process, write

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A tree with some of everything: the fixtures of our own rules, and modules over sets and maps."""
    folder = tmp_path_factory.mktemp("determinism") / "tree"
    files = {
        path.relative_to(FIXTURES).as_posix(): path.read_bytes()
        for path in sorted(FIXTURES.rglob("*"))
        if path.is_file() and path.suffix in {".tf", ".yaml"} and "/bad/" in path.as_posix()
    }
    files["sets/main.tf"] = b"""
module "m" {
  source   = "./m"
  for_each = toset(["c", "a", "b"])
  all      = { for k in ["z", "y", "x"] : k => k }
}
"""
    files["sets/m/main.tf"] = b'variable "all" {}\nresource "aws_s3_bucket" "b" {\n  for_each = var.all\n}\n'
    return write(folder, files)


@pytest.mark.parametrize("form", ["json", "sarif", "text"])
def test_the_bytes_are_the_same(tree, tmp_path, form):
    options = ["scan", tree, "--format", form, "--fail-on", "never", "--today", "2026-01-01"]
    first = process(*options, env={"PYTHONHASHSEED": "0"})

    assert first.out
    assert process(*options, env={"PYTHONHASHSEED": "1"}, cwd=tmp_path).out == first.out
    assert process(*options, "--jobs", "4", cwd=tree).out == first.out


@pytest.mark.parametrize("command", [["graph"], ["graph", "--format", "dot"], ["resources", "--format", "json"]])
def test_other_commands_too(tree, tmp_path, command):
    first = process(*command, tree, env={"PYTHONHASHSEED": "0"})

    assert first.out
    assert process(*command, tree, env={"PYTHONHASHSEED": "7"}, cwd=tmp_path).out == first.out


def test_a_copy_elsewhere_gives_the_same_report(tree, tmp_path):
    import shutil

    shutil.copytree(tree, tmp_path / "copy")
    here, there = (
        process("scan", path, "--format", "sarif", "--fail-on", "never").out for path in (tree, tmp_path / "copy")
    )

    assert here == there
