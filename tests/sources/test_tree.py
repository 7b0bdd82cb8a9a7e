"""The scanned tree: what is listed, what is ignored, and that nothing outside it is read."""

from __future__ import annotations

import os

import pytest

from scanner.model.diagnostic import Level
from scanner.sources.tree import MOST_BYTES, Tree, tree_root


def fill(folder, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def codes(tree: Tree) -> list[str]:
    return sorted(each.code for each in tree.diagnostics)


def test_names_are_relative_sorted_and_without_what_tools_keep(tmp_path):
    fill(
        tmp_path,
        "b.tf",
        "a/x.tf",
        ".terraform/modules/m/m.tf",
        ".git/config",
        "node_modules/p/p.yaml",
        "a/.hidden.yaml",
    )

    assert Tree(tmp_path).names() == ["a/.hidden.yaml", "a/x.tf", "b.tf"]


def test_what_go_has_vendored_is_not_listed(tmp_path):
    """Go Modules Reference, "Vendoring": `go mod vendor` writes vendor/modules.txt."""
    fill(tmp_path, "a.tf", "vendor/modules.txt", "vendor/k8s.io/pod.yaml", "charts/vendor/b.yaml")

    assert Tree(tmp_path).names() == ["a.tf", "charts/vendor/b.yaml"]


def test_what_is_set_aside_by_its_name_is_told_and_read_where_it_is_named(tmp_path):
    fill(tmp_path, "a.tf", ".archive/old/b.yaml", "_archived/c.yaml", "archive/d.yaml", ".github/e.yaml")

    tree = Tree(tmp_path)
    assert tree.names() == [".github/e.yaml", "a.tf", "archive/d.yaml"]
    assert [(each.code, each.span.path) for each in tree.diagnostics if each.span] == [
        ("read-set-aside", ".archive"),
        ("read-set-aside", "_archived"),
    ]
    assert Tree(tmp_path, [tmp_path / ".archive"]).names() == [".archive/old/b.yaml"]


def test_what_the_tests_of_a_go_module_read_is_set_aside(tmp_path):
    """`go help packages`: the go tool ignores directories called testdata."""
    fill(tmp_path, "go/go.mod", "go/inject/testdata/pod.yaml", "go/deploy/pod.yaml", "charts/testdata/pod.yaml")

    tree = Tree(tmp_path)
    assert tree.names() == ["charts/testdata/pod.yaml", "go/deploy/pod.yaml", "go/go.mod"]
    assert [each.code for each in tree.diagnostics] == ["read-set-aside"]


def test_the_steps_of_an_end_to_end_test_are_set_aside(tmp_path):
    """Chainsaw: a folder with chainsaw-test.yaml is a test; KUTTL: NN-assert.yaml is what step NN must lead to."""
    fill(tmp_path, "e2e/a/chainsaw-test.yaml", "e2e/a/0.yaml", "e2e/b/00-assert.yaml", "deploy/assert.yaml")

    tree = Tree(tmp_path)
    assert tree.names() == ["deploy/assert.yaml"]
    assert [each.code for each in tree.diagnostics] == ["read-set-aside"] * 2
    assert Tree(tmp_path, [tmp_path / "e2e" / "b"]).names() == ["e2e/b/00-assert.yaml"]


def test_gitignore_holds_with_its_negations_at_every_depth(tmp_path):
    fill(tmp_path, "gen/a.tf", "keep/gen.tf", "keep/sub/no.tf", "keep/sub/yes.tf", "a.log")
    (tmp_path / ".gitignore").write_text("/gen/\n*.log\n")
    (tmp_path / "keep" / "sub" / ".gitignore").write_text("*.tf\n!yes.tf\n")

    assert [name for name in Tree(tmp_path).names() if not name.endswith(".gitignore")] == [
        "keep/gen.tf",
        "keep/sub/yes.tf",
    ]


def test_gitignore_of_the_tree_holds_for_a_part_of_it(tmp_path):
    fill(tmp_path, "sub/a.tf", "sub/b.tf")
    (tmp_path / ".gitignore").write_text("sub/b.tf\n")

    assert Tree(tmp_path, [tmp_path / "sub"]).names() == ["sub/a.tf"]


def test_a_file_that_is_named_is_listed_although_git_ignores_it(tmp_path):
    fill(tmp_path, "a.tf")
    (tmp_path / ".gitignore").write_text("*.tf\n")

    assert Tree(tmp_path, [tmp_path / "a.tf"]).names() == ["a.tf"]


def test_exclude_takes_globs_of_gitignore(tmp_path):
    fill(tmp_path, "a.tf", "test/b.tf", "deep/test/c.tf", "deep/d.tf")

    assert Tree(tmp_path, exclude=["test/"]).names() == ["a.tf", "deep/d.tf"]


def test_a_link_inside_is_read_and_a_link_out_is_told(tmp_path):
    inside, outside = tmp_path / "tree", tmp_path / "outside"
    fill(inside, "real/a.tf")
    fill(outside, "secret.tf", "dir/b.tf")
    (inside / "alias.tf").symlink_to("real/a.tf")
    (inside / "leak.tf").symlink_to(outside / "secret.tf")
    (inside / "leakdir").symlink_to(outside / "dir")
    tree = Tree(inside)
    names = tree.names()

    assert names == ["alias.tf", "leak.tf", "real/a.tf"]
    assert tree.read("alias.tf").text == b"real/a.tf"
    assert tree.read("leak.tf") is None
    assert codes(tree) == ["read-outside", "read-outside"]


def test_loops_and_dangling_links_are_told_and_end(tmp_path):
    (tmp_path / "a.tf").symlink_to("b.tf")
    (tmp_path / "b.tf").symlink_to("a.tf")
    (tmp_path / "gone.yaml").symlink_to("nowhere.yaml")
    (tmp_path / "loop").symlink_to(tmp_path)
    fill(tmp_path, "ok.tf")
    tree = Tree(tmp_path)

    assert [name for name in tree.names() if tree.read(name)] == ["ok.tf"]
    assert codes(tree) == ["read-link", "read-link", "read-link"]


def test_one_bad_link_does_not_hide_the_other_files_of_a_directory(tmp_path):
    (tmp_path / "circle.tf").symlink_to("circle.tf")
    (tmp_path / "gone.tf").symlink_to("nowhere")
    fill(tmp_path, "ok.tf", "folder/x.tf")
    (tmp_path / "link").symlink_to("folder")

    assert Tree(tmp_path).directory(".") == ["circle.tf", "gone.tf", "ok.tf"]


@pytest.mark.parametrize("name", ["../secret.tf", "sub/../../secret.tf", "/etc/hostname"])
def test_a_name_that_leads_out_is_refused(tmp_path, name):
    fill(tmp_path, "secret.tf", "tree/sub/a.tf")
    tree = Tree(tmp_path / "tree")

    assert tree.read(name) is None
    assert codes(tree) == ["read-outside"]
    assert not tree.inside(name)


def test_a_directory_outside_is_not_listed(tmp_path):
    fill(tmp_path, "secret/a.tf", "tree/b.tf")
    tree = Tree(tmp_path / "tree")

    assert tree.directory("../secret") == []
    assert not tree.exists("../secret/a.tf")


def test_what_is_no_regular_file_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.tf")
    tree = Tree(tmp_path)

    assert [tree.read(name) for name in tree.names()] == [None]
    assert codes(tree) == ["read-denied"]


def test_a_file_beyond_all_measure_is_told(tmp_path):
    with (tmp_path / "big.tf").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    tree = Tree(tmp_path)

    assert tree.read("big.tf") is None
    assert [(each.code, each.level) for each in tree.diagnostics] == [("limit-size", Level.ERROR)]


def test_a_long_plan_is_read(tmp_path):
    text = b'{"format_version":"1.2","terraform_version":"1.11.4","values":{}' + b" " * MOST_BYTES + b"}"
    (tmp_path / "plan.json").write_bytes(text)
    (tmp_path / "other.json").write_bytes(text.replace(b"format_version", b"form").replace(b"terraform_", b""))
    tree = Tree(tmp_path)

    read = tree.read("plan.json")
    assert read is not None
    assert len(read.text) == len(text)
    assert tree.read("other.json") is None
    assert codes(tree) == ["limit-size"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path):
    fill(tmp_path, "a.tf")
    (tmp_path / "a.tf").chmod(0)
    tree = Tree(tmp_path)

    assert tree.read("a.tf") is None
    assert codes(tree) == ["read-denied"]


def test_each_file_is_read_once_and_each_fault_told_once(tmp_path):
    fill(tmp_path, "a.tf")
    tree = Tree(tmp_path)

    assert tree.read("a.tf") is tree.read("a.tf")
    assert tree.read("no.tf") is tree.read("no.tf") is None
    assert len(tree.diagnostics) <= 1


def test_the_tree_is_the_git_work_tree_around(tmp_path):
    fill(tmp_path, "repo/.git/HEAD", "repo/a/b/c.tf", "plain/c.tf")

    assert tree_root(tmp_path / "repo" / "a" / "b") == tmp_path / "repo"
    assert tree_root(tmp_path / "repo" / "a" / "b" / "c.tf") == tmp_path / "repo"
    assert tree_root(tmp_path / "plain") == tmp_path / "plain"


def test_everything_is_listed_whatever_was_chosen(tmp_path):
    (tmp_path / "a").mkdir()
    for name in ("a/x.yaml", "y.yaml"):
        (tmp_path / name).write_text("")
    part = Tree(tmp_path, [tmp_path / "a"])
    assert (part.names(), part.whole) == (["a/x.yaml"], False)
    assert part.everything() == ["a/x.yaml", "y.yaml"]
    assert Tree(tmp_path).whole
