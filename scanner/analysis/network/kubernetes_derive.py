"""Derived attributes of clusters: how the internet comes to workloads, and who leaves network policies undone."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.analysis.network.atoms import INTERNET, connection_text
from scanner.analysis.network.endpoints import clusters
from scanner.analysis.network.kubernetes_reach import ways_of
from scanner.analysis.network.plugin import carriers
from scanner.analysis.network.ways import Seen, Way, Ways
from scanner.config import Config
from scanner.graph.columns import Graph
from scanner.model.value import Unknown, Value

_SHOWN = {"service": "exposure", "ingress": "backends"}


def derive_entries(graph: Graph, config: Config) -> None:
    """Set `entries` and `ignores_policies` of every workload."""
    for index in graph.nodes("workload"):
        graph.set(index, "entries", [])
        graph.set(index, "ignores_policies", False)  # noqa: FBT003 - the value is the boolean
    for cluster in clusters(graph):
        ways = ways_of(graph, config, cluster)
        for number, each in enumerate(ways.endpoints.classes):
            entries = list(_entries(graph, ways, number)) if each.members else []
            for index in each.members:
                why = graph.why_open_in("filters", index)
                shown = entries if why is None else [_doubted(entry, why) for entry in entries]
                graph.set(index, "entries", shown)
        for index in _idle(ways, config):
            graph.set(index, "ignores_policies", True)  # noqa: FBT003 - as above


def _idle(ways: Ways, config: Config) -> Iterator[int]:
    """The workloads that run a plugin which leaves policies undone, where there are policies to carry out."""
    if config.network_plugin or not any(True for _ in ways.endpoints.nodes("network_policy")):
        return
    if ways.network.plugin.enforces is False:
        yield from (index for index, plugin in carriers(ways.endpoints) if plugin.enforces is False)


def _entries(graph: Graph, ways: Ways, number: int) -> Iterator[dict[str, Value]]:
    for way in ways.to(number):
        passing = ways.passing(way, INTERNET)
        if not passing.maybe:
            continue
        yield {
            "via": [str(graph.addresses[each]) for each in way.via],
            "connections": connection_text(passing.sure or passing.maybe),
            "certain": bool(passing.sure),
            "filtered": way.seen is not Seen.NOBODY,
            "reason": "; ".join(passing.why),
            "because": list(_because(ways, way)),
            "assumption": "" if ways.published(way) else way.assumption,
        }


def _doubted(entry: dict[str, Value], why: Unknown) -> dict[str, Value]:
    """An entry that policies outside the scan may close, unless they do not apply."""
    if not entry["filtered"]:
        return entry
    return {**entry, "certain": False, "reason": entry["reason"] or why.reason}


def _because(ways: Ways, way: Way) -> Iterator[dict[str, Value]]:
    """The hops outside of the cluster, where the scan holds them, then those of the cluster."""
    graph, outside = ways.graph, ways.outside(way, INTERNET)
    for step in outside.path if outside is not None else ():
        if step.node is not None:
            yield {
                "node": str(graph.addresses[step.node]), "at": step.attribute, "note": step.note, "relation": ""
            }  # fmt: skip
    for each in way.via:
        shown = _SHOWN.get(graph.kind(each).name, "")
        yield {"node": str(graph.addresses[each]), "at": shown, "note": way.note, "relation": ""}
