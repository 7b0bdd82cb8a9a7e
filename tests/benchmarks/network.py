"""How fast the network engine is: `python -m tests.benchmarks.network [--peer NETPOLICY]`.

1. 100,000 endpoints in 2,000 classes under 2,000 policies: all flows by class (asked for: < 3 s, < 500 MB).
2. The corpus (one of its cases is a policy of 700 ranges), beside netpol-analyzer (Go) where its binary is
   given; each case is a process of its own for both.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from scanner.analysis.network.kubernetes import network_of
from scanner.graph.columns import Facts, Graph
from scanner.model.address import Address
from scanner.model.location import Span
from scanner.model.resource import Plane

_CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "netpol"
_SPAN = Span("bench.yaml", 0, 0)
_COMMON: dict[str, Any] = {"type": "", "provider": "kubernetes", "account": None, "tags": {}}


def big(endpoints: int = 100_000, classes: int = 2_000, policies: int = 2_000, namespaces: int = 50) -> Graph:
    """A cluster of 50 namespaces with 40 applications each; a policy per application: callers of three others of
    its namespace, a neighbour namespace, a range, each at ports of its own, in and out."""
    dice, graph = random.Random(1), Graph()
    each = classes // namespaces
    for number in range(namespaces):
        _add(graph, "namespace", f"n{number}", None, {"tags": {"team": f"t{number % 7}"}})
    for number in range(endpoints):
        at = number % classes
        _add(graph, "workload", f"w{number}", f"n{at % namespaces}", {
            "controller": "Deployment", "host_network": False, "service_account_name": "default", "owner": None,
            "addresses": [], "selector": [{"app": f"a{at // namespaces}", "tier": f"t{at % 3}"}],
        })  # fmt: skip
    for number in range(policies):
        at = number % classes
        _add(graph, "network_policy", f"p{number}", f"n{at % namespaces}", _policy(dice, at // namespaces, each))
    return graph


def _policy(dice: random.Random, app: int, apps: int) -> dict[str, Any]:
    def labels(**wanted: str) -> dict[str, Any]:
        return {"labels": wanted, "expressions": []}

    def ports() -> list[dict[str, Any]]:
        return [{"protocol": dice.choice(("tcp", "udp")), "port": 8000 + dice.randrange(100), "end_port": None}]

    rules = []
    for direction in ("in", "out"):
        callers = [{"pods": labels(app=f"a{dice.randrange(apps)}"), "namespaces": None} for _ in range(3)]
        rules += [
            {"direction": direction, "action": "allow", "peers": callers, "ports": ports(), "condition": None},
            {"direction": direction, "action": "allow", "ports": ports(), "condition": None,
             "peers": [{"pods": labels(tier="t1"), "namespaces": labels(team=f"t{dice.randrange(7)}")}]},
            {"direction": direction, "action": "allow", "ports": ports(), "condition": None,
             "peers": [{"cidr": f"{dice.randrange(1, 223)}.{dice.randrange(256)}.0.0/16", "except": []}]},
        ]  # fmt: skip
    return {
        "directions": ["in", "out"], "rules": rules, "selects_all": False, "selector": [labels(app=f"a{app}")],
        "stage": "default", "order": 1000, "cluster_wide": False, "hosts": None,
    }  # fmt: skip


def _add(graph: Graph, kind: str, name: str, namespace: str | None, more: dict[str, Any]) -> None:
    address = Address("k8s", ".", f"/{kind}/{namespace or ''}/{name}")
    attributes = {**_COMMON, "name": name, "region": namespace, **more}
    graph.add(Facts(address, kind, Plane.DECLARED, _SPAN, attributes, {}))


def all_flows(graph: Graph) -> tuple[int, int]:
    """(parts of rows, pairs of classes with a flow): every flow by class, in and out."""
    network = network_of(graph, None, declared="cilium")
    parts = pairs = 0
    for number in range(network.pods):
        reaching = 0
        for flow in network.to(number):
            parts += 1
            reaching |= flow.sources.maybe
        pairs += reaching.bit_count()
    for number in range(len(network.destinations.classes)):
        parts += len(network.out_to(number))
    return parts, pairs


def corpus(command: list[str]) -> float:
    """Seconds for all cases, one process each."""
    started = time.perf_counter()
    for case in sorted(_CORPUS.iterdir()):
        given = [part.replace("MANIFESTS", str(case / "manifests")) for part in command]
        subprocess.run(given, check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer", help="path of netpol-analyzer's binary")
    given = parser.parse_args()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    graph = big()
    built = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    parts, pairs = all_flows(graph)
    took = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"100,000 endpoints, 2,000 policies: {took:.2f} s, {peak // 1024} MB at most "
          f"({(built - before) // 1024} MB of it the graph), {parts} parts, {pairs} pairs of classes")  # fmt: skip
    if not _CORPUS.is_dir():
        return
    ours = [
        str(Path(sys.executable).parent / "layerproof"),
        "ask",
        "flows",
        "--compat",
        "np-guard",
        "--in",
        "MANIFESTS",
    ]
    print(f"corpus, ours: {corpus(ours):.1f} s")
    if given.peer:
        peer = [given.peer, "list", "--dirpath", "MANIFESTS", "-q"]
        print(f"corpus, netpol-analyzer: {corpus(peer):.1f} s")


if __name__ == "__main__":
    main()
