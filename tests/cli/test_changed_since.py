"""--changed-since REF: what git says has changed is what is shown."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.cli.running import CLEAN, PUBLIC, run, scan, write

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="no git on PATH")
OTHER = PUBLIC.replace('"d"', '"e"')


def git(folder, *arguments):
    own = ["-c", "user.email=a@example.org", "-c", "user.name=a", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *own, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def tree(tmp_path):
    """A repository with one finding in each of two modules, all committed on main."""
    folder = write(tmp_path / "tree", {"one/main.tf": PUBLIC, "two/main.tf": OTHER, "README.md": "x"})
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "all")
    return folder


def paths(ran):
    return {each["location"]["path"] for each in ran.json["findings"]}


def test_nothing_changed_is_0(tree):
    ran = scan(tree, "--changed-since", "main")

    assert (ran.code, ran.json["findings"], ran.codes) == (0, [], [])


def test_what_is_in_the_work_tree_counts(tree):
    write(tree, {"one/main.tf": "# changed\n" + PUBLIC})

    assert paths(scan(tree, "--changed-since", "main")) == {"one/main.tf"}


def test_a_file_that_git_does_not_know_counts(tree):
    write(tree, {"three/main.tf": PUBLIC})

    assert paths(scan(tree, "--changed-since", "main")) == {"three/main.tf"}


def test_commits_since_the_work_parted_count_and_those_of_the_other_side_do_not(tree):
    git(tree, "checkout", "-qb", "work")
    write(tree, {"two/main.tf": "# changed\n" + OTHER})
    git(tree, "commit", "-qam", "ours")
    git(tree, "checkout", "-q", "main")
    write(tree, {"one/main.tf": "# changed\n" + PUBLIC})
    git(tree, "commit", "-qam", "theirs")
    git(tree, "checkout", "-q", "work")

    assert paths(scan(tree, "--changed-since", "main")) == {"two/main.tf"}


def test_only_what_lies_below_the_path_counts(tree):
    write(tree, {"one/main.tf": "# changed\n" + PUBLIC})

    assert scan(tree / "two", "--changed-since", "main").json["findings"] == []
    assert scan(tree / "two/main.tf", "--changed-since", "main").json["findings"] == []


def test_what_is_deleted_is_said(tree):
    (tree / "one/main.tf").unlink()

    assert "1 file deleted since main" in run("scan", tree, "--changed-since", "main").out


def test_a_file_of_another_sort_is_nothing_to_judge(tree):
    write(tree, {"README.md": "y"})

    assert scan(tree, "--changed-since", "main").code == 0


@pytest.mark.parametrize("ref", ["--output=x", "nothing", ""])
def test_what_is_no_commit_is_2(tree, ref):
    ran = scan(tree, "--changed-since", ref)

    assert ran.code == 2
    assert "commit" in ran.err
    assert not (tree / "x").exists()


def test_outside_a_repository_it_is_2(tmp_path):
    assert scan(write(tmp_path / "t", {"a.tf": CLEAN}), "--changed-since", "main").code == 2


def test_no_program_of_the_repository_is_run(tree, tmp_path):
    """A repository's own configuration can name programs for git to run; none is."""
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "diff.trap.textconv", "diff.trap.command"):
        git(tree, "config", key, str(trap))
    write(tree, {".gitattributes": "*.tf diff=trap\n", "one/main.tf": "# changed\n" + PUBLIC})

    assert paths(scan(tree, "--changed-since", "main")) == {"one/main.tf"}
    assert not (tmp_path / "sprung").exists()
