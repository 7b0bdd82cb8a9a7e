"""Where layerproof is used: the composite action, workflows, pre-commit."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.cli.running import CLEAN, PUBLIC, write

CHECKOUT = Path(__file__).resolve().parents[2]
ACTION = CHECKOUT / "action.yml"
WORKFLOWS = [
    *sorted((CHECKOUT / ".github" / "workflows").glob("*.yml")),
    *sorted((CHECKOUT / ".github" / "examples").glob("*.yml")),
]
HOOKS = yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text())


def steps(path: Path) -> list[dict]:
    document = yaml.safe_load(path.read_text())
    jobs = [document["runs"]] if "runs" in document else document["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


@pytest.mark.parametrize("path", [ACTION, *WORKFLOWS], ids=lambda path: path.name)
def test_actions_are_pinned_by_full_sha_and_texts_come_by_the_environment(path):
    for step in steps(path):
        uses = step.get("uses", "./")
        assert uses.startswith("./") or re.fullmatch(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}", uses), uses
        assert "${{" not in step.get("run", "")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_ask_for_little(path):
    document = yaml.safe_load(path.read_text())

    assert document["permissions"] == {}
    assert "pull_request_target" not in document[True]  # YAML 1.1 reads the key `on` as true
    for job in document["jobs"].values():
        asked = set(job["permissions"])
        # a job that takes a role of a cloud may write nothing here, and one that writes issues takes no role
        assert any(
            asked <= {"contents", *more} for more in (("security-events", "actions"), ("id-token",), ("issues",))
        )
        assert job["permissions"]["contents"] == "read"
        assert job["timeout-minutes"] <= 90
    checkouts = [step for step in steps(path) if "actions/checkout" in step.get("uses", "")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def act(folder: Path, **inputs: str) -> tuple[int, dict[str, str], str]:
    """Run the action's scan step as a runner does: exit code, outputs, summary."""
    document = yaml.safe_load(ACTION.read_text())
    (scan,) = [step for step in document["runs"]["steps"] if step.get("id") == "scan"]
    given = {name: value.get("default", "") for name, value in document["inputs"].items()} | inputs
    environment = {name: given[value[len("${{ inputs.") : -len(" }}")]] for name, value in scan["env"].items()}
    temporary = folder.parent / "runner"
    (temporary / "layerproof" / "bin").mkdir(parents=True)
    program = temporary / "layerproof" / "bin" / "layerproof"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -P -c "from scanner.cli import main; main()" "$@"\n')
    program.chmod(0o755)
    files = {name: temporary / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.touch()
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", scan["run"]],
        cwd=folder,
        env={**os.environ, **environment, "RUNNER_TEMP": str(temporary)}
        | {name: str(files[name]) for name in files},
        capture_output=True,
        text=True,
        check=False,
    )
    outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
    return done.returncode, outputs, files["GITHUB_STEP_SUMMARY"].read_text()


def test_the_action_scans_writes_sarif_and_fails_on_findings(tmp_path):
    tree = write(tmp_path / "tree", {"main.tf": PUBLIC})
    code, outputs, summary = act(tree)

    assert (code, outputs) == (1, {"exit-code": "1", "sarif-file": "layerproof.sarif"})
    assert json.loads((tree / "layerproof.sarif").read_text())["version"] == "2.1.0"
    assert "database-public" in summary


def test_the_action_passes_what_it_is_given(tmp_path):
    files = {"a b/main.tf": 'variable "p" {}\n' + PUBLIC.replace("= true", "= var.p", 1), "c/main.tf": CLEAN}
    tree = write(tmp_path / "tree", {**files, "x.tfvars": "p = true\n"})
    inputs = {
        "paths": "a b\nc\n",
        "var-files": "x.tfvars",
        "select": "zero-trust/database-public\nbackup/*",
        "fail-on": "never",
        "summary": "false",
    }
    code, _, summary = act(tree, **inputs)
    report = json.loads((tree / "layerproof.sarif").read_text())

    assert (code, summary) == (0, "")
    assert [each["ruleId"] for each in report["runs"][0]["results"]] == ["zero-trust/database-public"]


def test_an_input_is_never_run(tmp_path):
    tree = write(tmp_path / "tree", {"main.tf": CLEAN})
    code, _, _ = act(tree, paths=".\n$(touch pwned)\n; touch pwned", **{"sarif-file": ""})

    assert code == 2
    assert not (tree / "pwned").exists()


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_the_hooks_take_our_files_and_no_others(hook):
    ours = ["a.tf", "a.tofu", "a.tf.json", "x/terraform.tfvars", "b.auto.tfvars.json", "deploy/a.yaml", "a.yml"]

    assert all(re.search(hook["files"], name) for name in ours)
    assert not any(re.search(hook["files"], name) for name in ["a.py", "tf", "a.tf.bak", "notes.md", "yaml/x.txt"])
    assert hook["require_serial"] is True


def pre_commit() -> str:
    beside = Path(sys.executable).parent / "pre-commit"
    found = (
        os.environ.get("LAYERPROOF_PRE_COMMIT") or shutil.which("pre-commit") or (beside.exists() and str(beside))
    )
    if not found:
        pytest.skip("no pre-commit on PATH and LAYERPROOF_PRE_COMMIT is not set")
    return str(found)


def git(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", *identity, *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_pre_commit_blocks_a_bad_commit_with_the_hook_of_a_clone(tmp_path):
    program = pre_commit()
    hook = "layerproof"
    clone = tmp_path / "layerproof"
    assert git(tmp_path, "clone", "--quiet", "--no-hardlinks", str(CHECKOUT), str(clone)).returncode == 0
    revision = git(clone, "rev-parse", "HEAD").stdout.strip()
    repository = write(
        tmp_path / "sample",
        {
            ".pre-commit-config.yaml": f"repos:\n- repo: {clone}\n  rev: {revision}\n  hooks: [id: {hook}]\n",
            "good/main.tf": CLEAN,
            "bad/main.tf": PUBLIC,
        },
    )
    home = {"PRE_COMMIT_HOME": str(tmp_path / "cache"), "PATH": f"{Path(program).parent}:{os.environ['PATH']}"}
    git(repository, "init", "--quiet")
    subprocess.run(
        [program, "install"], cwd=repository, env={**os.environ, **home}, check=True, capture_output=True
    )

    git(repository, "add", ".pre-commit-config.yaml", "good")
    clean = git(repository, "commit", "-m", "good", **home)
    assert clean.returncode == 0, clean.stdout + clean.stderr

    git(repository, "add", "bad")
    blocked = git(repository, "commit", "-m", "bad", **home)
    assert blocked.returncode == 1
    assert "zero-trust/database-public" in blocked.stdout + blocked.stderr
    assert "bad/main.tf:2:3" in blocked.stdout + blocked.stderr
    assert git(repository, "log", "--oneline").stdout.count("\n") == 1

    write(repository, {"bad/main.tf": PUBLIC.replace("= true", "= false", 1)})
    git(repository, "add", "bad")
    assert git(repository, "commit", "-m", "mended", **home).returncode == 0
