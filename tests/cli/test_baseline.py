"""Baselines: what they set aside, what they tell, and what they refuse."""

from __future__ import annotations

import json

import pytest

from tests.cli.running import BROKEN, CLEAN, PUBLIC, run, scan, write

SECOND = PUBLIC.replace('"d"', '"e"')


@pytest.fixture
def tree(tmp_path):
    """A tree with one high finding, and a baseline of it beside the tree."""
    folder = write(tmp_path / "tree", {"main.tf": PUBLIC})
    assert run("baseline", "create", "--baseline", tmp_path / "b.json", folder).code == 0
    return folder


def test_what_the_baseline_holds_is_set_aside(tree, tmp_path):
    told = scan(tree, "--baseline", tmp_path / "b.json")

    assert (told.code, told.rules) == (0, [])
    assert told.json["summary"]["suppressed"] == len(scan(tree).json["findings"])


def test_it_follows_a_finding_to_another_line(tree, tmp_path):
    write(tree, {"main.tf": "\n\n# moved\n" + PUBLIC})

    assert scan(tree, "--baseline", tmp_path / "b.json").code == 0


def test_what_is_new_is_told(tree, tmp_path):
    write(tree, {"second.tf": SECOND})
    told = scan(tree, "--baseline", tmp_path / "b.json")

    assert told.code == 1
    assert {each["location"]["path"] for each in told.json["findings"]} == {"second.tf"}


def test_diff_tells_what_is_new_and_what_is_gone(tree, tmp_path):
    write(tree, {"main.tf": SECOND})
    ran = run("baseline", "diff", "--baseline", tmp_path / "b.json", tree)

    assert ran.code == 1
    assert "+ fail[zero-trust/database-public] tf:.#aws_db_instance.e  main.tf\n" in ran.out
    assert "- fail[zero-trust/database-public] tf:.#aws_db_instance.d  main.tf\n" in ran.out


def test_prune_drops_and_takes_in_nothing(tree, tmp_path):
    write(tree, {"main.tf": SECOND})
    assert run("baseline", "prune", "--baseline", tmp_path / "b.json", tree).code == 0

    held = json.loads((tmp_path / "b.json").read_text("utf-8"))["findings"]
    assert not [each for each in held if "aws_db_instance" in each["node"]]
    assert scan(tree, "--baseline", tmp_path / "b.json").code == 1


def test_update_makes_it_what_a_new_one_would_be(tree, tmp_path):
    write(tree, {"main.tf": SECOND})
    run("baseline", "update", "--baseline", tmp_path / "b.json", tree)
    run("baseline", "create", "--baseline", tmp_path / "c.json", tree)

    assert (tmp_path / "b.json").read_bytes() == (tmp_path / "c.json").read_bytes()


def test_what_is_gone_is_noted(tree, tmp_path):
    write(tree, {"main.tf": CLEAN})

    assert "layerproof baseline prune" in run("scan", tree, "--baseline", tmp_path / "b.json").out


def test_a_finding_that_was_unknown_and_fails_now_is_told(tmp_path):
    before = PUBLIC.replace("= true\n  storage", "= var.open\n  storage") + 'variable "open" {}\n'
    folder = write(tmp_path / "tree", {"main.tf": before})
    run("baseline", "create", "--baseline", tmp_path / "b.json", folder)
    held = json.loads((tmp_path / "b.json").read_text("utf-8"))["findings"]
    assert ("zero-trust/database-public", "unknown") in {(each["rule"], each["verdict"]) for each in held}

    write(folder, {"main.tf": PUBLIC})

    assert scan(folder, "--baseline", tmp_path / "b.json").rules == ["zero-trust/database-public"]


def test_an_incomplete_scan_changes_no_baseline(tree, tmp_path):
    before = (tmp_path / "b.json").read_bytes()
    write(tree, {"main.tf": BROKEN})
    ran = run("baseline", "prune", "--baseline", tmp_path / "b.json", tree)

    assert ran.code == 3
    assert "main.tf:2:" in ran.err
    assert (tmp_path / "b.json").read_bytes() == before


def test_create_overwrites_nothing(tree, tmp_path):
    assert run("baseline", "create", "--baseline", tmp_path / "b.json", tree).code == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is no baseline"),
        ("{}", "it has no list of findings"),
        ('{"version": 2, "findings": []}', "a baseline of version 2"),
        ('{"version": 1, "findings": [{"rule": "a/b"}]}', "each finding needs"),
    ],
)
def test_a_file_that_is_no_baseline_is_2(tree, tmp_path, text, told):
    write(tmp_path, {"bad.json": text})
    ran = scan(tree, "--baseline", tmp_path / "bad.json")

    assert ran.code == 2
    assert told in ran.err


def test_options_are_those_of_the_scan(tree, tmp_path):
    ran = run("baseline", "create", "--baseline", tmp_path / "c.json", "--principle", "tiers", tree)

    assert ran.code == 0
    assert run("baseline", "create", "--baseline", tmp_path / "d.json", "--nonsense", tree).code == 2
