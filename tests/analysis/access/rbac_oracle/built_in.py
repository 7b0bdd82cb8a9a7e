"""Records what every cluster brings along, from a real API server: its resources and its bootstrap roles.

    export LAYERPROOF_KUBE_APISERVER=FILE LAYERPROOF_ETCD=FILE
    python -m tests.analysis.access.rbac_oracle.built_in RELEASE

`admin`, `edit` and `view` are collected by label, which the controller manager does; here it is done as its
documentation says ("Using RBAC Authorization", aggregated ClusterRoles).
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from tests.audit import real_cluster

FILE = Path(__file__).parents[4] / "scanner" / "analysis" / "access" / "data" / "kubernetes.json.gz"
_RBAC = "/apis/rbac.authorization.k8s.io/v1"
_LABEL = "rbac.authorization.k8s.io/aggregate-to-"
_PARTS = {"apiGroups": "groups", "resources": "resources", "verbs": "verbs", "resourceNames": "names",
          "nonResourceURLs": "urls"}  # fmt: skip


def read(cluster: real_cluster.Cluster) -> dict[str, Any]:
    """{"resources": {name: [group, namespaced, kind]}, "cluster_roles": {name: rules}, "roles": {NS/NAME: rules}};
    of groups that share a name (events) the first, which is that of the core."""
    found: dict[str, list[Any]] = {}
    for group, listed in _groups(cluster):
        for each in listed:
            found.setdefault(each["name"], [group, each["namespaced"], each["kind"]])
    wide = cluster.request("GET", f"{_RBAC}/clusterroles")["items"]
    narrow = cluster.request("GET", f"{_RBAC}/roles")["items"]
    return {
        "resources": dict(sorted(found.items())),
        "cluster_roles": {each["metadata"]["name"]: _rules(each, wide) for each in wide},
        "roles": {f"{each['metadata']['namespace']}/{each['metadata']['name']}": _own(each) for each in narrow},
    }


def _groups(cluster: real_cluster.Cluster) -> list[tuple[str, list[dict[str, Any]]]]:
    found = [("", cluster.request("GET", "/api/v1")["resources"])]
    for group in cluster.request("GET", "/apis")["groups"]:
        for version in group["versions"]:
            listed = cluster.request("GET", f"/apis/{version['groupVersion']}")["resources"]
            found.append((group["name"], listed))
    return found


def _rules(role: dict[str, Any], roles: list[dict[str, Any]]) -> list[dict[str, list[str]]]:
    if not role.get("aggregationRule"):
        return _own(role)
    label = f"{_LABEL}{role['metadata']['name']}"
    chosen = [each for each in roles if (each["metadata"].get("labels") or {}).get(label) == "true"]
    return [rule for each in chosen for rule in _rules(each, roles)]


def _own(role: dict[str, Any]) -> list[dict[str, list[str]]]:
    return [{_PARTS[name]: part for name, part in rule.items()} for rule in role.get("rules") or ()]


def ready(cluster: real_cluster.Cluster) -> None:
    """Wait until the server has made its own roles."""
    for _ in range(60):
        try:
            cluster.request("GET", "/readyz/poststarthook/rbac/bootstrap-roles")
        except HTTPError:
            time.sleep(0.5)
        except ValueError:  # the answer is "ok", and no JSON
            return
    raise RuntimeError("the server did not make its roles")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, real_cluster.running(Path(folder)) as cluster:
        ready(cluster)
        told = {"source": f"kube-apiserver {sys.argv[1]}, its discovery and bootstrap roles", **read(cluster)}
    text = json.dumps(told, separators=(",", ":"))
    FILE.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
