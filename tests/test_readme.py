"""What the README shows is what the program prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.cli import cli

CHECKOUT = Path(__file__).resolve().parent.parent
SHOWN = re.compile(r"```text\n\$ layerproof ([^\n]+)\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize(("arguments", "output"), SHOWN.findall((CHECKOUT / "README.md").read_text("utf-8")))
def test_shown_output_is_real(arguments: str, output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKOUT)
    monkeypatch.setenv("COLUMNS", "100")

    result = CliRunner().invoke(cli, shlex.split(arguments))

    assert result.stdout == output


def test_the_readme_shows_output() -> None:
    assert SHOWN.search((CHECKOUT / "README.md").read_text("utf-8"))
