"""Exit codes: 0 clean or below the threshold, 1 findings, 2 usage, 3 incomplete; 1 wins over 3 (DESIGN 4)."""

from __future__ import annotations

import pytest

from tests.cli.running import BROKEN, CLEAN, PUBLIC, run, scan, write


def test_findings_at_the_threshold_are_1(tmp_path):
    write(tmp_path, {"main.tf": PUBLIC})

    assert run("scan", tmp_path).code == 1
    assert run("scan", tmp_path).last == "exit 1: 1 finding at or above high"


@pytest.mark.parametrize(
    ("limit", "code"), [("critical", 0), ("high", 1), ("medium", 1), ("low", 1), ("never", 0)]
)
def test_the_threshold_decides(tmp_path, limit, code):
    write(tmp_path, {"main.tf": PUBLIC})

    assert run("scan", tmp_path, "--fail-on", limit).code == code


@pytest.mark.parametrize("form", ["text", "json", "sarif", "markdown", "junit", "gitlab"])
def test_the_code_does_not_depend_on_the_format(tmp_path, form):
    write(tmp_path, {"main.tf": PUBLIC})

    assert run("scan", tmp_path, "--format", form).code == 1


def test_nothing_found_is_0_and_says_so(tmp_path):
    write(tmp_path, {"main.tf": CLEAN})

    assert (run("scan", tmp_path).code, run("scan", tmp_path).last) == (0, "exit 0: no findings")


def test_a_path_that_does_not_exist_is_2(tmp_path):
    ran = run("scan", tmp_path / "no")

    assert ran.code == 2
    assert "does not exist" in ran.err


@pytest.mark.parametrize(
    "options",
    [
        ["--select", "nothing*"],
        ["--ignore", "backup/nothing"],
        ["--today", "tomorrow"],
        ["--format", "pdf"],
        ["--format", "json", "--format", "sarif"],
        ["--fail-on", "terrible"],
        ["--layer", "7"],
        ["--principle", "kindness"],
        ["--var", "novalue"],
        ["--rego", "opa"],
        ["--opa-url", "http://localhost:1"],
        ["--no-such-option"],
        ["--jobs", "0"],
        ["--var-file", "missing.tfvars"],
        ["--config", "missing.toml"],
    ],
    ids=" ".join,
)
def test_usage_is_2_and_named(tmp_path, options):
    write(tmp_path, {"main.tf": PUBLIC})
    ran = run("scan", tmp_path, *options)

    assert ran.code == 2
    assert "Error: " in ran.err
    assert ran.out == ""


def test_a_path_outside_the_root_is_2(tmp_path):
    write(tmp_path, {"a/main.tf": CLEAN, "b/main.tf": CLEAN})

    assert run("scan", tmp_path / "a", "--root", tmp_path / "b").code == 2


def test_a_file_that_does_not_parse_is_3_and_the_rest_is_scanned(tmp_path):
    write(tmp_path, {"broken.tf": BROKEN, "good.tf": PUBLIC})
    ran = scan(tmp_path, "--fail-on", "never")

    assert ran.code == 3
    assert "zero-trust/database-public" in ran.rules
    (told,) = [each for each in ran.json["diagnostics"] if each["level"] == "error"]
    assert told["code"].startswith("parse-")
    assert (told["location"]["path"], told["location"]["line"]) == ("broken.tf", 2)


def test_1_wins_over_3(tmp_path):
    write(tmp_path, {"broken.tf": BROKEN, "good.tf": PUBLIC})

    assert run("scan", tmp_path).code == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tf", b'resource "aws_eip" "e" { domain = "\xff\xfe" }\n'),
        ("a.tf", b"\x00\x01\x02binary\x00"),
        ("a.tf", b"locals { a = 1 }\n" * 9 + b'\x00resource "aws_eip" "hidden" {}\n'),
        ("a.yaml", b"apiVersion: v1\nkind: Pod\nmetadata: {name: \xff\xfe}\n"),
        ("a.yaml", b"apiVersion: v1\nkind: Pod\n  metadata: [\n"),
        ("a.tf.json", b'{"resource": {'),
        ("a.tf", b'resource "aws_eip" "e" {\n'),
    ],
    ids=["not utf-8", "binary", "a NUL", "yaml not utf-8", "yaml", "json", "unclosed"],
)
def test_what_cannot_be_read_is_3_with_its_place(tmp_path, name, text):
    write(tmp_path, {name: text, "good.tf": CLEAN})
    ran = scan(tmp_path)
    errors = [each for each in ran.json["diagnostics"] if each["level"] == "error"]

    assert ran.code == 3
    assert errors
    assert all(each["location"]["path"] == name and each["location"]["line"] >= 1 for each in errors)


def test_links_that_circle_or_lead_out_are_3(tmp_path):
    tree = write(tmp_path / "tree", {"good.tf": CLEAN})
    write(tmp_path / "outside", {"secret.tf": PUBLIC})
    (tree / "circle.tf").symlink_to("circle.tf")
    (tree / "leak.tf").symlink_to(tmp_path / "outside" / "secret.tf")
    ran = scan(tree)

    assert ran.code == 3
    assert ran.codes == ["read-link", "read-outside"]
    assert ran.json["findings"] == []


def test_a_module_that_lies_outside_the_tree_is_3(tmp_path):
    tree = write(tmp_path / "tree", {"main.tf": 'module "m" { source = "../outside" }\n'})
    write(tmp_path / "outside", {"main.tf": PUBLIC})
    ran = scan(tree)

    assert ran.code == 3
    assert "read-outside" in ran.codes
    assert "zero-trust/database-public" not in ran.rules


def test_a_wider_root_lets_the_module_in(tmp_path):
    tree = write(tmp_path / "tree", {"main.tf": 'module "m" { source = "../outside" }\n'})
    write(tmp_path / "outside", {"main.tf": PUBLIC})

    assert "zero-trust/database-public" in scan(tree, "--root", tmp_path).rules


def test_a_module_that_is_absent_is_a_warning_only(tmp_path):
    write(tmp_path, {"main.tf": 'module "m" {\n  source  = "x/y/aws"\n  version = "1.0.0"\n}\n'})
    ran = scan(tmp_path)

    assert ran.code == 0
    assert "module-absent" in ran.codes


def test_nothing_of_ours_is_3_but_for_a_hook(tmp_path):
    write(tmp_path, {"README.md": "# nothing", "compose.yaml": "services: {}\n"})

    assert run("scan", tmp_path).code == 3
    assert "empty-input" in scan(tmp_path).codes
    hook = run("scan", tmp_path, "--pre-commit")
    assert (hook.code, hook.out, hook.err) == (0, "", "")


def test_what_is_ours_and_broken_is_not_said_to_be_absent(tmp_path):
    write(tmp_path, {"main.tf.json": '{"resource": {,}}'})
    ran = scan(tmp_path)

    assert (ran.code, ran.codes) == (3, ["empty-input", "parse-hcl"])
    assert "no Terraform or Kubernetes file could be read" in ran.out


def test_a_value_for_a_variable_that_nothing_declares_is_told(tmp_path):
    """Terraform documentation, "Input variables": "Values for undeclared variables"."""
    write(tmp_path, {"main.tf": 'variable "region" { default = "a" }\n'})

    assert scan(tmp_path, "--var", "region=b").codes == []
    told = scan(tmp_path, "--var", "regoin=b")
    assert (told.code, told.codes) == (0, ["config-variable"])
    assert "did you mean region?" in told.out


def test_a_kustomization_that_does_not_parse_is_told_with_or_without_the_program(tmp_path):
    write(tmp_path, {"kustomization.yaml": "resources: [\n"})
    ran = scan(tmp_path)

    assert ran.code == 3
    assert {"parse-yaml", "render-overlay"} <= set(ran.codes)


def test_a_pipe_that_holds_nothing_of_ours_is_told_what_may_come_through_it(tmp_path):
    ran = run("scan", "-", stdin=b"hello")

    assert ran.code == 3
    assert "standard input holds neither manifests nor a plan" in ran.out


@pytest.mark.parametrize("command", [["graph"], ["resources"]])
def test_other_commands_tell_what_they_could_not_read_and_where(tmp_path, command):
    write(tmp_path, {"main.tf": BROKEN})
    ran = run(*command, tmp_path)

    assert ran.code == 3
    assert ran.err.startswith("main.tf:2:10: error[parse-hcl]: ")


@pytest.mark.parametrize("command", [["resources", "-"], ["graph", "-"], ["ask", "flows", "--in", "-"]])
def test_every_command_reads_what_is_piped_to_it_and_no_more(tmp_path, monkeypatch, command):
    write(tmp_path, {"main.tf": BROKEN})  # would be an error
    monkeypatch.chdir(tmp_path)
    ran = run(*command, stdin="apiVersion: v1\nkind: Pod\nmetadata: {name: piped}\nspec: {containers: []}\n")

    assert (ran.code, ran.err) == (0, "")
    assert "piped" in ran.out


def test_a_slip_is_answered_with_the_command_that_was_meant():
    assert "did you mean 'scan'?" in run("scna", ".").err


def test_a_baseline_names_itself_where_an_option_is_wrong(tmp_path):
    write(tmp_path, {"main.tf": PUBLIC})

    ran = run("baseline", "create", "--baseline", tmp_path / "b.json", tmp_path, "--no-such-option")

    assert ran.err.startswith("Usage: cli baseline create ")


def test_no_rule_left_is_3(tmp_path):
    write(tmp_path, {"main.tf": CLEAN})
    ran = scan(tmp_path, "--ignore", "*")

    assert (ran.code, ran.codes) == (3, ["empty-rules"])


@pytest.mark.parametrize(
    ("allow", "code"),
    [
        ("--allow-incomplete", 0),
        ("--allow-incomplete=parse", 0),
        ("--allow-incomplete=render,parse", 0),
        ("--allow-incomplete=render", 3),
        ("--allow-incomplete=empty", 3),
    ],
)
def test_incomplete_may_be_allowed_by_group(tmp_path, allow, code):
    write(tmp_path, {"broken.tf": BROKEN, "good.tf": CLEAN})

    assert run("scan", tmp_path, allow).code == code


def test_a_group_that_does_not_exist_is_2(tmp_path):
    write(tmp_path, {"good.tf": CLEAN})

    assert run("scan", tmp_path, "--allow-incomplete=prase").code == 2


def test_unknown_verdicts_fail_only_when_asked(tmp_path):
    write(tmp_path, {"main.tf": 'variable "p" {}\n' + PUBLIC.replace("= true", "= var.p", 1)})

    assert run("scan", tmp_path).code == 0
    assert run("scan", tmp_path, "--fail-on-unknown", "high").code == 1
    assert run("scan", tmp_path, "--fail-on-unknown", "critical").code == 0


def test_unmapped_types_fail_only_when_asked(tmp_path):
    write(tmp_path, {"main.tf": 'resource "aws_never_heard_of" "x" {}\n'})

    assert run("scan", tmp_path).code == 0
    assert run("scan", tmp_path, "--fail-on-unmapped").code == 1


def test_a_broken_rule_of_the_user_is_named_and_the_others_run(tmp_path):
    tree = write(tmp_path / "tree", {"main.tf": PUBLIC})
    own = write(tmp_path / "own", {"hygiene/broken.py": "this is not Python\n"})
    ran = scan(tree, "--rules", own, "--fail-on", "never")

    assert ran.code == 3
    assert any(code.startswith("rule") for code in ran.codes)
    assert "zero-trust/database-public" in ran.rules


def test_as_a_hook_it_is_silent_when_clean_and_speaks_when_not(tmp_path):
    clean = write(tmp_path / "clean", {"main.tf": CLEAN})
    public = write(tmp_path / "public", {"main.tf": PUBLIC})

    assert (run("scan", "--pre-commit", clean / "main.tf").out, run("scan", "--pre-commit", clean).code) == ("", 0)
    ran = run("scan", "--pre-commit", public / "main.tf")
    assert ran.code == 1
    assert "main.tf:2:3" in ran.out
