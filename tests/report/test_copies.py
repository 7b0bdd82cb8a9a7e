"""The table of copies in Markdown and HTML: the letters of issue 5, the whole first, what fails first."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

from scanner.cli import cli
from tests.analysis.copies.test_scenarios import DR, HEAD, plan, rds, rule

TEXT = HEAD + rds() + plan("aws_db_instance.x", rule(to=(DR,))) + 'resource "aws_efs_file_system" "lost" {}\n'
CELLS = ["3-2-1", "copies", "media", "off site", "fresh", "kept", "independent", "immutable", "tested", "in time"]


def written(folder: Path, form: str, *, complete: bool = True) -> str:
    (folder / "main.tf").write_text(TEXT, "utf-8")
    (folder / "layerproof.toml").write_text(f"[scope]\ncomplete = {['backup'] if complete else []}\n", "utf-8")
    out = folder.parent / f"{folder.name}.{form}"
    done = CliRunner().invoke(cli, ["scan", str(folder), "--format", f"{form}={out}", "--fail-on", "never"])
    assert done.exit_code == 0, done.output
    return out.read_text("utf-8")


def test_markdown(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    lines = written(tmp_path / "a", "markdown").splitlines()
    at = lines.index("### Copies of data stores")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[at + 2 : at + 6]]

    assert rows[0] == ["store", *CELLS]
    assert rows[2] == ["`tf:.#aws_efs_file_system.lost`", "**no**", "1 **no**", "1 **no**", *["**no**"] * 7]
    assert rows[3] == ["`tf:.#aws_db_instance.x`", "yes", "3 yes", "2 yes", "yes", "yes", "yes",
                       "**no**", "**no**", "**no**", "?"]  # fmt: skip


def test_html(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    text = written(tmp_path / "a", "html")
    table = text[text.index("Copies of data stores") :]
    heads = re.findall(r"<th>([^<]*)</th>", table[: table.index("</tr>")])
    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in re.findall(r"<tr>(<td>.*?)</tr>", table)[:2]]

    assert heads == ["store", *CELLS]
    assert rows[0][:4] == ["aws_efs_file_system.lost", "fail", "1,", "fail"]
    assert rows[1][:6] == ["aws_db_instance.x", "pass", "3,", "pass", "2,", "pass"]


def test_a_copy_that_is_sure_is_shown_though_plans_may_lie_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert "`tf:.#aws_db_instance.x` | yes | 3 yes" in written(tmp_path / "a", "markdown", complete=False)
