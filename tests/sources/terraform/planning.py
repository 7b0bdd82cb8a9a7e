"""Runs the real terraform without any network, and scans what it wrote."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pytest

from scanner.cli.common import load_rules
from scanner.config import Config
from scanner.model.report import Report
from scanner.model.resource import Resource
from scanner.scan import Judging, Target, build, judge, read
from scanner.sources.tree import Tree

PROVIDERS = "LAYERPROOF_TERRAFORM_PROVIDERS"  # a directory with terraform-provider-aws, -null, ... in it


def terraform() -> str:
    """The real terraform; the test is skipped where there is none."""
    found = shutil.which("terraform")
    if found is None:
        pytest.skip("no terraform on PATH")
    return found


def overrides(file: Path, *names: str) -> Path:
    """Settings by which terraform runs the providers that were built; the test is skipped where one is missing."""
    folder = os.environ.get(PROVIDERS, "")
    missing = [name for name in names if not (Path(folder) / f"terraform-provider-{name}").exists()]
    if not folder or missing:
        pytest.skip(f"{PROVIDERS} names no directory with terraform-provider-{', -'.join(missing)}")
    built = "".join(f'    "hashicorp/{name}" = "{folder}"\n' for name in names)
    file.write_text(f"provider_installation {{\n  dev_overrides {{\n{built}  }}\n}}\n")
    return file


def run(
    folder: Path, *words: str, settings: Path | str = os.devnull, more: Mapping[str, str] | None = None
) -> bytes:
    """One terraform command in a folder; its standard output."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_VAR_")}
    environment |= {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_CLI_CONFIG_FILE": str(settings)}
    done = subprocess.run(
        [terraform(), *words], cwd=folder, env=environment | dict(more or {}), capture_output=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"terraform {' '.join(words)}: {done.stderr.decode()}")
    return done.stdout


def plan(folder: Path, *words: str) -> bytes:
    """The JSON plan of a folder that needs no provider; nothing but terraform's own directory is left in it."""
    run(folder, "init", "-input=false", "-backend=false")
    run(folder, "plan", "-input=false", "-lock=false", "-out=planned", *words)
    shown = run(folder, "show", "-json", "planned")
    (folder / "planned").unlink()
    return shown


def resources(folder: Path, exclude: Iterable[str] = ()) -> dict[str, Resource]:
    """What a scan of a folder reads, by address within the root."""
    found = [each for unit in read(Target(Tree(folder, (), tuple(exclude)))) for each in unit.resources]
    names = {each.address.name: each for each in found}
    assert len(names) == len(found)
    return names


def report(
    folder: Path, exclude: Iterable[str] = (), only: tuple[str, ...] = (), stdin: bytes | None = None
) -> Report:
    """A scan of a folder by all rules of the house."""
    tree = Tree(folder, [folder / name for name in only], tuple(exclude))
    if stdin is not None:
        tree.nothing()
    target = Target(tree, only=only, stdin=stdin)
    built = build(target, read(target), Config())
    return judge(built, Config(), Judging(load_rules()[0], date(2026, 11, 22)))[0]


def findings(found: Report) -> set[tuple[object, ...]]:
    """Rule, verdict, address, place, instances and words of each finding."""
    return {
        (each.rule, each.verdict, each.node, each.location, each.instances, each.message, each.reason)
        for each in found.findings
    }
