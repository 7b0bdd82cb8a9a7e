"""5,000 random questions, against the recorded answers of the API server's own authorizer (Kubernetes 1.31.4, the
package behind SubjectAccessReview; `rbac_oracle/main.go`). Objects go through manifests, mapping and graph."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scanner.analysis.access.rbac import Cluster, Identity, Request, clusters
from tests.analysis.access.rbac_oracle.clusters import clusters as random_clusters
from tests.analysis.access.rbac_oracle.record import ANSWERS
from tests.analysis.access.reading import graph_of

_KINDS = {"Roles": "Role", "RoleBindings": "RoleBinding", "ClusterRoles": "ClusterRole",
          "ClusterRoleBindings": "ClusterRoleBinding"}  # fmt: skip


def manifests(cluster: dict[str, Any]) -> str:
    documents = [
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, **each}
        for name, kind in _KINDS.items()
        for each in cluster[name]
    ]
    return "\n---\n".join(map(json.dumps, documents))


def answer(cluster: Cluster, asked: dict[str, Any]) -> bool:
    identity = Identity(asked["User"], frozenset(asked["Groups"]))
    part = asked.get("Sub")
    resource = f"{asked['Resource']}/{part}" if part else asked.get("Resource", "")
    request = Request(
        asked["Verb"], resource, asked.get("Group", ""), asked.get("Namespace") or None, asked.get("Name", ""),
        asked.get("URL", ""),
    )  # fmt: skip
    told = cluster.may(identity, request)
    assert isinstance(told, bool)
    return told


def test_every_answer_is_the_authorizers(tmp_path: Path) -> None:
    rows = ANSWERS.read_text(encoding="ascii").split()
    wrong, allowed = [], 0
    for number, (cluster, row) in enumerate(zip(random_clusters(), rows, strict=True)):
        folder = tmp_path / str(number)
        folder.mkdir()
        held = clusters(graph_of(folder, rbac_yaml=manifests(cluster)))[""]
        for asked, expected in zip(cluster["Asks"], row, strict=True):
            allowed += expected == "1"
            if answer(held, asked) is not (expected == "1"):
                wrong.append((number, asked))
    assert wrong == []
    assert allowed > 1000, "enough of the questions are allowed"
