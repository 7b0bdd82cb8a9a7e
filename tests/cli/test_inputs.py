"""What is read: files and their roots, standard input, variables, what is ignored."""

from __future__ import annotations

import pytest

from tests.cli.running import CLEAN, PUBLIC, process, run, scan, write

POD = """apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop}
spec:
  containers:
    - name: c
      image: registry.example/app@sha256:0123456789012345678901234567890123456789012345678901234567890123
      securityContext: {privileged: true}
"""
DATABASE = PUBLIC.replace("= true", "= var.public", 1)


def test_a_file_stands_for_the_roots_it_belongs_to(tmp_path):
    """The variable of the caller decides, so the module alone would tell nothing."""
    files = {
        ".git/HEAD": "",
        "live/main.tf": 'module "db" {\n  source = "../db"\n  public = true\n}\n'
        + PUBLIC.replace('"d"', '"other"'),
        "db/main.tf": 'variable "public" {}\n' + DATABASE,
    }
    write(tmp_path, files)
    ran = scan(tmp_path / "db" / "main.tf")

    found = {each["node"] for each in ran.json["findings"] if each["rule"] == "zero-trust/database-public"}
    assert found == {"tf:live#module.db.aws_db_instance.d"}


def test_a_file_hides_findings_that_do_not_touch_it(tmp_path):
    write(tmp_path, {"a.tf": PUBLIC, "b.tf": CLEAN})

    assert run("scan", tmp_path / "b.tf").code == 0
    assert run("scan", tmp_path / "a.tf").code == 1


def test_several_files_are_one_scan(tmp_path):
    write(tmp_path, {"a.tf": PUBLIC, "b.tf": PUBLIC.replace('"d"', '"e"'), "c.tf": PUBLIC.replace('"d"', '"f"')})
    ran = run("scan", tmp_path / "a.tf", tmp_path / "b.tf", "--format", "json")

    found = {each["node"] for each in ran.json["findings"] if each["rule"] == "zero-trust/database-public"}
    assert found == {"tf:.#aws_db_instance.d", "tf:.#aws_db_instance.e"}


def test_a_manifest_is_a_file_too(tmp_path):
    write(tmp_path, {"a.yaml": POD, "b.yaml": POD.replace("name: a", "name: b")})
    ran = scan(tmp_path / "a.yaml")

    assert {each["location"]["path"] for each in ran.json["findings"]} == {"a.yaml"}
    assert "zero-trust/privileged-container" in ran.rules


def test_standard_input_is_read_as_manifests_and_nothing_else_is():
    ran = run("scan", "-", "--format", "json", stdin=POD)

    assert "zero-trust/privileged-container" in ran.rules
    assert {each["location"]["path"] for each in ran.json["findings"] if each["location"]} == {"<stdin>"}


def test_standard_input_without_manifests_is_empty():
    assert run("scan", "-", stdin="hello\n").code == 3


def test_variables_from_the_command_line(tmp_path):
    write(tmp_path / "tree", {"main.tf": 'variable "public" { type = bool }\n' + DATABASE})
    write(tmp_path, {"public.tfvars": "public = true\n", "private.tfvars": "public = false\n"})
    public, private = tmp_path / "public.tfvars", tmp_path / "private.tfvars"

    def verdict(*options):
        found = scan(tmp_path / "tree", *options).json["findings"]
        return [each["verdict"] for each in found if each["rule"] == "zero-trust/database-public"]

    assert verdict() == ["unknown"]
    assert verdict("--var", "public=true") == ["fail"]
    assert verdict("--var", "public=false") == []
    assert verdict("--var-file", public) == ["fail"]
    assert verdict("--var-file", public, "--var-file", private) == []
    assert verdict("--var-file", private, "--var", "public=true") == ["fail"]


def test_a_variable_file_that_does_not_parse_is_told(tmp_path):
    write(tmp_path / "tree", {"main.tf": CLEAN})
    write(tmp_path, {"bad.tfvars": "a = = 1\n"})

    assert scan(tmp_path / "tree", "--var-file", tmp_path / "bad.tfvars").code == 3


def test_the_workspace_is_what_the_user_says(tmp_path):
    text = PUBLIC.replace("= true", '= terraform.workspace == "prod"', 1)
    write(tmp_path, {"main.tf": text})

    assert "zero-trust/database-public" in scan(tmp_path, "--workspace", "prod").rules
    assert "zero-trust/database-public" not in scan(tmp_path).rules


def test_gitignore_and_exclude_are_honoured(tmp_path):
    write(tmp_path, {"a.tf": CLEAN, "old/b.tf": PUBLIC, "gen/c.tf": PUBLIC, ".gitignore": "gen/\n"})

    assert {each["location"]["path"] for each in scan(tmp_path).json["findings"]} == {"old/b.tf"}
    assert scan(tmp_path, "--exclude", "old").json["findings"] == []


def test_terraform_folders_are_read_only_through_modules_json(tmp_path):
    write(tmp_path, {"a.tf": CLEAN, ".terraform/modules/m/main.tf": PUBLIC})

    assert scan(tmp_path).json["findings"] == []


def test_paths_are_relative_to_the_git_work_tree(tmp_path):
    write(tmp_path, {".git/HEAD": "", "infra/db/main.tf": PUBLIC})
    ran = scan(tmp_path / "infra" / "db")

    assert {each["location"]["path"] for each in ran.json["findings"]} == {"infra/db/main.tf"}


@pytest.mark.parametrize("name", ["with space.tf", "ümlaut.tf", "-dash.tf", "#hash.tf", "%41.tf", "new\nline.tf"])
def test_odd_names_of_files_are_read_and_shown_safely(tmp_path, name):
    write(tmp_path, {name: PUBLIC})
    ran = scan(tmp_path)

    assert {each["location"]["path"] for each in ran.json["findings"]} == {name}
    assert "\nline.tf" not in run("scan", tmp_path).out


def test_the_default_is_the_working_directory(tmp_path):
    write(tmp_path, {"main.tf": PUBLIC})
    ran = process("scan", cwd=tmp_path)

    assert ran.code == 1
    assert "main.tf:2:3" in ran.out


def test_nothing_is_written_into_the_scanned_tree(tmp_path):
    write(tmp_path, {"main.tf": PUBLIC, "pod.yaml": POD})
    before = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*"))
    process("scan", tmp_path, cwd=tmp_path)

    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*")) == before


def test_paths_without_a_work_tree_share_the_folder_that_holds_them(tmp_path):
    write(tmp_path, {"a/main.tf": PUBLIC, "b/main.tf": PUBLIC})
    ran = run("scan", tmp_path / "a", tmp_path / "b", "--format", "json")

    assert {each["location"]["path"] for each in ran.json["findings"]} == {"a/main.tf", "b/main.tf"}
