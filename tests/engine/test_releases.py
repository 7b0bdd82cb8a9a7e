"""Manifests that are kept for each release are told at the newest."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.engine.releases import age, line
from tests.cli.running import scan, write

BINDING = """apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: {name}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}}
subjects: [{{kind: ServiceAccount, name: manager, namespace: kserve}}]
"""


def told(folder: Path) -> list[tuple[str, int, str]]:
    ran = scan(folder, "--select", "least-privilege/cluster-admin-bound", "--fail-on", "never")
    return [(each["location"]["path"], len(each["instances"]), each["message"]) for each in ran.json["findings"]]


def test_releases_of_one_line_are_one_finding_at_the_newest(tmp_path: Path) -> None:
    """Semantic Versioning 2.0, 11: 0.9.1 < 0.10.0-rc1 < 0.10.0."""
    names = ("v0.10.0", "v0.9.1", "v0.10.0-rc1")
    write(tmp_path, {f"install/{each}/all.yaml": BINDING.format(name="manager") for each in names})
    ((path, count, message),) = told(tmp_path)
    assert (path, count) == ("install/v0.10.0/all.yaml", 3)
    assert message.endswith("(in install/v0.10.0 and 2 other releases)")


def test_what_only_an_older_release_has_stands_there(tmp_path: Path) -> None:
    write(tmp_path, {"1.0/a.yaml": BINDING.format(name="a"), "1.1/b.yaml": BINDING.format(name="b")})
    assert [(path, count) for path, count, _ in told(tmp_path)] == [("1.0/a.yaml", 1), ("1.1/b.yaml", 1)]


def test_a_finding_keeps_its_fingerprint_in_the_next_release(tmp_path: Path) -> None:
    def fingerprint(release: str) -> str:
        folder = write(tmp_path / release, {f"install/{release}/all.yaml": BINDING.format(name="manager")})
        ran = scan(folder, "--select", "least-privilege/cluster-admin-bound", "--fail-on", "never")
        return str(ran.json["findings"][0]["fingerprint"])

    assert fingerprint("1.0.0") == fingerprint("1.1.0")


@pytest.mark.parametrize("first", ["clusters/a", "apps/v1", "hosts/10.0.0.1"])
def test_what_is_no_release_is_told_for_each(tmp_path: Path, first: str) -> None:
    second = {"clusters/a": "clusters/b", "apps/v1": "apps/v2", "hosts/10.0.0.1": "hosts/10.0.0.2"}[first]
    write(tmp_path, {f"{each}/all.yaml": BINDING.format(name="manager") for each in (first, second)})
    assert len(told(tmp_path)) == 2


def test_lines_and_ages() -> None:
    assert line("install/v0.10.0-rc1/crds") == line("install/v0.9.0/crds") == "install/*/crds"
    assert line("install") == line("apps/v1beta1") == ""
    releases = ["1.2", "0.9.10", "1.2-rc2", "0.9.2", "1.10", "1.2-rc10"]
    assert sorted(releases, key=age) == ["0.9.2", "0.9.10", "1.2-rc2", "1.2-rc10", "1.2", "1.10"]
