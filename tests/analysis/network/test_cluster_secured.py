"""Which of network, policy and transport secures a flow between pods.

Source: Istio documentation, "PeerAuthentication" (STRICT, PERMISSIVE; a workload's policy before its namespace's).
"""

from pathlib import Path
from typing import Any

from tests.cli.running import run

TEXT = """apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: c, image: "x:1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: c, image: "x:1"}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, mtls: {mode: PERMISSIVE}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: guard, namespace: shop}
spec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}
"""


def secured(folder: Path, text: str) -> dict[str, Any]:
    (folder / "all.yaml").write_text(text, "utf-8")
    flows = run("ask", "flows", "--in", str(folder), "--format", "json").json["flows"]
    return {each["destination"]["name"]: each["secured_by"] for each in flows if "secured_by" in each}


def test_policies_and_mutual_tls(tmp_path: Path) -> None:
    found = secured(tmp_path, TEXT)

    assert found["shop/db[Pod]"] == {
        "network": "unknown",
        "policy": ["k8s:.#networking.k8s.io/NetworkPolicy/shop/guard"],
        "transport": "encrypted",
    }
    assert found["shop/web[Pod]"] == {"network": "unknown", "policy": [], "transport": "optional"}


def test_outside_of_the_mesh_nothing_is_known_of_the_transport(tmp_path: Path) -> None:
    found = secured(tmp_path, TEXT.replace(", labels: {istio-injection: enabled}", ""))

    assert found["shop/db[Pod]"]["transport"] == "unknown"
