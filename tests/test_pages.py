"""The generated pages of the repository are fresh."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from scanner.cli import cli

CHECKOUT = Path(__file__).resolve().parent.parent


def test_the_generated_pages_are_fresh():
    result = CliRunner().invoke(cli, ["pages", str(CHECKOUT), "--check"])

    assert result.exit_code == 0, result.output
