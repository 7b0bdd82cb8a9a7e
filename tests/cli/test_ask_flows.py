"""`ask flows`: its forms, by the command line."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.cli import cli
from tests.analysis.network.test_kubernetes import PODS, RANGE, SHUT, service


def run(folder: Path, *options: str) -> str:
    done = CliRunner().invoke(cli, ["ask", "flows", "--in", str(folder), *options], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.yaml").write_text(PODS + SHUT + service("type: LoadBalancer, externalTrafficPolicy: Local"))
    return tmp_path


def test_text_has_a_line_for_each_pair(shop: Path) -> None:
    assert run(shop).splitlines() == [
        "other/far[Pod] => anywhere outside : all",
        "shop/db[Pod] => anywhere outside : all",
        "shop/db[Pod] => other/far[Pod] : all",
        "shop/web[Pod] => anywhere outside : all",
        "shop/web[Pod] => other/far[Pod] : all",
        "assumed: the network plugin of the cluster carries out network policies",
    ]


def test_json_names_ends_by_address(shop: Path) -> None:
    told = json.loads(run(shop, "--format", "json"))

    assert told["assumptions"] == ["the network plugin of the cluster carries out network policies"]
    assert {
        "source": {"name": "shop/web[Pod]", "node": "k8s:.#/Pod/shop/web"},
        "destination": {"name": "other/far[Pod]", "node": "k8s:.#/Pod/other/far"},
        "connections": [{"protocol": "any", "from": None, "to": None}],
        "verdict": "reachable",
        "reason": "",
        "via": [],
        "secured_by": {"network": "unknown", "policy": [], "transport": "unknown"},
    } in told["flows"]


def test_what_is_possible_says_why(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(PODS + RANGE)
    rows = list(csv.DictReader(io.StringIO(run(tmp_path, "--format", "csv"))))
    (into,) = [each for each in rows if (each["source"], each["destination"]) == ("shop/web[Pod]", "shop/db[Pod]")]

    assert into["verdict"] == "possible"
    assert into["reason"] == "whether an ipBlock matches the addresses of pods depends on the network plugin"


def test_np_guards_forms(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(PODS + SHUT)
    lines = run(tmp_path, "--compat", "np-guard").splitlines()
    rows = json.loads(run(tmp_path, "--compat", "np-guard", "--format", "json"))

    assert [f"{each['src']} => {each['dst']} : {each['conn']}" for each in rows] == lines
    assert run(tmp_path, "--compat", "np-guard", "--format", "csv").splitlines()[0] == "src,dst,conn"
    assert "shop/db[Pod] => other/far[Pod] : All Connections" in lines


def test_terraforms_kubernetes_provider(tmp_path: Path) -> None:
    pods = "".join(
        f'resource "kubernetes_pod" "{name}" {{\n metadata {{\n name = "{name}"\n'
        " namespace = kubernetes_namespace.shop.metadata[0].name\n"
        f' labels = {{ app = "{name}" }}\n }}\n spec {{\n container {{\n name = "c"\n image = "i"\n }}\n }}\n}}\n'
        for name in ("web", "db")
    )
    policy = (
        'resource "kubernetes_network_policy" "p" {\n metadata {\n name = "p"\n'
        " namespace = kubernetes_namespace.shop.metadata[0].name\n }\n spec {\n pod_selector {\n"
        ' match_labels = { app = "db" }\n }\n policy_types = ["Ingress"]\n ingress {\n'
        ' ports {\n port = "5432"\n }\n'
        ' from {\n pod_selector {\n match_labels = { app = "web" }\n }\n }\n }\n }\n}\n'
    )
    space = 'resource "kubernetes_namespace" "shop" {\n metadata {\n name = "shop"\n }\n}\n'
    (tmp_path / "main.tf").write_text(space + pods + policy)

    assert "shop/web[Pod] => shop/db[Pod] : tcp 5432" in run(tmp_path).splitlines()


def test_what_stands_on_aws(tmp_path: Path) -> None:
    """VPC User Guide, "Security group rules": a group as source means the private addresses of its members."""
    groups = (
        'resource "aws_security_group" "web" {\n vpc_id = aws_vpc.v.id\n egress {\n'
        ' protocol = "-1"\n from_port = 0\n'
        ' to_port = 0\n cidr_blocks = ["0.0.0.0/0"]\n }\n}\n'
        'resource "aws_security_group" "db" {\n vpc_id = aws_vpc.v.id\n ingress {\n protocol = "tcp"\n'
        " from_port = 5432\n to_port = 5432\n security_groups = [aws_security_group.web.id]\n }\n}\n"
    )
    machines = "".join(
        f'resource "aws_instance" "{name}" {{\n ami = "ami-1"\n instance_type = "t3.micro"\n'
        f" subnet_id = aws_subnet.s.id\n vpc_security_group_ids = [aws_security_group.{name}.id]\n}}\n"
        for name in ("web", "db")
    )
    (tmp_path / "main.tf").write_text(
        'resource "aws_vpc" "v" {\n cidr_block = "10.0.0.0/16"\n}\n'
        'resource "aws_subnet" "s" {\n vpc_id = aws_vpc.v.id\n cidr_block = "10.0.1.0/24"\n}\n' + groups + machines
    )

    assert run(tmp_path).splitlines() == ["aws_instance.web => aws_instance.db : tcp 5432"]
