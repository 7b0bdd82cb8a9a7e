"""Whether anything uses a security group: one that nothing uses lets nothing through.

What uses a group attaches from outside, so its absence says nothing (DESIGN section 2, "Worlds") unless the
interfaces of the account were listed, or the configuration says that the scan holds the whole network. A default
group is worn by whatever names no group (VPC User Guide, "Default security groups for your VPCs").
"""

from __future__ import annotations

from scanner.graph.columns import Graph
from scanner.model.value import Cause, Unknown, Value

UNUSED = Unknown("nothing in the scan uses this group; what uses it elsewhere decides", Cause.OUTSIDE_SCAN)
_BY_DEFAULT = Unknown("whatever names no group of its own uses this one; none is in the scan", Cause.OUTSIDE_SCAN)
_UNNAMED = ("instance", "network_interface", "database", "cache", "load_balancer", "endpoint", "cluster")
_INTERFACES = "aws_network_interface"


def derive_worn(graph: Graph, *, complete: bool) -> None:
    """Set `worn` of every security group; `complete` says that the scan holds all of the network."""
    nodes = graph.nodes("security_group")
    defaults = [index for index in nodes if graph.peek(index, "default") is True]
    joined = _joined(graph) if defaults else set()
    for index in nodes:
        graph.set(index, "worn", _worn(graph, index, joined, complete=complete))


def _worn(graph: Graph, index: int, joined: set[int], *, complete: bool) -> Value:
    if graph.sources("uses", index) or graph.targets("filters", index):
        return True
    tied = graph.why_open_in("uses", index) is not None or graph.why_open("filters", index) is not None
    if tied or index in graph.stand_ins:
        return True  # what may use it was not read: a group of elsewhere, a module that is not on disk
    applied = graph.peek(index, "applied")
    if applied is True:
        return True
    if applied is False and _interfaces_read(graph, index):
        return False
    if graph.peek(index, "default") is True:
        return True if not joined.isdisjoint(graph.targets("in_network", index)) else _BY_DEFAULT
    return False if complete else UNUSED


def _interfaces_read(graph: Graph, index: int) -> bool:
    """Whether every interface that could wear a group was listed."""
    account, region = graph.peek(index, "account"), graph.peek(index, "region")
    if not isinstance(account, str) or not isinstance(region, str):
        return False
    unit = (account, region, "ec2")
    listed = (account, region, _INTERFACES) not in graph.unread
    return unit in graph.read_whole or (listed and unit in graph.read_partly)


def _joined(graph: Graph) -> set[int]:
    """The networks in which something that is filtered by groups names none, or the default one."""
    found: set[int] = set()
    for kind in _UNNAMED:
        for index in graph.nodes(kind):
            named = graph.targets("uses", index) or graph.why_open("uses", index) is not None
            if named or _unfiltered(graph, index):
                continue
            found.update(graph.targets("in_network", index))
            for subnet in graph.targets("in_subnet", index):
                found.update(graph.targets("in_network", subnet))
    for (relation, index), why in graph.open_relations():
        if relation == "uses":  # the id of a network's default group is an attribute of the network
            found.update(each for each in graph.meant(index, why) if graph.kind(each).name == "network")
    return found


def _unfiltered(graph: Graph, index: int) -> bool:
    """Network and gateway balancers without groups have none."""
    return graph.kind(index).name == "load_balancer" and graph.peek(index, "flavour") in ("network", "gateway")
