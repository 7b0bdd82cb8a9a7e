"""5,000 random questions, put to a real kube-apiserver as SubjectAccessReviews; and what it makes by itself
against what is recorded of it. Our answers rest on the objects that the server lists, its own roles included."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from scanner.analysis.access.rbac import Cluster, clusters
from scanner.analysis.access.rbac_builtin import built_in, built_in_roles, resource_types
from tests.analysis.access.rbac_oracle import built_in as recorded
from tests.analysis.access.rbac_oracle.clusters import clusters as random_clusters
from tests.analysis.access.reading import graph_of
from tests.analysis.access.test_rbac_oracle import _KINDS, answer
from tests.audit import real_cluster

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (real_cluster.APISERVER and real_cluster.ETCD),
        reason="needs kube-apiserver and etcd (LAYERPROOF_KUBE_APISERVER, LAYERPROOF_ETCD)",
    ),
]
API = "/apis/rbac.authorization.k8s.io/v1"
LABEL = "layerproof"
THREADS = 8


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[real_cluster.Cluster]:
    with real_cluster.running(tmp_path_factory.mktemp("cluster")) as made:
        recorded.ready(made)
        for name in ("a", "b"):
            made.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        yield made


def test_what_comes_with_every_cluster_is_as_recorded(server: real_cluster.Cluster) -> None:
    told = recorded.read(server)
    assert told["cluster_roles"] == {name: list(rules) for name, rules in built_in().items()}
    assert told["roles"] == {name: list(rules) for name, rules in built_in_roles().items()}
    for name, (group, namespaced, kind) in told["resources"].items():
        assert resource_types()[name] == (group, namespaced, kind)


def test_every_answer_is_the_servers(server: real_cluster.Cluster, tmp_path: Path) -> None:
    wrong, asked, allowed = [], 0, 0
    for number, cluster in enumerate(random_clusters()):
        make(server, cluster)
        folder = tmp_path / str(number)
        folder.mkdir()
        held = clusters(graph_of(folder, rbac_yaml=listed(server)))[""]
        answers = settled(server, cluster["Asks"], held)
        asked += len(answers)
        allowed += sum(answers)
        ours = [answer(held, each) for each in cluster["Asks"]]
        wrong += [
            (number, each)
            for each, real, own in zip(cluster["Asks"], answers, ours, strict=True)
            if real is not own
        ]
        clear(server)
    assert wrong == []
    assert asked == 5000
    assert allowed > 1000, "enough of the questions are allowed"


def make(server: real_cluster.Cluster, cluster: dict[str, Any]) -> None:
    for name, kind in _KINDS.items():
        for each in cluster[name]:
            meta = {**each["metadata"], "labels": {LABEL: "yes"}}
            server.create({**each, "apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": meta})


def listed(server: real_cluster.Cluster) -> str:
    """Every role and binding of the server, as manifests."""
    return "\n---\n".join(
        json.dumps({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, **each})
        for kind in _KINDS.values()
        for each in server.request("GET", f"{API}/{kind.lower()}s")["items"]
    )


def settled(server: real_cluster.Cluster, questions: list[dict[str, Any]], held: Cluster) -> list[bool]:
    """The server's answers; asked again while they differ from ours: its authorizer hears of objects a moment
    after they are made."""
    found: list[bool] = []
    for wait in (0.1, 0.3, 1.0, 3.0):
        time.sleep(wait)
        with ThreadPoolExecutor(THREADS) as pool:
            found = list(pool.map(lambda each: review(server, each), questions))
        if found == [answer(held, each) for each in questions]:
            break
    return found


def review(server: real_cluster.Cluster, asked: dict[str, Any]) -> bool:
    spec: dict[str, Any] = {"user": asked["User"], "groups": asked["Groups"]}
    if "URL" in asked:
        spec["nonResourceAttributes"] = {"path": asked["URL"], "verb": asked["Verb"]}
    else:
        names = {"Namespace": "namespace", "Verb": "verb", "Group": "group", "Resource": "resource",
                 "Sub": "subresource", "Name": "name"}  # fmt: skip
        spec["resourceAttributes"] = {ours: asked[name] for name, ours in names.items() if asked.get(name)}
    body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
    told = server.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", body)
    return bool(told["status"]["allowed"])


def clear(server: real_cluster.Cluster) -> None:
    inside = [f"namespaces/{space}/{kind}" for space in ("a", "b") for kind in ("roles", "rolebindings")]
    for place in (*inside, "clusterroles", "clusterrolebindings"):
        server.request("DELETE", f"{API}/{place}?labelSelector={LABEL}%3Dyes")
