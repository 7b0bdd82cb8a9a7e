"""What is not known makes a verdict possible only where it decides (DESIGN, habit 9; issue 7, three values)."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.analysis.network.atoms import INTERNET
from scanner.analysis.network.aws import reach_aws
from scanner.config import Config
from scanner.graph.choose import choose
from scanner.model.filter import open_ports
from scanner.scan import Target, build, read
from scanner.sources.tree import Tree

BASE = Path(__file__).parent / "topologies" / "base" / "vpc.tf"
TEXT = """
variable "from" {
  type = string
}

data "aws_subnets" "default" {
  filter {
    name   = "default-for-az"
    values = ["true"]
  }
}

variable "public" {
  type = bool
}

variable "subnet" {
  type = string
}

variable "groups" {
  type = list(string)
}

resource "aws_security_group" "given" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["%s"]
  }
}

resource "aws_security_group" "open" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "x" {
  subnet_id                   = %s
  associate_public_ip_address = %s
  vpc_security_group_ids      = %s
}
"""
HERE, OPEN = "aws_subnet.public.id", "[aws_security_group.open.id]"
BOTH = "concat([aws_security_group.open.id], var.groups)"


@pytest.mark.parametrize(
    ("cidr", "subnet", "public", "groups", "verdict", "reason"),
    [
        ("${var.from}", HERE, "true", "[aws_security_group.given.id]", "possible", 'variable "from"'),
        ("10.0.0.0/33", HERE, "true", "[aws_security_group.given.id]", "possible", "is no range of addresses"),
        ("0.0.0.0/0", HERE, "var.public", OPEN, "possible", 'variable "public"'),
        ("0.0.0.0/0", "var.subnet", "true", OPEN, "possible", 'variable "subnet"'),
        ("0.0.0.0/0", "var.subnet", "null", OPEN, "possible", 'variable "subnet"'),
        ("0.0.0.0/0", "data.aws_subnets.default.ids[0]", "null", OPEN, "possible", "read from a data source"),
        ("0.0.0.0/0", HERE, "true", "var.groups", "possible", 'variable "groups"'),
        ("0.0.0.0/0", HERE, "true", '["sg-0123456789abcdef0"]', "possible", "not part of this scan"),
        # what is known decides
        ("0.0.0.0/0", HERE, "true", BOTH, "reachable", ""),
        ("0.0.0.0/0", "aws_subnet.private.id", "true", "var.groups", "unreachable", "no route"),
        ("0.0.0.0/0", "var.subnet", "false", OPEN, "unreachable", "no public address"),
        ("${var.from}", HERE, "false", "[aws_security_group.given.id]", "unreachable", "no public address"),
    ],
)
def test_an_unknown_counts_where_it_decides(tmp_path, cidr, subnet, public, groups, verdict, reason):
    text = BASE.read_text("utf-8") + TEXT % (cidr, subnet, public, groups)
    (tmp_path / "main.tf").write_text(text, "utf-8")
    target = Target(Tree(tmp_path))
    graph = build(target, read(target), Config()).graph

    answer = reach_aws(graph, INTERNET, choose(graph, "aws_instance.x")[0], 443)
    assert answer.verdict.value == verdict, answer
    assert reason in answer.reason


def test_networks_of_others_are_not_judged_as_if_they_were_aws(tmp_path):
    (tmp_path / "main.tf").write_text('resource "google_compute_instance" "x" {\n  name = "x"\n}\n', "utf-8")
    target = Target(Tree(tmp_path))
    graph = build(target, read(target), Config()).graph

    answer = reach_aws(graph, INTERNET, choose(graph, "google_compute_instance.x")[0], 443)
    assert answer.verdict.value == "possible"
    assert "google" in answer.reason


IPAM = """
data "aws_vpc" "d" {
  id = "vpc-0123456789abcdef0"
}

resource "aws_vpc" "v" {
  ipv4_ipam_pool_id = "ipam-pool-0123456789abcdef0"
}

resource "aws_internet_gateway" "i" {
  vpc_id = aws_vpc.v.id
}

resource "aws_default_route_table" "v" {
  default_route_table_id = aws_vpc.v.default_route_table_id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.i.id
  }
}

resource "aws_subnet" "s" {
  vpc_id = aws_vpc.v.id
}

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = [%s.cidr_block]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.s.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.g.id]
}

resource "aws_instance" "y" {
  subnet_id              = aws_subnet.s.id
  vpc_security_group_ids = [aws_security_group.g.id]
}
"""


def test_the_range_of_a_network_is_not_the_internet_though_it_is_not_known(tmp_path):
    """VPC User Guide, "VPC CIDR blocks": a block is chosen by IPAM, of /16 to /28."""
    (tmp_path / "main.tf").write_text(IPAM % "aws_vpc.v", "utf-8")
    target = Target(Tree(tmp_path))
    graph = build(target, read(target), Config()).graph
    (x,), (y,) = choose(graph, "aws_instance.x"), choose(graph, "aws_instance.y")

    assert reach_aws(graph, y, x, 22).verdict.value == "reachable"
    assert reach_aws(graph, INTERNET, x, 22).verdict.value == "unreachable"


def test_no_rule_asks_whether_a_network_is_the_world(tmp_path):
    (tmp_path / "main.tf").write_text(IPAM % "data.aws_vpc.d", "utf-8")
    target = Target(Tree(tmp_path))
    graph = build(target, read(target), Config()).graph
    (group,) = choose(graph, "aws_security_group.g")

    assert open_ports(graph.peek(group, "rules"), [22]) == []
