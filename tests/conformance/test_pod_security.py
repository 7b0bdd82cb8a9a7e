"""The labelled pods of kubernetes/pod-security-admission: each has the verdict of its folder, per control."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from scanner.mapping.assemble import Assembler
from scanner.mapping.tables import Tables
from scanner.model.location import SourceFile
from scanner.model.pod_security import NEWEST, forbidden_in
from scanner.sources.kubernetes import manifests

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "psa"
# What a case breaks beside the control that it is named after: (named, also), each because one field breaks both.
OVERLAPS = {
    ("allowprivilegeescalation", "capabilities_restricted"),  # its container has no security context at all
    ("capabilities_baseline", "capabilities_restricted"),
    ("hostpathvolumes", "restrictedVolumes"),
    ("privileged", "allowPrivilegeEscalation"),  # the API server takes no `false` beside `privileged`
    ("procmount", "procMount_restricted"),
    ("restrictedvolumes", "hostPathVolumes"),
    ("seccompprofile_baseline", "seccompProfile_restricted"),
    ("seccompprofile_restricted", "seccompProfile_baseline"),
    ("windowshostprocess", "hostNamespaces"),  # a host process must be in the machine's network
}

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the corpus lies beside the checkout, in ../shared/corpora"
)


def cases() -> Iterator[tuple[str, str, bool, Path]]:
    for path in sorted(CORPUS.glob("*/*/*/*.yaml")):
        level, version, verdict = path.parts[-4:-1]
        yield level, version.removeprefix("v"), verdict == "pass", path


@cache
def violations(path: Path) -> list[dict[str, object]]:
    resources, diagnostics, _ = manifests.read(SourceFile(path.name, path.read_bytes()))
    assert not diagnostics
    assembler = Assembler(Tables())
    assembler.add(resources)
    graph = assembler.finish()
    (index,) = graph.nodes("workload")
    found = graph.peek(index, "pod_security")
    assert isinstance(found, list)
    return found


def broken(path: Path, level: str, version: str) -> set[str]:
    """The controls of a level that a pod breaks in a version."""
    inside = [each for each in violations(path) if forbidden_in(each, version)]
    return {str(each["control"]) for each in inside if level == "restricted" or each["level"] == "baseline"}


def test_every_case_has_its_verdict() -> None:
    wrong = []
    counted = 0
    for level, version, passes, path in cases():
        counted += 1
        found = broken(path, level, version)
        if bool(found) is passes:
            wrong.append((level, version, path.name, sorted(found)))
    print(f"{counted} pods, {len(wrong)} wrong")
    assert counted > 1000
    assert not wrong, wrong[:20]


def test_the_control_that_a_case_names_fails_and_no_other() -> None:
    wrong = []
    for level, version, passes, path in cases():
        if passes:
            continue
        name = re.sub(r"\d+$", "", path.stem)
        found = broken(path, level, version)
        others = {each for each in found if each.lower() != name and (name, each) not in OVERLAPS}
        if others or len(found) == len(others) or name not in {each.lower() for each in found}:
            wrong.append((level, version, path.name, sorted(found)))
    assert not wrong, wrong[:20]


def test_verdicts_hold_for_pod_templates(tmp_path: Path) -> None:
    """The same pod as the template of a Deployment and of a CronJob breaks the same controls."""
    for level, _, _, path in list(cases())[::7]:
        pod = yaml.safe_load(path.read_text())
        template = {"metadata": {**pod["metadata"], "labels": {"app": "a"}}, "spec": pod["spec"]}
        wrapped = {
            "apps/v1/Deployment": {"selector": {"matchLabels": {"app": "a"}}, "template": template},
            "batch/v1/CronJob": {"schedule": "0 0 * * *", "jobTemplate": {"spec": {"template": template}}},
        }
        for kind, spec in wrapped.items():
            version, _, name = kind.rpartition("/")
            written = tmp_path / "w.yaml"
            written.write_text(
                yaml.safe_dump({"apiVersion": version, "kind": name, "metadata": {"name": "w"}, "spec": spec})
            )
            violations.cache_clear()
            assert broken(written, level, NEWEST) == broken(path, level, NEWEST), (kind, path)
