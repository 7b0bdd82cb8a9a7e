"""The machines of a cluster: who reaches their addresses, and which of their ports lead to pods.

Source: Kubernetes documentation, "Pods" (hostPort); "Service" (external addresses).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.analysis.network.atoms import EVERYWHERE, NOTHING, PRIVATE, Ranges, cidr, cidrs, connections
from scanner.graph.columns import Graph
from scanner.model.value import Value

NEAR = PRIVATE | cidr("fc00::/7")


def machines(graph: Graph) -> tuple[Ranges, Ranges, str]:
    """Who reaches the addresses of the machines: their own network surely; the internet where they have public
    addresses, which groups of machines in the scan may say."""
    said = [graph.peek(index, "public_address") for index in graph.nodes("node_group")]
    if said and all(each is False for each in said):
        return NEAR, NEAR, ""
    return NEAR, EVERYWHERE, "whether its machines have public addresses is not part of this scan"


def addresses_of(texts: Value) -> Ranges:
    try:
        return cidrs(each for each in texts if isinstance(each, str)) if isinstance(texts, list) else NOTHING
    except ValueError:
        return NOTHING


def host_ports(graph: Graph, members: Iterable[int]) -> Iterator[tuple[Ranges, Ranges]]:
    """(the pod's own port, the machine's that leads to it)."""
    for index in members:
        for container in graph.targets("contains", index):
            ports = graph.peek(container, "ports")
            for port in ports if isinstance(ports, list) else ():
                if isinstance(port["host_port"], int) and port["host_port"] and isinstance(port["port"], int):
                    spoken = str(port["protocol"])
                    yield connections(spoken, port["port"]), connections(spoken, port["host_port"])
