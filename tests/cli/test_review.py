"""`rules review`: a draw of findings that a person judges."""

from __future__ import annotations

from tests.cli.running import PUBLIC, run, write


def drawn(tmp_path, *options: str):
    return run("rules", "review", str(tmp_path), "--format", "json", "--seed", "53", *options).json


def test_a_draw_is_the_same_for_a_seed(tmp_path):
    write(tmp_path, {"main.tf": PUBLIC})
    assert drawn(tmp_path, "--sample", "3") == drawn(tmp_path, "--sample", "3")
    assert len(drawn(tmp_path, "--sample", "3")) == 3


def test_a_draw_of_some_severities(tmp_path):
    write(tmp_path, {"main.tf": PUBLIC})
    everything = drawn(tmp_path, "--sample", "1000")
    grave = drawn(tmp_path, "--sample", "1000", "--severity", "high", "--severity", "critical")
    assert 0 < len(grave) < len(everything)
    assert {each["severity"] for each in grave} <= {"high", "critical"}
