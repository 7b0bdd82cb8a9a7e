"""Terragrunt files: their functions, what they include and merge, what is never done for them."""

from __future__ import annotations

import pytest

from scanner.model.settings import Aws
from scanner.model.value import Cause, Unknown
from scanner.sources.terraform.files import TOP
from scanner.sources.terraform.terragrunt import Configuration, Reading
from scanner.sources.tree import Tree
from tests.sources.terraform.oracle import write

INCLUDE = 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n'


def _unit(folder, files, aws=Aws(), outputs=None):  # noqa: B008
    """The configuration of live/dev/app, over some files."""
    write(folder, files)
    nothing = Unknown("not in this scan", Cause.OUTSIDE_SCAN)
    reading = Reading(Tree(folder), aws, [], lambda directory: (outputs or {}).get(directory, nothing))
    return Configuration(reading, "live/dev/app/terragrunt.hcl")


def _input(folder, expression, root="", more=None, **options):
    text = f"{INCLUDE if root else ''}inputs = {{\n  x = {expression}\n}}\n"
    files = {"live/dev/app/terragrunt.hcl": text, "live/root.hcl": root or "locals {}\n", **(more or {})}
    unit = _unit(folder, files, **options)
    return unit.inputs()["x"], unit


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('find_in_parent_folders("root.hcl")', f"{TOP}/live/root.hcl"),
        ('find_in_parent_folders("none.hcl", "fallback")', "fallback"),
        ("get_terragrunt_dir()", f"{TOP}/live/dev/app"),
        ("get_original_terragrunt_dir()", f"{TOP}/live/dev/app"),
        ('get_parent_terragrunt_dir("root")', f"{TOP}/live"),
        ("get_repo_root()", TOP),
        ("get_path_from_repo_root()", "live/dev/app"),
        ("get_path_to_repo_root()", "../../.."),
        ('path_relative_to_include("root")', "dev/app"),
        ('path_relative_from_include("root")', "../.."),
        ("basename(get_terragrunt_dir())", "app"),
        ('file("${get_terragrunt_dir()}/note.txt")', "note"),
        ('file("note.txt")', "note"),
        ("[for n in [1, 2] : get_path_from_repo_root()]", ["live/dev/app"] * 2),
    ],
)
def test_functions_of_places(tmp_path, expression, value):
    found, unit = _input(tmp_path, expression, root="locals {}\n", more={"live/dev/app/note.txt": "note"})

    assert found == value
    assert unit.reading.diagnostics == []


@pytest.mark.parametrize(
    "expression",
    [
        'run_cmd("id")',
        'get_env("X", "y")',
        'sops_decrypt_file("s.yaml")',
        "get_aws_account_id()",
        "get_platform()",
    ],
)
def test_nothing_is_run_or_asked(tmp_path, expression):
    value, unit = _input(tmp_path, expression)

    assert isinstance(value, Unknown)
    assert value.cause is Cause.OUTSIDE_SCAN
    assert expression.partition("(")[0] in value.reason
    assert unit.reading.diagnostics == []


def test_the_account_is_that_of_the_configuration(tmp_path):
    assert _input(tmp_path, "get_aws_account_id()", aws=Aws("123456789012"))[0] == "123456789012"


def test_functions_in_an_included_file_speak_of_the_unit(tmp_path):
    root = """
locals { env = read_terragrunt_config(find_in_parent_folders("env.hcl")).locals.env }
inputs = {
  env  = local.env
  here = path_relative_to_include()
  dir  = get_terragrunt_dir()
}
"""
    more = {"live/dev/env.hcl": 'locals { env = "dev" }\n', "live/env.hcl": 'locals { env = "wrong" }\n'}
    _, unit = _input(tmp_path, "1", root=root, more=more)

    assert unit.inputs() == {"env": "dev", "here": "dev/app", "dir": f"{TOP}/live/dev/app", "x": 1}


def test_a_file_that_is_read_speaks_of_itself(tmp_path):
    text = "locals {\n  dir = get_terragrunt_dir()\n  from = get_original_terragrunt_dir()\n}\n"
    more = {"live/common/all.hcl": text}
    found, _ = _input(tmp_path, 'read_terragrunt_config("../../common/all.hcl").locals', more=more)

    assert found == {"dir": f"{TOP}/live/common", "from": f"{TOP}/live/dev/app"}


def test_inputs_are_laid_over_those_of_includes(tmp_path):
    unit = """
include "a" { path = "../../a.hcl" }
include "b" {
  path   = "../../b.hcl"
  expose = true
}
inputs = {
  three = "unit"
  of    = include.b.locals.l
  all   = include.b.inputs.two
}
"""
    files = {
        "live/dev/app/terragrunt.hcl": unit,
        "live/a.hcl": 'inputs = {\n  one = "a"\n  two = "a"\n  three = "a"\n}\n',
        "live/b.hcl": 'locals { l = "local" }\ninputs = {\n  two = "b"\n  three = "b"\n}\n',
    }
    assert _unit(tmp_path, files).inputs() == {
        "one": "a", "two": "b", "three": "unit", "of": "local", "all": "b",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("strategy", "tags"),
    [
        ("shallow", {"tags": {"b": 2}, "list": [2]}),
        ("deep", {"tags": {"a": 1, "b": 2}, "list": [1, 2], "more": 3}),
        ("no_merge", {"tags": {"b": 2}, "list": [2]}),
    ],
)
def test_how_an_include_is_merged(tmp_path, strategy, tags):
    unit = f"""
include "a" {{
  path           = "../../a.hcl"
  merge_strategy = "{strategy}"
}}
inputs = {{
  tags = {{ b = 2 }}
  list = [2]
}}
"""
    parent = "inputs = {\n  tags = { a = 1 }\n  list = [1]\n  more = 3\n}\n"
    files = {"live/dev/app/terragrunt.hcl": unit, "live/a.hcl": parent}
    expected = {**tags, "more": 3} if strategy != "no_merge" else tags

    assert _unit(tmp_path, files).inputs() == expected


def test_what_a_dependency_puts_out(tmp_path):
    block = """
dependency "net" {
  config_path  = "../net"
  mock_outputs = { id = "mock", more = "mock" }
}
"""
    files = {"live/dev/app/terragrunt.hcl": f"{block}inputs = dependency.net.outputs\n"}

    assert _unit(tmp_path, files).inputs() == {"id": "mock", "more": "mock"}
    known = _unit(tmp_path, files, outputs={"live/dev/net": {"id": "real"}})
    assert known.inputs() == {"id": "real", "more": "mock"}


def test_a_dependency_that_is_not_in_the_scan_is_unknown(tmp_path):
    block = 'dependency "net" { config_path = "../net" }\n'
    files = {"live/dev/app/terragrunt.hcl": f"{block}inputs = {{ id = dependency.net.outputs.id }}\n"}
    value = _unit(tmp_path, files).inputs()["id"]

    assert isinstance(value, Unknown)
    assert value.cause is Cause.OUTSIDE_SCAN


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("inputs = { a = local.none }", "local.none is not declared"),
        ("locals {\n  a = local.b\n  b = local.a\n}\ninputs = { a = local.a }", "depends on itself"),
        ('inputs = { a = find_in_parent_folders("none.hcl") }', "within the scanned tree"),
        ('inputs = { a = read_terragrunt_config("../../../../outside.hcl") }', "not in the scanned tree"),
        ('include "r" { path = "/etc/root.hcl" }', "is not here"),
        ("inputs = { a = include.none.locals.b }", 'no include "none"'),
        ("inputs = { a = dependency.none.outputs.b }", 'no dependency "none"'),
        ("inputs = { a = var.b }", 'no "var"'),
    ],
)
def test_faults_are_told_where_they_stand(tmp_path, text, told):
    unit = _unit(tmp_path, {"live/dev/app/terragrunt.hcl": text + "\n"})
    unit.inputs()
    list(unit.chain())

    (found,) = unit.reading.diagnostics
    assert told in found.summary
    assert found.span.path == "live/dev/app/terragrunt.hcl"


def test_files_that_read_one_another_end(tmp_path):
    text = 'locals { other = read_terragrunt_config("OTHER") }\n'
    files = {
        "live/dev/app/terragrunt.hcl": text.replace("OTHER", "../a.hcl") + "inputs = local.other.locals\n",
        "live/dev/a.hcl": text.replace("OTHER", "b.hcl"),
        "live/dev/b.hcl": text.replace("OTHER", "a.hcl"),
    }
    unit = _unit(tmp_path, files)
    unit.inputs()

    assert any("read by what it reads" in each.summary for each in unit.reading.diagnostics)
