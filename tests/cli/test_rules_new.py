"""`layerproof rules new`: what it writes passes at once."""

from __future__ import annotations

import pytest

from tests.cli.running import run, write

ID = "backup/kept-in-one-piece"


@pytest.mark.parametrize("kind", ["object_store", "workload"])
@pytest.mark.parametrize("rego", [False, True])
def test_what_it_writes_passes_test_and_lint(tmp_path, kind, rego):
    made = run("rules", "new", ID, "--kind", kind, "--to", tmp_path, *(["--rego"] if rego else []))
    folder = ("--policies", tmp_path / "policies") if rego else ("--rules", tmp_path / "rules")

    tested, linted = run("rules", "test", ID, *folder), run("rules", "lint", *folder)

    assert made.code == 0
    assert (tested.code, tested.last) == (0, "1 rule tested on fixtures, 0 failed")
    assert ID not in linted.out


def test_the_rule_scans(tmp_path):
    run("rules", "new", ID, "--to", tmp_path)
    tree = write(
        tmp_path / "tree", {"main.tf": (tmp_path / "fixtures/backup/kept_in_one_piece/bad/main.tf").read_text()}
    )

    ran = run("scan", tree, "--rules", tmp_path / "rules", "--select", ID, "--format", "json")

    assert ran.rules == [ID]


def test_nothing_is_overwritten(tmp_path):
    write(tmp_path, {"fixtures/backup/kept_in_one_piece/good/main.tf": "mine"})

    ran = run("rules", "new", ID, "--to", tmp_path)

    assert ran.code == 2
    assert [path.read_text() for path in tmp_path.rglob("*") if path.is_file()] == ["mine"]


@pytest.mark.parametrize(
    "name",
    ["backup", "nowhere/rule", "backup/Rule", "backup/../rule", "backup/a_b", "backup/object-store-unversioned"],
)
def test_what_is_no_new_name_is_refused(tmp_path, name):
    assert run("rules", "new", name, "--to", tmp_path).code == 2
    assert not list(tmp_path.iterdir())
