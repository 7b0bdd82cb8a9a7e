"""`graph --tiers`: who stands on which tier, and the flows that cross from one to another."""

from tests.cli.running import run, write
from tests.manifests import namespace, workload

SERVICES = """\
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: one, namespace: shop}
spec: {selector: {app: one}, ports: [{port: 80}]}
"""
CLUSTER = namespace() + workload("web") + workload("one") + workload("two") + SERVICES


def test_flows_that_cross_tiers_are_drawn_and_what_is_alike_is_one_box(tmp_path):
    write(tmp_path, {"app.yaml": CLUSTER})
    drawn = run("graph", tmp_path, "--tiers", "--format", "mermaid").out

    assert drawn.startswith("flowchart LR\n")
    assert '["internet"]' in drawn
    assert '["internal (1 more without flows across tiers)"]' in drawn  # the service of one namespace only
    assert '"2 x workload: apps/Deployment/shop/one, apps/Deployment/shop/two"' in drawn
    assert drawn.count('"tcp 8080"') == 1
    assert drawn.count("subgraph") == drawn.count("  end\n")


def test_possible_flows_are_dashed_and_what_is_not_permitted_is_red(tmp_path):
    """Pods on a port of every machine: whether that has a public address is not told; the matrix wants a relay."""
    shared = CLUSTER.replace("spec: {containers", "spec: {hostNetwork: true, containers", 1)
    write(tmp_path, {"app.yaml": shared.replace("type: LoadBalancer, ", "")})

    assert "-.->" in run("graph", tmp_path, "--tiers", "--format", "mermaid").out
    dot = run("graph", tmp_path, "--tiers", "--format", "dot").out
    assert "style=dashed, color=red" in dot
