"""Over every fixture: a resource whose type has a mapping is a node, or part of one that is named."""

from __future__ import annotations

import pytest

from scanner.bundle import bundled
from scanner.config import Config
from scanner.mapping.table import Skip
from scanner.mapping.tables import Tables
from scanner.scan import Target, build, read
from scanner.sources.tree import Tree


@pytest.fixture(scope="module")
def scanned():
    target = Target(Tree(bundled("fixtures")))
    units = list(read(target))
    return units, build(target, units, Config()).whole  # the view has one node for what several planes show


def test_every_mapped_resource_is_a_node_or_part_of_one(scanned):
    units, graph = scanned
    tables = Tables()
    nodes = {str(address) for address in graph.addresses}
    parts = {str(address) for folded in graph.folded for address in folded}
    lost = []
    for resource in (each for unit in units for each in unit.resources):
        entry = tables.get(resource.type)
        entries = entry if isinstance(entry, tuple) else (entry,)
        if entry is None or all(isinstance(each, Skip) for each in entries):
            continue
        if str(resource.address) not in nodes | parts:
            lost.append(f"{resource.address} ({resource.type})")

    assert lost == []


def test_every_node_stands_on_one_layer_and_has_a_name_of_its_own(scanned):
    _, graph = scanned

    assert len(graph.layers) == len(graph) > 400
    # several fixtures are snapshots of the same account
    own = [str(address) for address in graph.addresses if not str(address).startswith("aws:")]
    assert len(set(own)) == len(own)
