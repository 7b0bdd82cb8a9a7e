"""The engine against the naive evaluator on random clusters: every pair, every kind of connection, exactly."""

import json
import random
from collections.abc import Callable
from ipaddress import ip_address
from itertools import product
from typing import Any

import pytest

from scanner.analysis.network.atoms import cidr, connections
from scanner.analysis.network.kubernetes import Network, network_of
from scanner.analysis.network.verdict import Bounds
from scanner.graph.columns import Graph
from scanner.mapping.assemble import Assembler
from scanner.mapping.kubernetes import TABLE
from scanner.mapping.kubernetes.connect import connect
from scanner.model.location import SourceFile
from scanner.sources.kubernetes.manifests import read
from tests.analysis.network import dice, dice_calico, dice_cilium, naive, naive_calico, naive_cilium

_PORTS = sorted({port + step for port in dice.PORTS for step in (-1, 0, 1, 2, 300, 301, 400, 401)})
_LABELLINGS = [
    {key: value for key, value in zip(dice.KEYS, values, strict=True) if value}
    for values in product(("", *dice.VALUES), repeat=len(dice.KEYS))
]
_PACKETS = [(protocol, port) for protocol in dice.PROTOCOLS for port in _PORTS]


def graph_of(objects: list[dict[str, Any]]) -> Graph:
    """The graph of objects, by way of their text."""
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    found, diagnostics, _ = read(SourceFile("app/list.json", text.encode()))
    assert diagnostics == []
    assembler = Assembler(TABLE)
    assembler.add(found)
    graph = assembler.finish()
    connect(graph)
    return graph


def compare(objects: list[dict[str, Any]], rolled: random.Random, *, blocks_match_pods: bool) -> None:
    """Fails at the first of some random connections between every two ends that differs."""
    plugin = "calico" if blocks_match_pods else "cilium"
    policies = [each for each in objects if each["kind"] not in ("Namespace", "Pod")]
    known = naive.Cluster(_namespaces(objects), policies, blocks_match_pods)
    held_to(objects, rolled, plugin, lambda packet: naive.allowed(known, packet))


def _namespaces(objects: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    return {
        each["metadata"]["name"]: each["metadata"]["labels"] for each in objects if each["kind"] == "Namespace"
    }


def held_to(
    objects: list[dict[str, Any]], rolled: random.Random, plugin: str, allowed: Callable[[naive.Packet], bool]
) -> None:
    """Fails at the first connection on which the engine and a naive evaluator differ."""
    network = network_of(graph_of(objects), None, declared=plugin)
    ends = _ends(objects)
    for source in ends:
        for destination in ends:
            if source is destination or (isinstance(source, str) and isinstance(destination, str)):
                continue
            told = _engine(network, source, destination)
            for protocol, port in rolled.sample(_PACKETS, 12):
                expected = allowed(naive.Packet(source, destination, protocol, port))
                assert (connections(protocol, port) <= told) == expected, (
                    source,
                    destination,
                    protocol,
                    port,
                    objects,
                )


def _ends(objects: list[dict[str, Any]]) -> list[Any]:
    return [*(each for each in objects if each["kind"] == "Pod"), *dice.ADDRESSES]


def _engine(network: Network, source: Any, destination: Any) -> Any:
    found = _found(network, source, destination)
    assert found.sure is found.maybe, found.why
    return found.sure


def _found(network: Network, source: Any, destination: Any) -> Bounds:
    if isinstance(destination, str):
        (at,) = [n for n, each in enumerate(network.destinations.classes) if cidr(destination) <= each]
        return network.outward_to(_class(network, source), at)
    if isinstance(source, str):
        (at,) = [n for n, each in enumerate(network.sources.classes) if cidr(source) <= each]
        return network.between(network.pods + at, _class(network, destination))
    return network.between(_class(network, source), _class(network, destination))


def _class(network: Network, pod: Any) -> int:
    name, region = pod["metadata"]["name"], pod["metadata"]["namespace"]
    graph = network.endpoints.graph
    (index,) = [
        each
        for each in graph.nodes("workload")
        if graph.peek(each, "name") == name and graph.peek(each, "region") == region
    ]
    return network.endpoints.class_of[index]


@pytest.mark.parametrize("seed", range(20))
def test_network_policies(seed: int) -> None:
    rolled = random.Random(seed)
    for _ in range(50):
        compare(dice.cluster(rolled, admin=False), rolled, blocks_match_pods=False)


@pytest.mark.parametrize("seed", range(20, 40))
def test_policies_of_administrators(seed: int) -> None:
    rolled = random.Random(seed)
    for _ in range(50):
        compare(dice.cluster(rolled, admin=True), rolled, blocks_match_pods=True)


@pytest.mark.parametrize("seed", range(100, 110))
def test_nodes_that_administrators_name(seed: int) -> None:
    """Which labels a machine outside of the pods carries is not in the scan: what holds for all is certain, what
    holds for none is out; to pods, of which no node is one, and to public addresses, answers are exact."""
    rolled = random.Random(seed)
    for _ in range(20):
        objects = dice.cluster(rolled, admin=True)
        dice.name_nodes(rolled, objects)
        policies = [each for each in objects if each["kind"] not in ("Namespace", "Pod")]
        worlds = [naive.Cluster(_namespaces(objects), policies, True, labels) for labels in _LABELLINGS]
        network = network_of(graph_of(objects), None, declared="calico")
        for source, destination in product((each for each in objects if each["kind"] == "Pod"), _ends(objects)):
            if source is destination:
                continue
            told = _found(network, source, destination)
            for protocol, port in rolled.sample(_PACKETS, 6):
                packet = naive.Packet(source, destination, protocol, port)
                held = {naive.allowed(each, packet) for each in worlds}
                one = connections(protocol, port)
                assert (one <= told.sure) <= (held == {True}), (packet, objects)
                assert (True in held) <= (one <= told.maybe), (packet, objects)
                if told.sure is not told.maybe:
                    assert isinstance(destination, str), (packet, objects)
                    assert ip_address(destination).is_private, (packet, objects)


@pytest.mark.parametrize("seed", range(40, 50))
def test_ranges_that_mean_pods(seed: int) -> None:
    rolled = random.Random(seed)
    for _ in range(30):
        compare(dice.cluster(rolled, admin=False), rolled, blocks_match_pods=True)


@pytest.mark.parametrize("seed", range(60, 80))
def test_policies_of_calico(seed: int) -> None:
    rolled = random.Random(seed)
    for _ in range(50):
        objects = dice_calico.cluster(rolled)
        known = naive.Cluster(_namespaces(objects), [], blocks_match_pods=True)
        held_to(objects, rolled, "calico", lambda packet: naive_calico.allowed(known, objects, packet))  # noqa: B023


@pytest.mark.parametrize("seed", range(80, 100))
def test_policies_of_cilium(seed: int) -> None:
    rolled = random.Random(seed)
    for _ in range(50):
        objects = dice_cilium.cluster(rolled)
        known = naive.Cluster(_namespaces(objects), [], blocks_match_pods=False)
        held_to(objects, rolled, "cilium", lambda packet: naive_cilium.allowed(known, objects, packet))  # noqa: B023
