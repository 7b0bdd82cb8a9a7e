"""What is not known makes a verdict possible only where it decides (DESIGN, habit 9; issue 7, three values)."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.analysis.network.atoms import INTERNET
from scanner.analysis.network.aws import reach_aws
from scanner.config import Config
from scanner.graph.choose import choose
from scanner.scan import Target, build, read
from scanner.sources.tree import Tree

BASE = Path(__file__).parent / "topologies" / "base" / "vpc.tf"
TEXT = """
variable "from" {
  type = string
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
