"""`layerproof ask reach`: the shape of its answer, and what its ends may be called (issue 7, item 6)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import run

BASE = Path(__file__).parent.parent / "analysis" / "network" / "topologies" / "base"
KEYS = {"verdict", "connections", "direct", "via", "path", "blocked_by", "reason"}
POD = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: c, image: x}]}
"""
CLUSTER = """
resource "aws_eks_cluster" "k" {
  name     = "k"
  role_arn = "arn:aws:iam::111122223333:role/k"
  vpc_config {
    subnet_ids = [aws_subnet.private.id]
  }
}

resource "aws_eks_node_group" "n" {
  cluster_name = aws_eks_cluster.k.name
  subnet_ids   = [aws_subnet.public.id]
}
"""


@pytest.fixture
def tree(tmp_path):
    text = "\n".join((BASE / f"{name}.tf").read_text("utf-8") for name in ("vpc", "open", "web", "db"))
    (tmp_path / "main.tf").write_text(text, "utf-8")
    return tmp_path


def ask(tree: Path, source: str, target: str, *more: str):
    done = run("ask", "reach", source, target, "--in", str(tree), "--format", "json", *more)
    assert done.code == 0, done.out
    return json.loads(done.out)


def test_the_answer_has_the_shape_of_the_contract(tree):
    told = ask(tree, "internet", "aws_instance.web", "--port", "443")

    assert told.keys() >= KEYS
    assert told["verdict"] == "reachable"
    assert told["direct"] is True
    assert told["via"] == []
    assert told["blocked_by"] == []
    assert told["connections"] == [{"protocol": "tcp", "from": 443, "to": 443}]
    assert [set(step) for step in told["path"]] == [{"node", "note", "location"}] * len(told["path"])
    assert told["path"][0]["node"] == "tf:.#aws_internet_gateway.i"
    assert told["path"][0]["location"]["path"] == "main.tf"


def test_what_stands_in_the_way_is_named_with_its_place(tree):
    told = ask(tree, "internet", "aws_instance.db", "--port", "5432")

    assert told["verdict"] == "unreachable"
    assert told["path"] == []
    assert [step["node"] for step in told["blocked_by"]] == ["tf:.#aws_instance.db"]
    assert told["blocked_by"][0]["location"]["path"] == "main.tf"
    assert "public address" in told["reason"]


@pytest.mark.parametrize(
    ("source", "target", "verdict"),
    [
        ("aws_instance.web", "aws_instance.db", "reachable"),
        ("tf:.#aws_instance.web", "kind:instance", "reachable"),
        ("10.0.1.0/24", "aws_instance.db", "reachable"),
        ("tier:external", "aws_instance.db", "reachable"),
        ("aws_instance.db", "internet", "unreachable"),
        ("192.168.7.0/24", "aws_instance.db", "unreachable"),
        ("internet", "10.0.2.0/24", "unreachable"),
    ],
)
def test_ends_are_called_in_many_ways(tree, source, target, verdict):
    assert ask(tree, source, target, "--port", "22", "--protocol", "tcp")["verdict"] == verdict


def test_text_shows_the_path_with_places(tree):
    done = run("ask", "reach", "internet", "aws_instance.web", "--port", "443", "--in", str(tree))

    assert done.out.startswith("reachable: internet -> aws_instance.web directly\n")
    assert "main.tf:" in done.out


@pytest.mark.parametrize(
    "arguments", [("internet", "nothing.here"), ("internet", "aws_instance.web", "--protocol", "x")]
)
def test_what_names_nothing_is_a_usage_error(tree, arguments):
    assert run("ask", "reach", *arguments, "--in", str(tree)).code == 2


def test_a_pod_is_filtered_by_its_cluster_and_by_the_cloud(tree):
    """EKS User Guide, Amazon VPC CNI: pods have addresses of the VPC and the groups of their nodes."""
    (tree / "pod.yaml").write_text(POD, "utf-8")
    assert ask(tree, "shop/api", "aws_instance.db", "--port", "22")["verdict"] == "possible"

    main = tree / "main.tf"
    main.write_text(main.read_text("utf-8") + CLUSTER, "utf-8")
    assert ask(tree, "shop/api", "aws_instance.db", "--port", "22")["verdict"] == "reachable"

    (tree / "deny.yaml").write_text(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: d, namespace: shop}\n"
        "spec: {podSelector: {}, policyTypes: [Egress]}\n",
        "utf-8",
    )
    assert ask(tree, "shop/api", "aws_instance.db", "--port", "22")["verdict"] != "reachable"
