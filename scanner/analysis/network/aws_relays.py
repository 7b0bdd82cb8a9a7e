"""Relays on AWS: what ends a session and opens another one to its targets, and how it speaks to them.

Balancers with listeners and target groups, classic balancers, accelerators, distributions, APIs and their links,
PrivateLink. Each `Forward` says what a relay takes and over which connections it reaches the node asked about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scanner.analysis.network.atoms import ANYTHING, NOTHING, SIX, TCP, Ranges, cidr, connections, union
from scanner.analysis.network.aws_points import Point, Points
from scanner.analysis.network.aws_world import Subnet, World
from scanner.model.value import Unknown, Value

_STREAM_TYPES = ("TCP", "TLS")


class Forward(NamedTuple):
    """`relay` sends on to the node asked about what it takes over `taken`, to ports `held` of it.

    `manner` is how: `balancer`, `preserving` (the target sees the client), `accelerator`, `distribution`,
    `origin`, `api`, `link`, `privatelink`, `lattice`. `listener` and `group` are the nodes that say so; `crosses`
    is whether balancer nodes send into other zones.
    """

    relay: int
    taken: Ranges
    held: Ranges
    manner: str
    listener: int | None = None
    group: int | None = None
    crosses: Value = True


class Relays:
    """Finds who forwards to a node."""

    def __init__(self, world: World, points: Points) -> None:
        self.world, self.points = world, points
        self._literal: list[tuple[int, Ranges, Value]] | None = None

    def into(self, index: int) -> list[Forward]:
        """Every relay that sends on to a node, nearest first."""
        found: list[Forward] = []
        kinds = self.world.graph
        for source in kinds.sources("forwards_to", index):
            found += self._from(source, index)
        for group in self._by_address(index):
            found += self._from_group(group, index)
        for listener in self.world.into("listens_on", index, "listener"):  # a link names the listener itself
            for source in self.world.into("forwards_to", listener, "endpoint"):
                found.append(Forward(source, ANYTHING, self.points.listener_held(listener), "link", listener))
        return [each for each in dict.fromkeys(found) if not self.world.gone(each.listener, "port")]

    def _from(self, source: int, index: int) -> Iterator[Forward]:
        kind = self.world.graph.kind(source).name
        if kind == "target_group":
            yield from self._from_group(source, index)
        elif kind == "load_balancer":
            yield from self._from_classic(source)
        elif kind == "listener":
            for balancer in self.world.many("listens_on", source, "load_balancer"):
                yield Forward(balancer, self.points.listener_held(source), ANYTHING, "accelerator", source)
        elif kind == "distribution":
            yield Forward(source, _WEB, self._origin_held(index), "distribution")
        elif kind == "endpoint":
            yield from self._from_endpoint(source)
        elif kind == "api":
            for api in self._api(source):
                yield Forward(api, connections("tcp", 443), ANYTHING, "api")

    def _origin_held(self, index: int) -> Ranges:
        return TCP if self.world.graph.kind(index).name in ("load_balancer", "instance") else ANYTHING

    def _from_endpoint(self, source: int) -> Iterator[Forward]:
        kind = self.world.wiring(source).get("type")
        if kind == "cloudfront":
            yield Forward(source, ANYTHING, self._vpc_origin_held(source), "origin")
        elif kind == "api-gateway":
            yield Forward(source, ANYTHING, ANYTHING, "link")
        elif kind == "proxy":
            yield Forward(source, self.points.held(source), ANYTHING, "link")
        elif kind in ("service", "Interface"):
            yield Forward(source, ANYTHING, ANYTHING, "privatelink")

    def _vpc_origin_held(self, source: int) -> Ranges:
        wiring = self.world.wiring(source)
        policy = wiring.get("protocol")
        ports = [wiring.get("http_port")] if policy != "https-only" else []
        ports += [wiring.get("https_port")] if policy != "http-only" else []
        known = [each for each in ports if isinstance(each, int)]
        return union(connections("tcp", each) for each in known) if len(known) == len(ports) else TCP

    def _api(self, source: int) -> list[int]:
        """The API that a route, method or stage belongs to."""
        parents = self.world.into("contains", source, "api")
        return parents or [source]

    # balancers

    def _from_classic(self, source: int) -> Iterator[Forward]:
        for listener in self.world.into("listens_on", source, "listener"):
            port = self.world.wiring(listener).get("target_port")
            held = connections("tcp", port) if isinstance(port, int) else TCP
            yield Forward(source, self.points.listener_held(listener), held, "balancer", listener, None,
                          self.world.wiring(source).get("cross_zone", True))  # fmt: skip

    def _from_group(self, group: int, index: int) -> Iterator[Forward]:
        world, wiring = self.world, self.world.wiring(group)
        accelerated = wiring.get("accelerated")
        for listener in world.into("forwards_to", group, "listener"):
            taken = self.points.listener_held(listener)
            for service in world.many("listens_on", listener, "api"):
                held = self._target_held(group, index, wiring)
                yield Forward(service, taken, held, "lattice", listener, group)
            for balancer in world.many("listens_on", listener, "load_balancer"):
                if accelerated is not None:
                    yield Forward(balancer, taken, taken, "accelerator", listener, group)
                    continue
                held = self._target_held(group, index, wiring)
                manner = "preserving" if self._preserves(balancer, wiring, listener) else "balancer"
                yield Forward(balancer, taken, held, manner, listener, group, self._crosses(balancer, wiring))

    def _target_held(self, group: int, index: int, wiring: dict[str, Value]) -> Ranges:
        """The ports of the target: those of its attachments, else the group's; by the group's protocol."""
        protocol = self.world.graph.peek(group, "protocol")
        name = "" if isinstance(protocol, Unknown) else str(protocol).upper()
        kinds = {"UDP": ("udp",), "TCP_UDP": ("tcp", "udp")}.get(name, ("tcp",))
        if name == "GENEVE":
            kinds = ("udp",)
        if name == "LAMBDA" or self.world.graph.kind(index).name == "function":
            return ANYTHING
        ports = list(self._ports(group, index, wiring))
        known = [each for each in ports if isinstance(each, int)]
        if not known or len(known) < len(ports):
            return union(connections(kind) for kind in kinds)
        return union(connections(kind, port) for kind in kinds for port in known)

    def _ports(self, group: int, index: int, wiring: dict[str, Value]) -> Iterator[Value]:
        written = False
        for each in wiring.get("targets") or ():
            meant = self.world.graph.meant(group, each["target"])
            if index in meant or not meant:
                written = True
                yield wiring.get("port") if each["port"] is None else each["port"]
        if not written:
            yield wiring.get("port")

    def _preserves(self, balancer: int, wiring: dict[str, Value], listener: int) -> bool:
        """Whether targets see the client: network balancers with instances always unless switched off, with
        addresses only over UDP (Elastic Load Balancing, "Client IP preservation")."""
        if self.world.graph.peek(balancer, "flavour") != "network":
            return False
        asked = wiring.get("preserves")
        if isinstance(asked, bool):
            return asked
        protocol = self.world.graph.peek(listener, "protocol")
        streams = not isinstance(protocol, Unknown) and str(protocol).upper() in _STREAM_TYPES
        return wiring.get("target_type") != "ip" or not streams

    def _crosses(self, balancer: int, wiring: dict[str, Value]) -> Value:
        asked = wiring.get("cross_zone")
        if isinstance(asked, str) and asked in ("true", "false"):
            return asked == "true"
        return self.world.wiring(balancer).get("cross_zone", True)

    def _by_address(self, index: int) -> Iterator[int]:
        """Target groups that name one of a node's addresses."""
        if self._literal is None:
            self._literal = list(self._literals())
        if not self._literal:
            return
        own = NOTHING
        for point in self.points.of(index):
            own |= point.addresses if _single(point) else NOTHING
        for group, address, _ in self._literal:
            if own and address & own:
                yield group

    def _literals(self) -> Iterator[tuple[int, Ranges, Value]]:
        for group in self.world.graph.nodes("target_group"):
            for each in self.world.wiring(group).get("targets") or ():
                if isinstance(each["target"], str):
                    try:
                        yield group, cidr(each["target"]), each["port"]
                    except ValueError:
                        continue

    def enabled(self, forward: Forward, near: Subnet, far: Subnet, balancer_subnets: list[Subnet]) -> str:
        """Why a balancer's node does not send into a zone; "" where it does, or zones are not told."""
        zones = [each.zone for each in balancer_subnets]
        if not isinstance(far.zone, str) or not all(isinstance(each, str) for each in zones):
            return ""
        if far.zone not in zones:
            return "is not enabled in the zone of the target"
        if forward.crosses is False and near.zone != far.zone:
            return "sends to targets of the same zone only"
        return ""


def _single(point: Point) -> bool:
    """Whether a point's IPv4 address is written."""
    four = [span for span in point.addresses.spans if span[0] < SIX]
    return all(first == last for first, last in four)


_WEB = connections("tcp", 80) | connections("tcp", 443)
