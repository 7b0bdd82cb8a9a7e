"""`layerproof ask copies`: the form of the answer (issue 5), its text, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from scanner.cli import cli
from tests.analysis.copies.test_scenarios import DR, HEAD, ORDER, plan, rds, rule

TEXT = HEAD + rds("backup_retention_period = 7") + plan("aws_db_instance.x", rule(to=(DR,)))


def asked(folder: Path, *more: str) -> tuple[int, str]:
    (folder / "main.tf").write_text(TEXT, "utf-8")
    done = CliRunner().invoke(cli, ["ask", "copies", *more, "--in", str(folder)])
    return done.exit_code, done.output


def test_json(tmp_path: Path) -> None:
    code, output = asked(tmp_path, "--format", "json")
    (asset,) = json.loads(output)["assets"]

    assert code == 0
    assert list(json.loads(output)) == ["assets"]
    assert list(asset) == ["node", "copies", "media", "offsite", "verdict", "observations"]
    assert (asset["node"], asset["copies"], asset["media"], asset["offsite"]) == (
        "tf:.#aws_db_instance.x",
        3,
        2,
        True,
    )
    assert tuple(asset["verdict"]) == ORDER
    assert set(asset["verdict"].values()) <= {"pass", "fail", "unknown"}
    for each in asset["observations"]:
        assert list(each) == ["kind", "location", "medium", "counts", "why", "evidence", "source"]
        assert list(each["location"]) == ["account", "region", "store"]
        assert isinstance(each["counts"], bool)
        assert each["evidence"] == "planned"
    assert {each["kind"] for each in asset["observations"]} == {"primary", "point-in-time"}


def test_text_is_a_table(tmp_path: Path) -> None:
    code, output = asked(tmp_path)

    assert code == 0
    assert output.splitlines()[0].split()[:3] == ["store", "copies", "media"]
    assert "1 stores: 1 pass, 0 fail, 0 unknown" in output
    assert "copied to another vault by a rule of a backup plan" in output


def test_one_store_by_its_name(tmp_path: Path) -> None:
    code, output = asked(tmp_path, "aws_db_instance.x", "--format", "json")

    assert code == 0
    assert len(json.loads(output)["assets"]) == 1


def test_what_is_no_store_is_said(tmp_path: Path) -> None:
    code, output = asked(tmp_path, "aws_nothing.x")

    assert code == 2
    assert "no data store is called 'aws_nothing.x'" in output
