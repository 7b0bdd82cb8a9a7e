"""All flows on AWS networks: what starts sessions, and the internet, to everything that has interfaces."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.analysis.network.atoms import INTERNET, Ranges
from scanner.analysis.network.secured import secured_by
from scanner.analysis.network.told import Told
from scanner.analysis.network.verdict import Reach
from scanner.graph.columns import Graph

# Kinds that run what their owner wrote start sessions; the others answer.
_STARTING = ("instance", "instance_group", "function", "node_group", "container_service")
_ANSWERING = ("cluster", "file_system", "database", "cache", "stream", "load_balancer")
_MOST = 20_000  # pairs of ends that are asked about
_OUTSIDE = ["0.0.0.0/0", "::/0"]


def cloud_flows(graph: Graph) -> Iterator[Told | str]:
    """Every flow that is let through, or may be; texts say what was assumed, and of what pairs nobody asked."""
    starting = _nodes(graph, _STARTING)
    ends: list[int | Ranges] = [*starting, *_nodes(graph, _ANSWERING), INTERNET]
    if len(ends) == 1:
        return
    from scanner.analysis.network.aws import reach_aws  # noqa: PLC0415 - only where something stands on AWS

    asked = 0
    sources: list[int | Ranges] = [*starting, INTERNET]
    for source in sources:
        for destination in ends:
            if source is destination or source == destination:
                continue
            asked += 1
            if asked > _MOST:
                yield f"of {len(sources) * len(ends)} pairs of ends on AWS, {_MOST} were asked about"
                return
            answer = reach_aws(graph, source, destination)
            yield from answer.assumptions
            if answer.verdict is not Reach.UNREACHABLE:
                (name, one), (other, two) = end_told(graph, source), end_told(graph, destination)
                via = tuple(str(graph.addresses[each]) for each in answer.via)
                secured = secured_by(graph, answer, destination)
                yield Told(name, other, answer.connections, answer.verdict, answer.reason, one, two, via, secured)


def _nodes(graph: Graph, kinds: tuple[str, ...]) -> list[int]:
    return [
        index
        for kind in kinds
        for index in graph.nodes(kind)
        if graph.peek(index, "provider") == "aws" and index not in graph.stand_ins
    ]


def end_told(graph: Graph, end: int | Ranges) -> tuple[str, str | list[str]]:
    """What an end is called, and its address or ranges."""
    if isinstance(end, Ranges):
        return "internet", _OUTSIDE
    address = graph.addresses[end]
    return (address.name if address.root == "." else f"{address.name}@{address.root}"), str(address)
