"""What the scanned tree may not do: run, load, reach out of itself (DESIGN section 4, Trust)."""

from __future__ import annotations

import pytest

from tests.cli.running import CLEAN, PUBLIC, process, run, scan, write

MARK = "the tree ran code"


def trap(folder, name: str) -> str:
    """Python that leaves a file behind when it is run."""
    return f"import pathlib\npathlib.Path({str(folder / name)!r}).write_text({MARK!r})\n"


def test_nothing_of_a_hostile_tree_runs(tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    tree = write(
        tmp_path / "tree",
        {
            "main.tf": PUBLIC
            + f'data "external" "e" {{ program = ["sh", "-c", "touch {marks}/external"] }}\n'
            + 'resource "null_resource" "n" {\n'
            + f'  provisioner "local-exec" {{ command = "touch {marks}/exec" }}\n}}\n'
            + f'resource "terraform_data" "t" {{ input = file("{marks}/secret") }}\n',
            ".checkov.yaml": "external-checks-dir: [checks]\nframework: [all]\n",
            "checks/__init__.py": trap(marks, "checkov"),
            "rules/hygiene/evil.py": trap(marks, "rule"),
            "policies/hygiene/evil.rego": "package layerproof.hygiene.evil\n"
            'x := http.send({"method": "get", "url": "http://localhost:9"})\n',
            "conftest.py": trap(marks, "conftest"),
            "sitecustomize.py": trap(marks, "sitecustomize"),
            "yaml.py": trap(marks, "yaml"),
            "orjson.py": trap(marks, "orjson"),
            "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: !!python/object/apply:os.system [touch x]}\n",
        },
    )
    process("scan", tree, cwd=tree)

    assert list(marks.iterdir()) == []
    assert "evil" not in run("scan", tree).out


@pytest.mark.parametrize(
    "text",
    [
        'rules = ["rules"]',
        'policies = ["policies"]',
        'checkov = "./evil.sh"',
        'opa_url = "http://attacker.example"',
    ],
)
@pytest.mark.parametrize("name", ["layerproof.toml", "pyproject.toml"])
def test_keys_that_load_or_send_do_not_count_in_the_tree(tmp_path, text, name):
    body = f"[tool.layerproof]\n{text}\n" if name == "pyproject.toml" else text
    write(tmp_path, {"main.tf": CLEAN, name: body, "rules/hygiene/x.py": "", "policies/x.rego": ""})
    ran = run("scan", tmp_path)

    assert ran.code == 2
    assert name in ran.err
    assert text.split()[0] in ran.err


def test_a_config_option_inside_the_tree_is_no_way_around(tmp_path):
    write(tmp_path, {"main.tf": CLEAN, "other.toml": 'rules = ["rules"]', "rules/hygiene/x.py": ""})

    assert run("scan", tmp_path, "--config", tmp_path / "other.toml").code == 2


def test_a_config_outside_the_tree_may_load_rules(tmp_path):
    tree = write(tmp_path / "tree", {"main.tf": CLEAN})
    own = write(tmp_path / "own", {"hygiene/broken.py": "not python at all\n"})
    write(tmp_path, {"mine.toml": f'rules = ["{own}"]\n'})

    assert any(code.startswith("rule") for code in scan(tree, "--config", tmp_path / "mine.toml").codes)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('fail-on = "low"', "fail_on"),
        ('fail_on = "sometimes"', "critical"),
        ("exclude = 3", "list of strings"),
        ('[scope]\ncomplete = ["everything"]', "backup"),
        ('[[tiers]]\ntier = "cellar"', "core"),
        ('[[tiers]]\ntier = "core"\naddres = "x"', "address"),
        ('[[ignore]]\nreason = "x"', "rule"),
        ("= broken", "not valid TOML"),
    ],
)
def test_a_configuration_is_read_strictly(tmp_path, text, hint):
    write(tmp_path, {"main.tf": CLEAN, "layerproof.toml": text})
    ran = run("scan", tmp_path)

    assert ran.code == 2
    assert hint in ran.err
    assert "layerproof.toml" in ran.err


def test_a_configuration_that_is_not_utf8_is_2(tmp_path):
    write(tmp_path, {"main.tf": CLEAN, "layerproof.toml": b'fail_on = "\xff"'})

    assert run("scan", tmp_path).code == 2


def test_a_configuration_above_the_tree_does_not_count(tmp_path):
    tree = write(tmp_path / "tree", {"main.tf": PUBLIC})
    write(tmp_path, {"layerproof.toml": 'fail_on = "never"\n'})

    assert run("scan", tree).code == 1


def test_functions_read_no_file_outside_the_tree(tmp_path):
    write(tmp_path, {"secret.txt": "hunter2"})
    text = """
locals {
  paths = ["../secret.txt", "/etc/hostname", "~/.profile", "sub/../../secret.txt"]
}
resource "terraform_data" "f" { input = [for p in local.paths : try(file(p), "not read")] }
resource "terraform_data" "e" { input = fileexists("../secret.txt") }
resource "terraform_data" "s" { input = fileset("..", "*.txt") }
resource "terraform_data" "t" { input = templatefile("../secret.txt", {}) }
resource "terraform_data" "h" { input = filesha256("../secret.txt") }
"""
    tree = write(tmp_path / "tree", {"main.tf": text})
    ran = run("resources", tree, "--format", "json", "--show-sensitive")

    assert "hunter2" not in ran.out
    assert "secret.txt" not in ran.out.replace("../secret.txt", "")
    assert ran.code == 3
    assert "read-outside" in ran.err


def test_a_secret_never_reaches_any_output(tmp_path):
    text = """
variable "token" {
  default   = "hunter2-marked"
  sensitive = true
}
resource "aws_db_instance" "d" {
  publicly_accessible = true
  password            = "hunter2-attribute"
  username            = var.token
}
resource "aws_secretsmanager_secret_version" "s" {
  secret_id     = "x"
  secret_string = jsonencode({ key = "hunter2-nested" })
}
"""
    write(tmp_path, {"main.tf": text})

    for form in ("text", "json", "sarif", "markdown", "junit", "gitlab"):
        assert "hunter2" not in run("scan", tmp_path, "--format", form).out, form
    for form in ("json", "dot", "mermaid"):
        assert "hunter2" not in run("graph", tmp_path, "--format", form).out, form
