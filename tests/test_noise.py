"""What a pod leaves to the runtime's defaults weighs little, until its namespace refuses it.

Source: Pod Security Standards (https://kubernetes.io/docs/concepts/security/pod-security-standards/): a namespace
that enforces `restricted` rejects a pod without the settings below; one without the label takes it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import run

POD = """\
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: LABELS
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  automountServiceAccountToken: false
  containers:
    - {name: web, image: "registry.example.com/web:1.0", USER}
"""
LEFT = (
    "least-privilege/capabilities-kept",
    "least-privilege/container-escalation-allowed",
    "least-privilege/container-runs-as-root",
    "least-privilege/seccomp-unset",
)


def severities(tmp_path: Path, labels: str, user: str = "") -> dict[str, str]:
    (tmp_path / "pod.yaml").write_text(POD.replace("LABELS", labels).replace(", USER", user))
    found = json.loads(run("scan", tmp_path, "--format", "json", "--fail-on", "never").out)["findings"]
    return {each["rule"]: each["severity"] for each in found if each["verdict"] == "fail"}


def test_defaults_are_for_information(tmp_path: Path) -> None:
    found = severities(tmp_path, "{}")
    assert {each: found[each] for each in LEFT} == dict.fromkeys(LEFT, "info") | {LEFT[2]: "low"}
    assert found["hygiene/file-system-writable"] == "info"


def test_what_the_namespace_refuses_weighs_more(tmp_path: Path) -> None:
    found = severities(tmp_path, "{pod-security.kubernetes.io/enforce: restricted}")
    assert {each: found[each] for each in LEFT} == dict.fromkeys(LEFT, "medium")


@pytest.mark.parametrize(("user", "severity"), [("0", "medium"), ("7", None)])
def test_root_that_is_asked_for_weighs_more(tmp_path: Path, user: str, severity: str | None) -> None:
    found = severities(tmp_path, "{}", f", securityContext: {{runAsUser: {user}}}")
    assert found.get("least-privilege/container-runs-as-root") == severity
