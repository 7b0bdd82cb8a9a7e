"""Minimal cuts: the smallest set of lines whose removal ends a flow (issue 7, item 5)."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from scanner.analysis.network.atoms import ANYTHING, connections
from scanner.analysis.network.aws import cloud
from scanner.analysis.network.aws_cut import smallest_cut, told
from scanner.config import Config
from scanner.scan import Target, build, read
from scanner.sources.tree import Tree
from tests.analysis.network import cloud_dice
from tests.analysis.network.topology import HERE, end

PAIR = """
resource "aws_security_group" "client" {
  vpc_id = aws_vpc.v.id
  egress {
    protocol    = "tcp"
    from_port   = 5432
    to_port     = 5432
    cidr_blocks = ["10.0.2.0/24"]
  }%s
}

resource "aws_security_group" "one" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 5432
    to_port     = 5432
    cidr_blocks = ["10.0.1.0/24"]
  }
}

resource "aws_security_group" "two" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol        = "tcp"
    from_port       = 0
    to_port         = 65535
    security_groups = [aws_security_group.client.id]
  }
}

resource "aws_instance" "client" {
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = [aws_security_group.client.id]
}

resource "aws_instance" "server" {
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.one.id, aws_security_group.two.id]
}
"""
MORE_OUT = """
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["10.0.0.0/8"]
  }"""


def graph_of(tmp_path, text, *bases, name="main.tf"):
    base = "\n".join((HERE / "base" / f"{each}.tf").read_text("utf-8") for each in bases)
    (tmp_path / name).write_text(base + text, "utf-8")
    target = Target(Tree(tmp_path))
    return build(target, read(target), Config()).graph


def asking(graph, source, target, held=ANYTHING):
    of = cloud(graph)
    ends = of.senders(end(graph, source)) if source != "internet" else of.hosts(end(graph, source))
    return of.world, lambda: of.certain.to(ends, end(graph, target), held)


def test_of_two_doors_and_one_way_out_the_way_out_is_cut(tmp_path):
    graph = graph_of(tmp_path, PAIR % "", "vpc")

    cut = smallest_cut(*asking(graph, "aws_instance.client", "aws_instance.server"))
    assert told(graph, cut) == "remove aws_security_group.client rules[0]"


def test_two_parallel_paths_need_two_cuts(tmp_path):
    graph = graph_of(tmp_path, PAIR % MORE_OUT, "vpc")

    cut = smallest_cut(*asking(graph, "aws_instance.client", "aws_instance.server"))
    assert told(graph, cut) == (
        "remove all of: aws_security_group.client rules[0], aws_security_group.client rules[1]"
    )


def test_a_route_that_takes_over_is_cut_too(tmp_path):
    """Without the longer route the shorter one leads the same way: the rule is the one line that ends it."""
    text = (
        PAIR % ""
        + """
    resource "aws_route" "half" {
      route_table_id         = aws_route_table.public.id
      destination_cidr_block = "0.0.0.0/1"
      gateway_id             = aws_internet_gateway.i.id
    }
    resource "aws_instance" "x" {
      subnet_id                   = aws_subnet.public.id
      associate_public_ip_address = true
      vpc_security_group_ids      = [aws_security_group.x.id]
    }
    resource "aws_security_group" "x" {
      vpc_id = aws_vpc.v.id
      ingress {
        protocol    = "tcp"
        from_port   = 443
        to_port     = 443
        cidr_blocks = ["8.0.0.0/8"]
      }
    }
    """
    )
    graph = graph_of(tmp_path, text, "vpc")

    cut = smallest_cut(*asking(graph, "internet", "aws_instance.x"))
    assert told(graph, cut) == "remove any one of: aws_instance.x public_address, aws_security_group.x rules[0]"


def lines_of(graph):
    """Every line of a graph that could be taken away."""
    for kind, attribute in (("security_group", "rules"), ("network_acl", "rules"), ("route_table", "routes")):
        for index in graph.nodes(kind):
            yield from ((index, f"{attribute}[{each}]") for each in range(len(graph.peek(index, attribute))))
    for index in graph.nodes("instance"):
        yield index, "public_address"


@pytest.mark.parametrize("seed", range(60))
def test_no_smaller_set_ends_it(tmp_path, seed):
    """On random estates: the set ends the flow, and no smaller one of all lines does."""
    dice = random.Random(seed)
    estate = cloud_dice.estate(dice)
    graph = graph_of(tmp_path, cloud_dice.terraform(estate), name="main.tf.json")
    ends = [*(f"aws_instance.{each}" for each in estate.machines), "internet"]
    for source in ends:
        for target in ends[:-1]:
            world, ask = asking(graph, source, target, connections("tcp", 443))
            if source == target or not any(each.arrives for each in ask()):
                continue
            cut = smallest_cut(world, ask)
            if not cut.lines:
                continue
            for size in range(1, min(len(cut.lines), 3)):
                assert not [each for each in combinations(lines_of(graph), size) if ends_it(world, ask, each)]
            assert ends_it(world, ask, cut.lines)
            assert all(ends_it(world, ask, (each,)) for each in cut.choices)


def ends_it(world, ask, lines):
    world.without = frozenset(lines)
    try:
        return not any(each.arrives for each in ask())
    finally:
        world.without = frozenset()
