"""Ends of which one stands in a cluster and the other on AWS: both networks must let a session through.

Pods of EKS have addresses of their subnets and are filtered by the groups of their nodes (EKS User Guide, "Amazon
VPC CNI"), so that the cloud's part is asked of the node groups, and the cluster's part of the addresses that the
other end has.
"""

from __future__ import annotations

from scanner.analysis.network.atoms import Ranges, union
from scanner.analysis.network.aws import cloud
from scanner.analysis.network.carrier import clusters_on_aws
from scanner.analysis.network.kubernetes_reach import knows, reach_kubernetes
from scanner.analysis.network.verdict import Answer, Reach
from scanner.config import Config
from scanner.graph.columns import Graph

End = int | Ranges
_NO_CLUSTER = "no cluster of this scan carries the pods, so what filters their machines is not known"


def spans_both(graph: Graph, source: End, destination: End) -> bool:
    """Whether one end stands in a cluster and the other is a node outside of it."""
    ends = [each for each in (source, destination) if isinstance(each, int)]
    inside = [knows(graph, each) for each in ends]
    return any(inside) and not all(inside)


def reach_joined(
    graph: Graph, config: Config, source: End, destination: End, port: int | None, protocol: str | None
) -> Answer:
    """The answer of both networks together; possible where what carries the cluster is not in the scan."""
    outward = isinstance(source, int) and knows(graph, source)
    far = destination if outward else source
    assert isinstance(far, int)  # noqa: S101 - `spans_both` told so
    addresses = _addresses(graph, far)
    near, away = (source, addresses) if outward else (addresses, destination)
    answer = reach_kubernetes(graph, config, near, away, port, protocol, node=far)
    return answer if clusters_on_aws(graph) else _doubted(answer, _NO_CLUSTER)


def _addresses(graph: Graph, index: int) -> Ranges:
    points = cloud(graph).points.of(index)
    return union(each.addresses for each in points)


def _doubted(answer: Answer, why: str) -> Answer:
    if answer.verdict is not Reach.REACHABLE:
        return answer
    return Answer(
        Reach.POSSIBLE, answer.connections, answer.direct, answer.via, answer.path, (), why, answer.assumptions
    )
