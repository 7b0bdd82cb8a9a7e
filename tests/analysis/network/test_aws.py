"""Topologies of AWS networks: each with the verdict that AWS's documentation gives, and a twin with another one.

A topology is one file of `topologies/`: its header names the source, the question and the verdict, and one
replacement in the text that makes its twin. `base` names files whose text stands before it.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from scanner.analysis.network.aws import reach_aws
from scanner.config import Config
from scanner.scan import Target, build, read
from scanner.sources.tree import Tree
from tests.analysis.network.topology import FILES, end, header, text_of, verdict_of


def ask(tmp_path: Path, path: Path, *, twin: bool = False):
    (tmp_path / "main.tf").write_text(text_of(path, twin=twin), "utf-8")
    target = Target(Tree(tmp_path))
    built = build(target, read(target), Config())
    assert [each for each in built.diagnostics if each.level.value == "error"] == []
    source, destination, *rest = header(path)["ask"].split()
    port = int(rest[0]) if rest else None
    return reach_aws(built.graph, end(built.graph, source), end(built.graph, destination), port, *rest[1:])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_topology_has_the_documented_verdict(tmp_path, path):
    answer = ask(tmp_path, path)

    assert answer.verdict.value == verdict_of(path), answer
    assert bool(answer.path) == (answer.verdict != "unreachable")
    assert bool(answer.blocked_by) == (answer.verdict == "unreachable")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_its_twin_has_the_other_verdict(tmp_path, path):
    answer = ask(tmp_path, path, twin=True)

    assert answer.verdict.value == header(path)["twin verdict"], answer
    assert answer.verdict.value != header(path)["verdict"].partition(",")[0]


def test_as_many_look_closed_as_look_open():
    seen = Counter(header(path)["verdict"] for path in FILES)
    closed, opened = seen["reachable, though it looks closed"], seen["unreachable, though it looks open"]

    assert len(FILES) >= 60
    assert abs(closed - opened) <= 1, seen


# The rows of the facts that the issue asks to be covered, one for each part of AWS networks.
ROWS = {
    "VPC and subnet", "Route tables", "IGW", "VPC Block Public Access", "EIGW", "NAT GW", "Gateway endpoint",
    "Interface endpoint", "Peering", "TGW", "Cloud WAN / Lattice", "NACL", "SG", "ENI attach points", "ALB / CLB",
    "NLB", "Edge publishers", "RDS etc.", "EKS", "VPN / DX", "Network Firewall / GWLB",
}  # fmt: skip


def test_every_part_of_aws_networks_is_covered():
    assert {header(path)["row"] for path in FILES} == ROWS


def test_every_source_is_named():
    assert [path.stem for path in FILES if not header(path).get("source") or not header(path).get("row")] == []
