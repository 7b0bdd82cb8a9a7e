"""`layerproof ask copies`: the form of the answer (issue 5), its text, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
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


BAD = [
    # what is written, what is said of it, and how many copies are left (issue 5, "Bad input")
    (
        plan("aws_db_instance.x", rule(to=('"arn:aws:backup:eu-west-1"',))),
        "'arn:aws:backup:eu-west-1' is no ARN",
        2,
    ),
    (plan("aws_db_instance.x", rule("cron(0 5 31 2 ? *)")), "'cron(0 5 31 2 ? *)' never runs", 1),
    (plan("aws_db_instance.x", rule("cron(61 5 * * ? *)")), "cron(61 5 * * ? *)", 1),
    (plan("aws_db_instance.x", rule("at dawn")), "'at dawn' is no schedule", 1),
    (plan("aws_db_instance.x", rule(keep=-7)), "a retention of -7 days is none", 1),
    (plan("aws_db_instance.x", rule(vault='"nowhere"')), "the vault nowhere does not exist", 1),
    (plan("", rule(), select='resources = ["db:x"]'), "'db:x' is no ARN, so that it selects nothing", 1),
    (plan("", rule(), select='resources = ["arn:aws:rds"]'), "'arn:aws:rds' is no ARN", 1),
]


@pytest.mark.parametrize(("text", "said", "left"), BAD, ids=[each[1] for each in BAD])
def test_bad_input_is_told_and_does_not_count(tmp_path: Path, text: str, said: str, left: int) -> None:
    (tmp_path / "main.tf").write_text(HEAD + rds() + text, "utf-8")
    (tmp_path / "layerproof.toml").write_text('[scope]\ncomplete = ["backup"]\n', "utf-8")
    done = CliRunner().invoke(cli, ["ask", "copies", "--in", str(tmp_path), "--format", "json"])

    assert (done.exit_code, json.loads(done.stdout)["assets"][0]["copies"]) == (0, left)
    assert said in done.stderr
    assert "warning[input-backup]" in done.stderr
