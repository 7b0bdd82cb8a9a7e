"""Findings per workload beside checkov's, trivy's and kube-linter's, on one and the same input.

    python -m tests.benchmarks.workloads TREE... [--checkov FILE] [--trivy FILE] [--kube-linter FILE] [--out DIR]

What charts and overlays of a tree deploy, and its plain manifests, is written out, each object into a file of its
own; then each tool, we too, is run once over these files. So that all judge the same, definitions of resources are
left out (they deploy nothing), of objects of one name the first is kept, and findings are counted at workloads:
objects that hold a template of a pod, and pods. --out keeps the objects (`DIR/TREE`), so that `recall.py` can
compare them check by check.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.benchmarks import recall

WORKLOADS = frozenset(
    ("Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob")
)
_LEFT_OUT = frozenset(("CustomResourceDefinition",))


def objects(tree: Path) -> Iterator[dict[str, Any]]:
    """What a tree deploys, as manifests."""
    command = [sys.executable, "-c", "from scanner.cli import main; main()", "resources", str(tree)]
    told = subprocess.run(
        [*command, "--format", "json", "--show-sensitive"], capture_output=True, text=True, check=False
    ).stdout
    for each in json.loads(told):
        about = each.get("attributes") or {}
        if "apiVersion" in about and "kind" in about and about["kind"] not in _LEFT_OUT and _known(about):
            yield about


def _known(value: Any) -> bool:
    """Whether nothing of a value is unknown: a manifest cannot say it."""
    if isinstance(value, dict):
        return "$unknown" not in value and all(map(_known, value.values()))
    return all(map(_known, value)) if isinstance(value, list) else True


def written(tree: Path, folder: Path) -> set[str]:
    """Write each object into a file of its own; the names of the files that hold workloads."""
    folder.mkdir(parents=True, exist_ok=True)
    workloads, seen = set(), set()
    for about in objects(tree):
        names = about.get("metadata") or {}
        key = (about["apiVersion"].rpartition("/")[0], about["kind"], names.get("namespace"), names.get("name"))
        if key in seen:
            continue  # what several overlays deploy is taken as the first of them has it
        seen.add(key)
        text = yaml.safe_dump(about, sort_keys=True)
        name = f"{len(seen):05}-{about['kind'].lower()}.yaml"
        (folder / name).write_text(text, "utf-8")
        if about["kind"] in WORKLOADS:
            workloads.add(name)
    return workloads


def ours(folder: Path) -> Iterator[tuple[str, str]]:
    """(file, rule) of each finding."""
    command = [
        sys.executable,
        "-c",
        "from scanner.cli import main; main()",
        "scan",
        str(folder),
        "--root",
        str(folder),
    ]
    told = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, check=False).stdout
    for each in json.loads(told)["findings"]:
        if each["verdict"] == "fail" and each["location"]:
            yield each["location"]["path"], each["rule"]


def peers(options: argparse.Namespace, folder: Path) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each peer that was named with its (file, check) of each finding."""
    for name in recall.PEERS:
        program = getattr(options, name.replace("-", "_"))
        if program:
            told = recall.asked(name, program, folder, None)
            yield name, [(each.path.removeprefix("/"), each.check) for each in recall.READERS[name](told, folder)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trees", nargs="+", type=Path)
    for name in recall.PEERS:
        variable = f"LAYERPROOF_{name.replace('-', '_').upper()}"
        parser.add_argument(f"--{name}", default=os.environ.get(variable, ""))
    parser.add_argument("--out", type=Path, help="directory that keeps the objects")
    options = parser.parse_args()
    print(f"{'tree':<24}{'tool':<13}{'workloads':>10}{'findings':>10}{'each':>7}{'checks':>8}{'elsewhere':>11}")
    with tempfile.TemporaryDirectory() as made:
        for tree in options.trees:
            folder = (options.out or Path(made)) / tree.resolve().name
            workloads = written(tree.resolve(), folder)
            for tool, told in (("layerproof", list(ours(folder))), *peers(options, folder)):
                _print(tree.resolve().name, tool, workloads, told)


def _print(tree: str, tool: str, workloads: set[str], told: list[tuple[str, str]]) -> None:
    at = Counter(check for path, check in told if Path(path).name in workloads)
    each = at.total() / len(workloads) if workloads else 0.0
    elsewhere = len(told) - at.total()
    print(
        f"{tree:<24}{tool:<13}{len(workloads):>10}{at.total():>10}{each:>7.1f}{len(at):>8}{elsewhere:>11}",
        flush=True,
    )


if __name__ == "__main__":
    main()
