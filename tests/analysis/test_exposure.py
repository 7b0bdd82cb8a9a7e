"""Exposures and crossings: what rules read of networks, with path and smallest change (issue 7, item 5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.config import Config
from scanner.graph.choose import choose
from scanner.model.matrix import Matrix, read_matrix
from scanner.scan import Target, build, read
from scanner.sources.tree import Tree

BASE = Path(__file__).parent / "network" / "topologies" / "base"
TAGGED = """
resource "aws_instance" "%s" {
  subnet_id                   = aws_subnet.%s.id
  associate_public_ip_address = %s
  vpc_security_group_ids      = [aws_security_group.open.id]
  tags = {
    tier = "%s"
  }
}
"""


def graph_of(tmp_path: Path, text: str, matrix: Matrix | None = None):
    base = "\n".join((BASE / f"{name}.tf").read_text("utf-8") for name in ("vpc", "open"))
    (tmp_path / "main.tf").write_text(base + text, "utf-8")
    target = Target(Tree(tmp_path))
    return build(target, read(target), Config(matrix=matrix or Matrix())).graph


def peek(graph, name, attribute):
    (index,) = choose(graph, name)
    return graph.peek(index, attribute)


def test_an_exposure_says_its_way_and_its_cut(tmp_path):
    graph = graph_of(tmp_path, TAGGED % ("a", "public", "true", "core"))
    (way,) = peek(graph, "aws_instance.a", "exposures")

    assert way["direct"] is True
    assert way["certain"] is True
    assert way["world"] is True
    assert way["permitted"] is False
    assert way["cut"] == (
        "remove any one of: aws_instance.a public_address, aws_security_group.open rules[1], "
        "aws_route_table.public routes[0]"
    )
    assert [step["node"].partition("#")[2] for step in way["because"]] == [
        "aws_internet_gateway.i",
        "aws_instance.a",
        "aws_security_group.open",
        "aws_route_table.public",
    ]


def test_what_is_alike_is_counted(tmp_path):
    text = "".join(TAGGED % (name, "public", "true", "core") for name in ("a", "b", "c"))

    assert peek(graph_of(tmp_path, text), "aws_instance.b", "exposures")[0]["alike"] == 3


def test_a_private_machine_has_none(tmp_path):
    assert peek(graph_of(tmp_path, TAGGED % ("a", "private", "true", "core")), "aws_instance.a", "exposures") == []


@pytest.fixture
def pair():
    return TAGGED % ("web", "public", "true", "external") + TAGGED % ("store", "private", "false", "core")


def test_a_crossing_is_told_at_both_ends(tmp_path, pair):
    graph = graph_of(tmp_path, pair)
    (into,) = peek(graph, "aws_instance.store", "crossings")
    out = peek(graph, "aws_instance.web", "departures")

    assert (into["from"], into["to"]) == ("external", "core")
    assert into["node"] == "tf:.#aws_instance.web"
    assert [each["node"] for each in out] == ["tf:.#aws_instance.store"]


@pytest.mark.parametrize(
    ("table", "crosses"),
    [
        ({}, True),
        ({"cells": [{"from": "external", "to": "core", "allow": True}]}, False),
        ({"exceptions": [{"from": "*.web", "to": "*.store", "owner": "a", "until": "2999-01-01"}]}, False),
        ({"exceptions": [{"from": "*.web", "to": "*.store", "owner": "a", "until": "2020-01-01"}]}, True),
        ({"exceptions": [{"from": "*.app", "to": "*.store", "owner": "a", "until": "2999-01-01"}]}, True),
    ],
)
def test_the_matrix_decides_what_crosses(tmp_path, pair, table, crosses):
    graph = graph_of(tmp_path, pair, read_matrix(table))

    assert bool(peek(graph, "aws_instance.store", "crossings")) is crosses
