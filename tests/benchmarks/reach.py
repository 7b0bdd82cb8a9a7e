"""How long one question about reachability takes on a network of some size, after the scan.

    python tests/benchmarks/reach.py [--subnets N] [--machines N]

Target of issue 7: one `ask reach` on a 5,000-resource Terraform scan under 0.2 s after the scan.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from scanner.analysis.network.atoms import INTERNET
from scanner.analysis.network.aws import reach_aws
from scanner.config import Config
from scanner.graph.choose import choose
from scanner.scan import Target, build, read
from scanner.sources.tree import Tree

_HEAD = """
resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/8"
}
resource "aws_internet_gateway" "i" {
  vpc_id = aws_vpc.v.id
}
resource "aws_route_table" "t" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.i.id
  }
}
"""
_SUBNET = """
resource "aws_subnet" "s{0}" {{
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.{1}.{2}.0/24"
}}
resource "aws_route_table_association" "s{0}" {{
  subnet_id      = aws_subnet.s{0}.id
  route_table_id = aws_route_table.t.id
}}
resource "aws_security_group" "g{0}" {{
  vpc_id = aws_vpc.v.id
}}
resource "aws_security_group_rule" "g{0}" {{
  security_group_id = aws_security_group.g{0}.id
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_blocks       = ["0.0.0.0/0"]
}}
"""
_MACHINE = """
resource "aws_instance" "m{0}_{1}" {{
  subnet_id                   = aws_subnet.s{0}.id
  associate_public_ip_address = {2}
  vpc_security_group_ids      = [aws_security_group.g{0}.id]
}}
"""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subnets", type=int, default=500)
    parser.add_argument("--machines", type=int, default=6)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.tf").write_text(_text(given.subnets, given.machines), "utf-8")
        start = time.perf_counter()
        target = Target(Tree(Path(folder)))
        graph = build(target, read(target), Config()).graph
        resources = given.subnets * (4 + given.machines) + 3
        print(f"scan of {resources} resources: {time.perf_counter() - start:.2f} s")
    for source, destination in (("internet", "m7_0"), ("internet", "m8_1"), ("m9_0", "m3_1")):
        start = time.perf_counter()
        ends = [INTERNET if each == "internet" else choose(graph, f"aws_instance.{each}")[0]
                for each in (source, destination)]  # fmt: skip
        verdict = reach_aws(graph, ends[0], ends[1], 443).verdict.value
        print(f"{source} -> {destination}: {verdict} in {(time.perf_counter() - start) * 1000:.1f} ms")


def _text(subnets: int, machines: int) -> str:
    parts = [_HEAD]
    for number in range(subnets):
        parts.append(_SUBNET.format(number, number // 256, number % 256))
        parts += [_MACHINE.format(number, each, "true" if each == 0 else "false") for each in range(machines)]
    return "".join(parts)


if __name__ == "__main__":
    main()
