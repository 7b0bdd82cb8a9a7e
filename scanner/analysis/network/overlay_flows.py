"""All flows over overlays: from peers to peers, to what their routers carry on to, and out by exits."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from scanner.analysis.network.atoms import INTERNET, Ranges
from scanner.analysis.network.cloud_flows import end_told
from scanner.analysis.network.overlays import reach_overlay
from scanner.analysis.network.told import Told
from scanner.analysis.network.verdict import Reach
from scanner.graph.columns import Graph
from scanner.model.value import Unknown

_BEHIND = ("instance", "instance_group", "node_group", "container_service", "database", "cache", "file_system")
_MOST = 5_000  # pairs of ends that are asked about


def overlay_flows(graph: Graph, told: Collection[tuple[str, str]]) -> Iterator[Told | str]:
    """Every flow over an overlay that is let through, or may be; none for pairs of ends that were `told` of as
    reachable by other ways. A text says of what pairs nobody asked."""
    peers = list(_peers(graph))
    ends: list[int | Ranges] = [*dict.fromkeys((*peers, *_behind(graph))), INTERNET]
    asked = 0
    for source in peers:
        for destination in ends:
            if source == destination:
                continue
            asked += 1
            if asked > _MOST:
                yield f"of {len(peers) * len(ends)} pairs of ends of overlays, {_MOST} were asked about"
                return
            answer = reach_overlay(graph, source, destination)
            if answer is None or answer.verdict is Reach.UNREACHABLE:
                continue
            (name, one), (other, two) = end_told(graph, source), end_told(graph, destination)
            if (str(one), str(two)) in told:
                continue
            via = tuple(str(graph.addresses[each]) for each in answer.via)
            yield Told(name, other, answer.connections, answer.verdict, answer.reason, one, two, via)


def _peers(graph: Graph) -> Iterator[int]:
    """What the peers run on, once each; a peer of which that is not known stands for itself."""
    seen = set()
    for peer in graph.nodes("overlay_peer"):
        for each in graph.targets("runs_on", peer) or (peer,):
            if each not in seen:
                seen.add(each)
                yield each


def _behind(graph: Graph) -> Iterator[int]:
    """What may lie behind a router: whatever has an address in a network of the scan."""
    routes = [graph.peek(each, "routes") for each in graph.nodes("overlay_peer")]
    if not any(isinstance(each, Unknown) or each for each in routes):
        return
    for kind in _BEHIND:
        yield from (each for each in graph.nodes(kind) if graph.peek(each, "provider") == "aws")
