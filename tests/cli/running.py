"""Runs the command line: in this process for most tests, as a process of its own where that is the point."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from scanner.cli import cli

# As the installed command does: no module comes from the working directory.
PROGRAM = [sys.executable, "-P", "-c", "from scanner.cli import main; main()"]

# One high finding (zero-trust/database-public) on line 2, whatever else the rules say of it.
PUBLIC = """resource "aws_db_instance" "d" {
  publicly_accessible     = true
  storage_encrypted       = true
  backup_retention_period = 7
  deletion_protection     = true
}
"""
CLEAN = 'locals { nothing = "to see" }\n'
BROKEN = 'resource "aws_eip" "e" {\n  domain = = "vpc"\n}\n'


@dataclass
class Ran:
    """What a run printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def rules(self) -> list[str]:
        """The rules that failed, from a JSON report."""
        return sorted(each["rule"] for each in self.json["findings"] if each["verdict"] == "fail")

    @property
    def codes(self) -> list[str]:
        """The codes of the diagnostics of a JSON report."""
        return sorted(each["code"] for each in self.json["diagnostics"])

    @property
    def last(self) -> str:
        """The last line of text, wherever it went."""
        return (self.out + self.err).rstrip().splitlines()[-1]


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder, which is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def run(*arguments: str | Path, stdin: str | bytes | None = None, env: Mapping[str, str] | None = None) -> Ran:
    """Run in this process; anything but an exit is a fault of ours and raised."""
    result = CliRunner().invoke(cli, [str(each) for each in arguments], input=stdin, env=dict(env or {}))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


def scan(path: Path, *options: str | Path, **more: Any) -> Ran:
    """Scan with JSON on standard output."""
    return run("scan", path, "--format", "json", *options, **more)


def process(
    *arguments: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None, timeout: float = 60
) -> Ran:
    """Run as a process, with nothing of the user's home."""
    environment = {**os.environ, "XDG_CONFIG_HOME": os.devnull, **(env or {})}
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=timeout,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))
