"""How long a whole scan takes, beside checkov and trivy on the same trees in the same run, and beside the floor.

    python tests/benchmarks/bench.py [TREE...] [--runs N] [--checkov FILE] [--trivy FILE] [--peer-runs N]

Trees default to $LAYERPROOF_TERRAGOAT and $LAYERPROOF_EKS, checkov to $LAYERPROOF_CHECKOV, trivy to
$LAYERPROOF_TRIVY. A figure is the wall
time of a whole process in seconds, the least of N runs. The floor is what nothing in Python could beat: the
interpreter's start and the C parser over the same bytes. Nothing is asserted but that the programs answer.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

FLOOR = """
import sys
from pathlib import Path
import tree_sitter_hcl
from tree_sitter import Language, Parser
parser = Parser(Language(tree_sitter_hcl.language()))
files = [path for path in Path(sys.argv[1]).rglob("*.tf") if ".terraform" not in path.parts]
for path in files:
    parser.parse(path.read_bytes())
"""


def best(
    command: Sequence[str], runs: int, allowed: Sequence[int], environment: Mapping[str, str] | None = None
) -> float:
    """The least wall time of a command. Raises RuntimeError where it ends with another exit code."""
    times = []
    with tempfile.TemporaryDirectory() as neutral:
        for _ in range(runs):
            start = time.perf_counter()
            done = subprocess.run(command, capture_output=True, cwd=neutral, env=environment, check=False)
            times.append(time.perf_counter() - start)
            if done.returncode not in allowed:
                told = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()[-3:]
                raise RuntimeError(f"{command[0]} ended with {done.returncode}: {' '.join(told)}")
    return min(times)


def layerproof() -> list[str]:
    """The command of the environment that runs this file."""
    beside = Path(sys.executable).parent / "layerproof"
    return [str(beside)] if beside.exists() else [sys.executable, "-c", "from scanner.cli import main; main()"]


def peer(checkov: str, tree: str, runs: int) -> float:
    """checkov over a tree: Terraform only, offline, machine-readable; without an account or a home to read."""
    command = [checkov, "--directory", tree, "--framework", "terraform", "--skip-download", "--compact", "--quiet"]
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": home, "LOG_LEVEL": "ERROR"}
        return best([*command, "--output", "json"], runs, (0, 1), environment)


def trivy(program: str, tree: str, runs: int) -> float:
    """trivy over a tree: misconfigurations only, its own checks, offline; modules are not fetched."""
    command = [program, "config", "--skip-check-update", "--skip-version-check", "--tf-exclude-downloaded-modules"]
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": home}
        known = subprocess.run([program, "config", "--help"], capture_output=True, text=True, check=False).stdout
        kept = [each for each in command if not each.startswith("--") or each in known]
        return best([*kept, "--quiet", "--format", "json", tree], runs, (0,), environment)


def size(tree: str) -> str:
    """How much there is to read."""
    files = [path for path in Path(tree).rglob("*.tf") if ".terraform" not in path.parts]
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    return f"{len(files)} files, {lines:,} lines"


def measure(tree: str, options: argparse.Namespace) -> None:
    """Print the figures of one tree."""
    print(f"\n{tree} ({size(tree)})")
    scan = [*layerproof(), "scan", tree, "--fail-on", "never", "--format", "json"]
    ours = best(scan, options.runs, (0, 3))
    floor = best([sys.executable, "-c", FLOOR, tree], options.runs, (0,))
    print(f"  layerproof scan      {ours:8.2f} s")
    print(f"  floor (start, parse) {floor:8.2f} s   layerproof is {ours / floor:.1f} times that")
    if options.checkov:
        theirs = peer(options.checkov, tree, options.peer_runs)
        print(f"  checkov              {theirs:8.2f} s   {theirs / ours:.0f} times layerproof")
    else:
        print("  checkov              not measured (set LAYERPROOF_CHECKOV or --checkov)")
    if options.trivy:
        theirs = trivy(options.trivy, tree, options.runs)
        print(f"  trivy                {theirs:8.2f} s   {theirs / ours:.1f} times layerproof")
    else:
        print("  trivy                not measured (set LAYERPROOF_TRIVY or --trivy)")


def main() -> None:
    """Measure every tree."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("trees", nargs="*")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--peer-runs", type=int, default=1, help="runs of checkov, which takes minutes on a large tree"
    )
    parser.add_argument("--checkov", default=os.environ.get("LAYERPROOF_CHECKOV", ""))
    parser.add_argument("--trivy", default=os.environ.get("LAYERPROOF_TRIVY", ""))
    options = parser.parse_args()
    named = [os.environ[name] for name in ("LAYERPROOF_TERRAGOAT", "LAYERPROOF_EKS") if os.environ.get(name)]
    trees = [str(Path(tree).resolve()) for tree in options.trees or named]
    if not trees:
        parser.error("name a tree, or set LAYERPROOF_TERRAGOAT or LAYERPROOF_EKS")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, least of {options.runs}")
    version = best([*layerproof(), "--version"], options.runs, (0,))
    print(f"layerproof --version   {version:8.2f} s")
    for tree in trees:
        measure(tree, options)


if __name__ == "__main__":
    main()
