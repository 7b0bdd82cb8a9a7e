"""How much a credential weighs in what shows how: trials, examples, tests on a cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import scan, write

PASSWORD = """apiVersion: v1
kind: Secret
metadata: {name: db, namespace: n}
stringData: {password: hunter2}
"""


def _severities(root: Path, files: dict[str, str]) -> list[str]:
    write(root, files)
    ran = scan(root, "--select", "zero-trust/literal-credential", "--fail-on", "never")
    return [each["severity"] for each in ran.json["findings"]]


@pytest.mark.parametrize(
    ("place", "severity"),
    [
        # argoproj/argo-workflows, Altinity/clickhouse-operator: trials
        ("manifests/quick-start/base/db.yaml", "medium"),
        ("deploy/quick-start-persistent-volume/db.yaml", "medium"),
        ("deploy/quickstart/db.yaml", "medium"),
        # Chainsaw's documentation and Kyverno's policies; KUTTL; tests on a cluster
        ("policies/.chainsaw-test/db.yaml", "medium"),
        ("apps/kuttl/db.yaml", "medium"),
        ("apps/e2e-kind/db.yaml", "medium"),
        ("tests/e2e-upgrade/db.yaml", "medium"),
        ("test/prow/db.yaml", "medium"),
        ("apps/starting/db.yaml", "high"),
        ("apps/chainsaws/db.yaml", "high"),
    ],
)
def test_trials_and_tests_on_a_cluster(tmp_path: Path, place: str, severity: str) -> None:
    assert _severities(tmp_path, {place: PASSWORD}) == [severity]


@pytest.mark.parametrize(
    ("overlays", "severity"),
    [
        (["quick-start"], "medium"),
        (["quick-start", "examples"], "medium"),
        (["production"], "high"),
        (["test"], "high"),  # an environment
        (["quick-start", "production"], "high"),  # told once
    ],
)
def test_a_component_that_only_a_trial_applies(tmp_path: Path, overlays: list[str], severity: str) -> None:
    applied = {f"manifests/{each}/kustomization.yaml": "resources: [../parts]\n" for each in overlays}
    own = {"manifests/parts/kustomization.yaml": "resources: [db.yaml]\n", "manifests/parts/db.yaml": PASSWORD}
    assert _severities(tmp_path, {**applied, **own}) == [severity]
