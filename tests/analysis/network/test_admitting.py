"""Pairs of ends told by class are told as by their own groups, one pair after the other."""

from __future__ import annotations

import random
from pathlib import Path

from scanner.analysis.network.aws import Cloud
from scanner.analysis.network.aws_admitting import Admitting
from scanner.analysis.network.aws_filters import load_of, through_groups
from scanner.analysis.network.aws_points import Point
from scanner.config import Config
from scanner.graph.columns import Graph
from scanner.scan import Target, build, read
from scanner.sources.tree import Tree
from tests.analysis.network import cloud_dice

# What the random estates lack: groups and rules that are not known, and rules that name the other end's group.
OPEN = """
variable "range" { type = string }
variable "group" { type = string }
resource "aws_vpc" "o" { cidr_block = "10.9.0.0/16" }
resource "aws_subnet" "o" {
  vpc_id     = aws_vpc.o.id
  cidr_block = "10.9.1.0/24"
}
resource "aws_security_group" "some" {
  vpc_id = aws_vpc.o.id
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = [var.range]
  }
  egress {
    from_port       = 0
    to_port         = 0
    protocol        = "-1"
    security_groups = [aws_security_group.other.id]
  }
}
resource "aws_security_group" "other" {
  vpc_id = aws_vpc.o.id
  ingress {
    from_port = 0
    to_port   = 0
    protocol  = "-1"
    self      = true
  }
}
resource "aws_instance" "unknown" {
  ami                    = "ami-1"
  subnet_id              = aws_subnet.o.id
  vpc_security_group_ids = [var.group]
}
resource "aws_instance" "some" {
  ami                    = "ami-1"
  subnet_id              = aws_subnet.o.id
  vpc_security_group_ids = [aws_security_group.some.id]
}
resource "aws_instance" "other" {
  ami                    = "ami-1"
  subnet_id              = aws_subnet.o.id
  vpc_security_group_ids = [aws_security_group.other.id]
}
"""


def _one_by_one(of: Cloud, end: object, door: Point) -> bool:
    """What the groups of both ends say of this pair."""
    if not isinstance(end, Point):
        return True
    load = load_of(end.addresses, door.addresses, door.held)
    if end.groups is not None:
        load = through_groups(of.world, end.groups, end.why, "out", load, door.peer(), hope=True).load
    if door.groups is not None and load:
        load = through_groups(of.world, door.groups, door.why, "in", load, end.peer(), hope=True).load
    return bool(load)


def _compared(graph: Graph) -> list[bool]:
    of = Cloud(graph)
    asks = Admitting(of.world)
    nodes = graph.nodes("instance")
    told = []
    for source in nodes:
        for target in nodes:
            ends, doors = of.senders(source), of.reacher_doors(target)
            told.append(asks.admitted(asks.sending(ends), asks.taking(doors)))
            assert told[-1] == any(_one_by_one(of, end, door) for end in ends for door in doors)
    return told


def test_classes_say_what_each_pair_says(tmp_path: Path):
    told = []
    for seed in range(40):
        estate = cloud_dice.terraform(cloud_dice.estate(random.Random(seed)))
        (tmp_path / "main.tf.json").write_text(estate, "utf-8")
        (tmp_path / "open.tf").write_text(OPEN, "utf-8")
        target = Target(Tree(tmp_path))
        told += _compared(build(target, read(target), Config()).graph)

    assert len(told) > 400
    assert len(told) / 20 < sum(told) < len(told) * 19 / 20
