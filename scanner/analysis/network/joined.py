"""Ends of which one stands in a cluster and the other on AWS: both networks must let a session through.

Pods of EKS have addresses of their subnets and are filtered by the groups of their nodes (EKS User Guide, "Amazon
VPC CNI"), so that the cloud's part is asked of the node groups, and the cluster's part of the addresses that the
other end has.
"""

from __future__ import annotations

from collections.abc import Sequence

from scanner.analysis.network.atoms import Ranges, union
from scanner.analysis.network.aws import cloud, reach_aws
from scanner.analysis.network.kubernetes_reach import knows, reach_kubernetes
from scanner.analysis.network.verdict import Answer, Reach, best
from scanner.config import Config
from scanner.graph.columns import Graph

End = int | Ranges
_ORDER = (Reach.REACHABLE, Reach.POSSIBLE, Reach.UNREACHABLE)
_NO_CLUSTER = "no single cluster of this scan carries the pods, so what filters its machines is not known"


def spans_both(graph: Graph, source: End, destination: End) -> bool:
    """Whether one end stands in a cluster and the other is a node outside of it."""
    ends = [each for each in (source, destination) if isinstance(each, int)]
    inside = [knows(graph, each) for each in ends]
    return any(inside) and not all(inside)


def reach_joined(
    graph: Graph, config: Config, source: End, destination: End, port: int | None, protocol: str | None
) -> Answer:
    """The answer of both networks together; possible where the machines of the cluster are not in the scan."""
    outward = isinstance(source, int) and knows(graph, source)
    far = destination if outward else source
    assert isinstance(far, int)  # noqa: S101 - `spans_both` told so
    addresses = _addresses(graph, far)
    inside = (
        reach_kubernetes(graph, config, source, addresses, port, protocol)
        if outward
        else reach_kubernetes(graph, config, addresses, destination, port, protocol)
    )
    carriers = machines(graph)
    if not carriers:
        return _doubted(inside, _NO_CLUSTER)
    answers = [
        reach_aws(graph, each, far, port, protocol) if outward else reach_aws(graph, far, each, port, protocol)
        for each in carriers
    ]
    outside = best(answers)
    assert outside is not None  # noqa: S101 - there is a carrier
    return _both(inside, outside) if outward else _both(outside, inside)


def machines(graph: Graph) -> Sequence[int]:
    """The node groups of the scan's one Kubernetes cluster; () where there is none, or several."""
    clusters = [each for each in graph.nodes("cluster") if graph.peek(each, "flavour") == "kubernetes"]
    if len(clusters) != 1:
        return ()
    groups = [each for each in graph.sources("runs_on", clusters[0]) if graph.kind(each).name == "node_group"]
    return groups or clusters


def _addresses(graph: Graph, index: int) -> Ranges:
    points = cloud(graph).points.of(index)
    return union(each.addresses for each in points)


def _both(first: Answer, second: Answer) -> Answer:
    """Two networks one after the other: the weaker verdict, what passes both, every step."""
    verdict = max(first.verdict, second.verdict, key=_ORDER.index)
    held = first.connections & second.connections
    if not held and verdict is not Reach.UNREACHABLE:
        verdict = Reach.UNREACHABLE
    reason = "; ".join(dict.fromkeys(each.reason for each in (first, second) if each.reason))
    arrives = verdict is not Reach.UNREACHABLE
    return Answer(
        verdict,
        held,
        arrives and first.direct and second.direct,
        (*first.via, *second.via) if arrives else (),
        (*first.path, *second.path) if arrives else (),
        () if arrives else (*first.blocked_by, *second.blocked_by),
        reason or ("the two networks let no connection in common through" if not arrives else ""),
        tuple(dict.fromkeys((*first.assumptions, *second.assumptions))),
    )


def _doubted(answer: Answer, why: str) -> Answer:
    if answer.verdict is not Reach.REACHABLE:
        return answer
    return Answer(
        Reach.POSSIBLE, answer.connections, answer.direct, answer.via, answer.path, (), why, answer.assumptions
    )
