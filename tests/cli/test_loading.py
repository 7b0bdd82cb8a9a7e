"""A scan of one changed file loads what it needs: a hook is waited for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.cli.running import PUBLIC, write

_TOLD = """
import sys
from scanner.cli import main
try:
    main()
except SystemExit as end:
    print("\\n".join(sorted(sys.modules)), file=sys.stderr)
    sys.exit(end.code)
"""
CLUSTER = 'resource "aws_eks_cluster" "c" {\n  name = "c"\n}\n'


def _loaded(folder: Path, *arguments: str) -> set[str]:
    """The modules that a hook's run has loaded at its end."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", _TOLD, "scan", "--pre-commit", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "database-public" in done.stdout
    return set(done.stderr.split())


def test_a_terraform_file_loads_nothing_of_live_accounts_and_pods(tmp_path):
    write(tmp_path, {"main.tf": PUBLIC, "cluster.tf": CLUSTER, "docs/notes.txt": "hello"})
    loaded = _loaded(tmp_path, "main.tf")

    assert "scanner.sources.terraform.read" in loaded
    assert not loaded & {
        "scanner.sources.aws.door",
        "scanner.analysis.network.kubernetes_reach",
        "scanner.report.sarif",
        "boto3",
        "yaml",
    }
