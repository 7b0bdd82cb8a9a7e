"""The engine against a packet by packet evaluator on random AWS estates: every pair of ends."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from scanner.analysis.network.aws import reach_aws
from scanner.config import Config
from scanner.scan import Target, build, read
from scanner.sources.tree import Tree
from tests.analysis.network import cloud_dice, cloud_naive
from tests.analysis.network.topology import end

_BATCH = 100
_FIRST, _ALL = 3, 20  # batches: by default, and with those that are slow


def compare(folder: Path, seed: int) -> tuple[int, int]:
    """How many questions, and how many of them are answered with yes; fails at the first that differs."""
    dice = random.Random(seed)
    estate = cloud_dice.estate(dice)
    (folder / "main.tf.json").write_text(cloud_dice.terraform(estate), "utf-8")
    target = Target(Tree(folder))
    built = build(target, read(target), Config())
    assert [each for each in built.diagnostics if each.level.value == "error"] == []
    ends = [*estate.machines, "internet"]
    nodes = {each: end(built.graph, each if each == "internet" else f"aws_instance.{each}") for each in ends}
    asked = yes = 0
    for source in ends:
        for destination in ends:
            if source == destination:
                continue
            port = dice.choice(cloud_dice.PORTS)
            expected = cloud_naive.reaches(estate, source, destination, port)
            answer = reach_aws(built.graph, nodes[source], nodes[destination], port)
            wanted = "reachable" if expected else "unreachable"
            assert answer.verdict.value == wanted, (seed, source, destination, port, answer)
            asked += 1
            yes += expected
    return asked, yes


@pytest.mark.parametrize(
    "batch", [pytest.param(each, marks=[pytest.mark.slow] if each >= _FIRST else []) for each in range(_ALL)]
)
def test_engine_and_naive_evaluator_agree(tmp_path, batch):
    told = [compare(tmp_path, seed) for seed in range(batch * _BATCH, (batch + 1) * _BATCH)]

    assert sum(asked for asked, _ in told) > _BATCH
    assert sum(yes for _, yes in told) > _BATCH / 10
