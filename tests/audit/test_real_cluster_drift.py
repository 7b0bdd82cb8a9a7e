"""Drift of a real API server: who changed what is what its own managedFields say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.audit import real_cluster
from tests.audit.test_cluster_drift import SOUND, deployment, plain
from tests.cli.running import process

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (real_cluster.APISERVER and real_cluster.ETCD),
        reason="needs kube-apiserver and etcd (LAYERPROOF_KUBE_APISERVER, LAYERPROOF_ETCD)",
    ),
]

CODE: list[dict[str, Any]] = [
    plain("Namespace", "shop", ""),
    *(deployment(name, **SOUND) for name in ("edited", "patched", "applied", "scaled", "kept")),
    plain("ConfigMap", "gone", data={"a": "1"}),
    plain("Service", "web", spec={"selector": {"app": "edited"}, "ports": [{"port": 80, "targetPort": 8080}]}),
    plain("NetworkPolicy", "deny", version="networking.k8s.io/v1",
          spec={"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}),
    plain("CronJob", "night", version="batch/v1", spec={"schedule": "0 3 * * *", "jobTemplate": {"spec": {
        "template": {"spec": {"restartPolicy": "Never", "containers": [
            {"name": "job", "image": "example.com/n:1", "resources": {"limits": {"memory": "1024Mi"}}}]}}}}}),
]  # fmt: skip
DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments"
APPLY = "application/apply-patch+yaml"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The manifests, and then what a person, a patch, a server-side apply and an autoscaler did to them."""
    with real_cluster.running(tmp_path_factory.mktemp("cluster")) as made:
        for each in CODE:
            if each["metadata"]["name"] != "gone":
                made.create(each)
        pod = {"spec": {"template": {"spec": {"hostNetwork": True}}}}
        made.put(f"{DEPLOYMENTS}/edited", pod, "kubectl-edit")
        app = {"name": "app", "securityContext": {"privileged": True, "allowPrivilegeEscalation": True}}
        opened = {"spec": {"template": {"spec": {"containers": [app]}}}}
        made.put(f"{DEPLOYMENTS}/patched", opened, "kubectl-patch", "application/strategic-merge-patch+json")
        labels = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"labels": {"by": "operator"}}}
        made.put(f"{DEPLOYMENTS}/applied", labels, "some-operator", APPLY)
        made.put(f"{DEPLOYMENTS}/scaled/scale", {"spec": {"replicas": 5}}, "kube-controller-manager")
        made.create(plain("ConfigMap", "by-hand", data={"a": "1"}))
        yield made


@pytest.fixture
def document(cluster, tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.yaml").write_text(yaml.safe_dump_all(CODE, sort_keys=False))
    (tmp_path / "config").write_text(cluster.kubeconfig())
    where = ("--kubeconfig", str(tmp_path / "config"), "--context", "real")
    ran = process("drift", "code", *where, "--format", "json", cwd=tmp_path, timeout=120)
    assert ran.out, ran.err
    return json.loads(ran.out)


def test_what_the_server_noted_is_told(document):
    named = {
        each["node"].rpartition("/")[2]: each for each in document["drift"] if each["owner"] != "provider default"
    }
    assert {(name, each["class"], each["owner"], each["direction"]) for name, each in named.items()} == {
        ("edited", "changed", None, "weaker"),
        ("patched", "changed", None, "weaker"),
        ("scaled", "changed", "controller", "neutral"),
        ("gone", "missing", None, None),
        ("by-hand", "unmanaged", "nobody", None),
    }
    who = {
        (name, change["attribute"]): (change["manager"]["name"], change["manager"]["what"])
        for name, each in named.items()
        for change in each["changes"]
    }
    context = "spec.template.spec.containers[app].securityContext"
    assert who == {
        ("edited", "spec.template.spec.hostNetwork"): ("kubectl-edit", "person"),
        ("patched", f"{context}.privileged"): ("kubectl-patch", "person"),
        ("patched", f"{context}.allowPrivilegeEscalation"): ("kubectl-patch", "person"),
        ("scaled", "spec.replicas"): ("kube-controller-manager", "autoscaler"),
    }


def test_what_the_server_fills_in_is_no_drift(document):
    """Defaults, cluster addresses, and what an operator added that no rule asks about."""
    assert document["summary"]["changed"] == 3
    assert document["summary"]["managed"] == len(CODE) - len(("gone", "edited", "patched", "scaled"))


def test_what_a_cluster_brings_along_is_the_providers(document):
    nobody = [each["node"] for each in document["drift"] if each["owner"] == "nobody"]
    assert [each for each in nobody if not each.endswith("/by-hand")] == []
