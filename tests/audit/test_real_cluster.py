"""A real API server, audited, says what the same manifests say as files, but for what it fills in by itself."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.audit import real_cluster
from tests.audit.real_cluster import Cluster
from tests.cli.running import process, scan

MANIFESTS = Path(__file__).parent / "cluster" / "manifests.yaml"
READER = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRoleBinding",
    "metadata": {"name": "readers"},
    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "layerproof-audit"},
    "subjects": [{"kind": "User", "name": "reader", "apiGroup": "rbac.authorization.k8s.io"}],
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (real_cluster.APISERVER and real_cluster.ETCD),
        reason="needs kube-apiserver and etcd (LAYERPROOF_KUBE_APISERVER, LAYERPROOF_ETCD)",
    ),
]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The manifests, created in a cluster that has nothing else."""
    with real_cluster.running(tmp_path_factory.mktemp("cluster")) as made:
        for each in yaml.safe_load_all(MANIFESTS.read_text()):
            made.create(each)
        yield made


def audit(cluster: Cluster, folder: Path, token: str = real_cluster.TOKEN) -> Any:
    (folder / "config").write_text(cluster.kubeconfig(token))
    options = ("--kubeconfig", str(folder / "config"), "--format", "json")
    return process("audit", "cluster", *options, cwd=folder, timeout=120)


def verdicts(report: dict[str, Any], ours: set[str]) -> Counter:
    """(rule, verdict, node) of findings on the manifests' own objects."""
    found: Counter = Counter()
    for each in report["findings"]:
        for node in each["instances"] or [each["node"]]:
            name = node.partition("#")[2]
            if each["kind"] != "root" and any(name == one or name.startswith(f"{one}/") for one in ours):
                found[each["rule"], each["verdict"], name] += 1
    return found


def test_a_real_cluster_is_judged_as_its_manifests(cluster, tmp_path):
    ours = set()
    for each in yaml.safe_load_all(MANIFESTS.read_text()):
        group = each["apiVersion"].rpartition("/")[0]
        about = each["metadata"]
        ours.add(f"{group}/{each['kind']}/{about.get('namespace', '')}/{about['name']}")
    live, files = audit(cluster, tmp_path), scan(MANIFESTS)

    assert live.code == 1, live.err
    assert {each["status"] for each in live.json["coverage"]} == {"ok"}
    assert verdicts(live.json, ours) == verdicts(files.json, ours)


def test_what_a_cluster_brings_along_gives_no_findings(cluster, tmp_path):
    """Roles and bindings of the API server itself, and its own services, are no one's mistake."""
    report = audit(cluster, tmp_path).json
    own = [each for each in report["findings"] if "system:" in each["node"] or "kube-" in each["node"]]
    assert [
        (each["rule"], each["node"])
        for each in own
        if each["verdict"] == "fail" and each["severity"] in ("high", "critical")
    ] == []


def test_the_printed_role_is_enough(cluster, tmp_path):
    """A user who holds the role of --print-rbac and nothing else reads everything that is asked for."""
    role, *_ = yaml.safe_load_all(process("audit", "cluster", "--print-rbac").out)
    cluster.create(role)
    cluster.create(READER)
    ran = audit(cluster, tmp_path, "reader-token")

    assert ran.code == 1, ran.err
    assert {each["status"] for each in ran.json["coverage"]} == {"ok"}


def test_one_who_may_list_nothing_is_told_so(cluster, tmp_path):
    ran = audit(cluster, tmp_path, "nobody")
    assert ran.code == 3
    assert "nothing could be collected" in ran.err
