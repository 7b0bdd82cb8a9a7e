"""A commit's files in a folder: as git holds them, and nowhere else."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from scanner.sources.changes import ChangesError, commit_of
from scanner.sources.revision import lend_modules, write_revision

GIT = shutil.which("git") or ""
pytestmark = pytest.mark.skipif(not GIT, reason="no git on PATH")


def git(folder, *arguments):
    own = ["-c", "user.email=a@example.org", "-c", "user.name=a", "-c", "commit.gpgsign=false"]
    return subprocess.run([GIT, *own, *arguments], cwd=folder, check=True, capture_output=True).stdout.decode()


@pytest.fixture
def tree(tmp_path):
    folder = tmp_path / "tree"
    (folder / "infra").mkdir(parents=True)
    (folder / "infra" / "main.tf").write_bytes(b"a\r\nb\n")
    (folder / "notes \u00e9.txt").write_bytes(b"\xff\x00")
    (folder / ".gitattributes").write_text("* export-ignore export-subst text=auto eol=crlf\n")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "all")
    return folder


@pytest.fixture
def empty(tmp_path):
    folder = tmp_path / "commit"
    folder.mkdir()
    return folder.resolve()


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def test_the_bytes_are_those_that_git_holds(tree, empty):
    """git-cat-file(1): the raw contents of the object, whatever the attributes say."""
    absent = write_revision(tree, "HEAD", empty, GIT)

    assert (absent, names(empty)) == (0, [".gitattributes", "infra/main.tf", "notes \u00e9.txt"])
    for name in names(empty):
        held = subprocess.run([GIT, "cat-file", "blob", f"HEAD:{name}"], cwd=tree, check=True, capture_output=True)
        assert (empty / name).read_bytes() == held.stdout


def test_only_what_lies_below_the_root(tree, empty):
    write_revision(tree / "infra", "HEAD", empty, GIT)

    assert names(empty) == ["main.tf"]


def test_modules_are_not_lent_through_a_link_of_the_commit(tree, empty, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    modules = tree / "infra" / ".terraform" / "modules"
    modules.mkdir(parents=True)
    (modules / "modules.json").write_text("{}")
    (empty / "infra").symlink_to(outside)

    assert lend_modules(tree, empty) == 0
    assert not list(outside.iterdir())


def test_modules_are_lent_to_the_roots_that_are_there(tree, empty):
    write_revision(tree, "HEAD", empty, GIT)
    modules = tree / "infra" / ".terraform" / "modules"
    modules.mkdir(parents=True)
    (modules / "modules.json").write_text("{}")

    assert lend_modules(tree, empty) == 1
    assert (empty / "infra/.terraform/modules/modules.json").read_text() == "{}"


@pytest.mark.parametrize("ref", ["", "-h", "--all", "nowhere", "HEAD:infra"])
def test_what_is_no_commit(tree, ref):
    assert commit_of(tree, ref, GIT) is None


def test_a_commit_that_is_not_there_is_an_error(tree, empty):
    with pytest.raises(ChangesError):
        write_revision(tree, "0" * 40, empty, GIT)
