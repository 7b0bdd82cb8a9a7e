"""Where a node stands on AWS networks: its interfaces, one point for each subnet that they may be in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from scanner.analysis.network.atoms import ANYTHING, NOTHING, Ranges, connections, union
from scanner.analysis.network.aws_filters import Peer
from scanner.analysis.network.aws_world import Group, Network, Subnet, World, parsed
from scanner.model.resource import Plane
from scanner.model.value import Cause, Unknown, Value

# Kinds whose nodes have interfaces, and the attribute that says whether these have public addresses.
PUBLIC = {
    "instance": "public_address",
    "network_interface": "public_address",
    "node_group": "public_address",
    "container_service": "public_address",
    "database": "public_access",
    "stream": "public_access",
    "load_balancer": "internal",
    "cache": "",
    "file_system": "",
    "function": "",
    "endpoint": "",
    "instance_group": "",
    "cluster": "",
}
# How mappings word that a node leaves it to its subnet whether it gets a public address.
_LEFT = ("the subnet decides", "the subnets decide")
_SUBNET = Unknown("the subnet decides whether it gets a public address", Cause.OUTSIDE_SCAN)
_GENEVE = connections("udp", 6081)
_ALWAYS_IN_NETWORK = frozenset({"instance", "database", "cache", "instance_group"})


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """One interface, or one of several alike: a node in a subnet, with what filters it.

    `groups` is None where nothing filters it (a NAT gateway, a network balancer without groups). `public` and
    `six` are true, false or unknown: whether it has a public IPv4 address, whether it has IPv6 addresses.
    """

    node: int | None
    subnet: Subnet
    addresses: Ranges
    groups: tuple[Group, ...] | None
    why: Unknown | None = None
    public: Value = False
    six: Value = False
    forwards: Value = False
    held: Ranges = ANYTHING
    name: str = ""
    cloudfront: bool = False
    limited_to: Ranges | None = None
    sends: Ranges = ANYTHING

    @property
    def network(self) -> Network:
        return self.subnet.network

    def peer(self, *, kept: bool = True) -> Peer:
        return Peer(self.groups or (), self.why, kept, self.cloudfront)


class Points:
    """Finds the points of nodes, once each."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[int, tuple[Point, ...]] = {}
        self._members: dict[int, list[int]] | None = None  # instances of each database cluster

    def of(self, index: int) -> tuple[Point, ...]:
        """The points of a node; () where it stands in no network."""
        known = self._known.get(index)
        if known is None:
            self._known[index] = ()  # a node that stands behind itself has no point
            known = self._known[index] = tuple(self._make(index))
        return known

    def _make(self, index: int) -> Iterator[Point]:
        world, kind = self._world, self._world.graph.kind(index).name
        if kind not in PUBLIC:
            return
        interfaces = world.many("has_interface", index)
        for each in interfaces:
            for point in self.of(each):
                yield replace(point, node=index, public=_either(point.public, self._public(index, kind)))
        if interfaces and (not world.graph.targets("in_subnet", index) or self._listed(index)):
            return
        if kind == "database" and not world.graph.targets("in_subnet", index):
            cluster = self._cluster(index)
            if cluster is not None:
                yield from self._member(index, cluster)
                return
        yield from self._own(index, kind)

    def _listed(self, index: int) -> bool:
        """Whether the interfaces of a node say all: of what lives, where it wears no groups beside theirs."""
        graph = self._world.graph
        return graph.planes[index] is Plane.LIVE and not graph.targets("uses", index)

    def _own(self, index: int, kind: str) -> Iterator[Point]:
        world = self._world
        groups, why = self._groups(index, kind)
        wiring = world.wiring(index)
        written, _ = parsed([each for each in wiring.get("addresses") or () if not isinstance(each, Unknown)])
        for subnet in self._subnets(index, kind):
            addresses = (written & subnet.four or subnet.four) if subnet.four else NOTHING
            six = self._six(wiring, subnet, kind)
            worn = groups if groups is not None else (world.default_group(subnet.network),)
            yield Point(
                index,
                subnet,
                addresses | (subnet.six if not (isinstance(six, bool) and not six) else NOTHING),
                None if self._unfiltered(index, kind) else worn,
                why,
                self._of_subnet(self._public(index, kind), subnet),
                six,
                wiring.get("forwards", False),
                self.held(index),
                sends=self._sent(index, kind),
            )

    def _sent(self, index: int, kind: str) -> Ranges:
        """What a node opens sessions over: gateway balancers speak GENEVE with their targets, nothing else."""
        gateway = kind == "load_balancer" and self._world.graph.peek(index, "flavour") == "gateway"
        return _GENEVE if gateway else ANYTHING

    def _subnets(self, index: int, kind: str) -> Iterator[Subnet]:
        world = self._world
        found = world.many("in_subnet", index, "subnet")
        if found:
            yield from (world.subnet(each) for each in found)
            return
        why = world.graph.why_open("in_subnet", index)
        if why is None and kind in _ALWAYS_IN_NETWORK and self._stands_in_default(index, kind):
            world.assume("the default VPC of the account and region is as AWS makes it")
            yield world.somewhere(world.default_network(index))
        elif why is not None:
            yield world.elsewhere(why)

    def _stands_in_default(self, index: int, kind: str) -> bool:
        """What names no subnet is put into the default VPC; a search domain, a template, is in none."""
        graph = self._world.graph
        type_ = graph.peek(index, "type")
        if kind == "instance":
            return graph.peek(index, "template") is not True and type_ in (
                "aws_instance",
                "aws_spot_instance_request",
            )
        return type_ in ("aws_db_instance", "aws_rds_cluster", "aws_redshift_cluster", "aws_elasticache_cluster",
                         "aws_elasticache_replication_group", "aws_docdb_cluster", "aws_neptune_cluster",
                         "aws_autoscaling_group")  # fmt: skip

    def _public(self, index: int, kind: str) -> Value:
        attribute = PUBLIC[kind]
        if kind == "instance_group":
            templates = self._world.many("contains", index, "instance")
            return self._public(templates[0], "instance") if templates else _SUBNET
        if not attribute:
            return False
        value = self._world.graph.peek(index, attribute)
        if attribute == "internal":
            return value if isinstance(value, Unknown) else not value
        return False if value is None else value

    def _of_subnet(self, public: Value, subnet: Subnet) -> Value:
        """Where a node leaves it to the subnet whether it gets a public address."""
        left = isinstance(public, Unknown) and "subnet" in public.reason
        return subnet.public_by_default if left else public

    def _six(self, wiring: dict[str, Value], subnet: Subnet, kind: str) -> Value:
        if not subnet.six:
            return False
        asked = wiring.get("six")
        if isinstance(asked, Unknown) or asked is not None:
            return asked
        return subnet.six_by_default if kind in ("instance", "network_interface", "instance_group") else False

    def _groups(self, index: int, kind: str) -> tuple[tuple[Group, ...] | None, Unknown | None]:
        """The groups that a node wears, None for the default one; and why there may be more of them."""
        world, graph = self._world, self._world.graph
        worn = [world.group(each) for each in world.many("uses", index, "security_group")]
        why = graph.why_open("uses", index)
        if why is not None:
            meant = [one for each in graph.meant(index, why) if (one := world.group_meant(each)) is not None]
            worn += [each for each in meant if each not in worn]
            why = None if meant else why
        if kind == "cluster":
            own = world.group_meant(index)
            worn += [own] if own is not None else []
        if kind == "node_group" and not worn:  # managed nodes wear the cluster's own group
            cluster = world.one("runs_on", index, "cluster")
            own = world.group_meant(cluster) if cluster is not None else None
            worn += [own] if own is not None else []
        if kind in ("node_group", "instance_group"):
            for template in world.many("contains", index, "instance"):
                more, doubt = self._groups(template, "instance")
                worn += more or ()
                why = doubt if why is None else why
        return (tuple(worn) if worn or why is not None else None), why

    def _unfiltered(self, index: int, kind: str) -> bool:
        """Network and gateway balancers without groups filter nothing (Elastic Load Balancing, "Update the
        security groups for your Network Load Balancer")."""
        graph = self._world.graph
        if kind != "load_balancer" or graph.targets("uses", index) or graph.why_open("uses", index) is not None:
            return False
        return graph.peek(index, "flavour") in ("network", "gateway")

    def _cluster(self, index: int) -> int | None:
        """The cluster that a database instance belongs to."""
        graph = self._world.graph
        part_of = graph.peek(index, "part_of")
        if part_of is None:
            return None
        return next((each for each in graph.meant(index, part_of) if graph.kind(each).name == "database"), None)

    def _member(self, index: int, cluster: int) -> Iterator[Point]:
        for point in self.of(cluster):
            yield replace(point, node=index, public=self._public(index, "database"))

    def members(self, index: int) -> list[int]:
        """The instances of a database cluster."""
        if self._members is None:
            graph = self._world.graph
            self._members = {}
            for each in graph.nodes("database"):
                part_of = graph.peek(each, "part_of")
                for cluster in dict.fromkeys(graph.meant(each, part_of) if part_of is not None else ()):
                    if graph.addresses[each].root == graph.addresses[cluster].root:
                        self._members.setdefault(cluster, []).append(each)
        return self._members.get(index, [])

    def held(self, index: int) -> Ranges:
        """The connections that a node takes: its own port where it has one; what listeners take of a balancer."""
        graph, world = self._world.graph, self._world
        kind = graph.kind(index).name
        if kind == "load_balancer":
            taken = [self.listener_held(each) for each in world.into("listens_on", index, "listener")]
            return union(taken) if taken else NOTHING
        if kind == "cluster":
            return connections("tcp", 443)
        port = world.wiring(index).get("port")
        return connections("tcp", port) if isinstance(port, int) and not isinstance(port, bool) else ANYTHING

    def listener_held(self, listener: int) -> Ranges:
        """The connections that a listener takes (ANYTHING of its protocol where its port is not known)."""
        graph = self._world.graph
        port, protocol = graph.peek(listener, "port"), graph.peek(listener, "protocol")
        name = "" if isinstance(protocol, Unknown) else str(protocol).upper()
        kinds = {"UDP": ("udp",), "QUIC": ("udp",), "TCP_UDP": ("tcp", "udp"), "TCP_QUIC": ("tcp", "udp")}.get(
            name, ("tcp",)
        )
        if name == "GENEVE":
            return ANYTHING
        known = isinstance(port, int) and not isinstance(port, bool)
        return union(connections(kind, port) if known else connections(kind) for kind in kinds)


def _either(one: Value, other: Value) -> Value:
    """Whether one of two holds, unknown where that cannot be told."""
    for value in (one, other):
        if not isinstance(value, Unknown) and value is True:
            return True
    return next((value for value in (one, other) if isinstance(value, Unknown)), False)
