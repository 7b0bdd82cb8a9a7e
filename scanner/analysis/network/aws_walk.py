"""A packet's way through AWS networks: from a subnet, hop by hop, to a point or out of the networks.

A trip carries what is still on its way. Where a filter or a route stops all of it, that is noted and the trip goes
on as if it had not, so that everything that stands in the way is found; a trip with a block has not arrived.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from scanner.analysis.network.atoms import ALL_FOUR, ALL_SIX, NOTHING, union
from scanner.analysis.network.aws_filters import Load, Passed, through_list, toward
from scanner.analysis.network.aws_points import Point, Points
from scanner.analysis.network.aws_routes import Entry, Routes
from scanner.analysis.network.aws_world import Subnet, World, Zone
from scanner.analysis.network.verdict import Step
from scanner.model.value import Unknown, Value

Target = Point | Zone
# A firewall and the subnet of its endpoint: each endpoint keeps its own state.
Inspection = tuple[int, int | None]
_MOST_HOPS = 12


@dataclass(frozen=True, slots=True)
class Trip:
    """What is on its way and what it met. `kept`: security groups still know the sender; `nats`: where its address
    was changed, with what came in there; `inspected`: the endpoints of firewalls that it went through."""

    load: Load
    steps: tuple[Step, ...] = ()
    blocks: tuple[Step, ...] = ()
    reasons: tuple[str, ...] = ()
    kept: bool = True
    nats: tuple[tuple[Point, Load], ...] = ()
    inspected: tuple[Inspection, ...] = ()
    visited: tuple[object, ...] = ()

    def step(self, node: int | None, note: str, attribute: str = "", name: str = "") -> Trip:
        return replace(self, steps=(*self.steps, Step(node, note, attribute, name)))

    def blocked(self, node: int | None, note: str, attribute: str = "", name: str = "") -> Trip:
        return replace(self, blocks=(*self.blocks, Step(node, note, attribute, name)))

    def through(self, passed: Passed) -> Trip:
        """After a filter: what it let through, or all with a note of what stopped it."""
        if not passed.load:
            return replace(self, blocks=(*self.blocks, passed.step))
        steps = (*self.steps, passed.step) if passed.step.node is not None else self.steps
        return replace(self, load=passed.load, steps=steps, reasons=(*self.reasons, *passed.why))

    def perhaps(self, reason: str) -> Trip:
        return replace(self, reasons=(*self.reasons, reason))


@dataclass(frozen=True, slots=True)
class Way:
    """What holds for a whole trip: where it goes, whose packets leave by a gateway, and whether it is a reply
    (then `allowed` are the endpoints of firewalls that have seen the session)."""

    target: Target
    sender: Point | None
    reply: bool = False
    allowed: tuple[Inspection, ...] = ()


class Walker:
    """Walks trips in one mood (see `aws_filters`)."""

    def __init__(self, world: World, points: Points, routes: Routes, *, hope: bool) -> None:
        self.world, self.points, self.routes, self.hope = world, points, routes, hope

    # subnets

    def leave(self, trip: Trip, subnet: Subnet) -> Trip:
        return trip.through(through_list(self.world, self.world.listing(subnet), "out", trip.load, hope=self.hope))

    def enter(self, trip: Trip, subnet: Subnet) -> Trip:
        return trip.through(through_list(self.world, self.world.listing(subnet), "in", trip.load, hope=self.hope))

    def cross(self, trip: Trip, source: Subnet, target: Subnet) -> Trip:
        """From one subnet to another of the same network; inside one no list is asked."""
        if source is target:
            return trip
        return self.enter(trip if source.edge else self.leave(trip, source), target)

    def carry(self, trip: Trip, at: Subnet, way: Way) -> Iterator[Trip]:
        """Route a trip from a subnet; yields what arrives, and what does not with its blocks."""
        if len(trip.visited) > _MOST_HOPS:
            yield trip.blocked(at.index, "the packet goes round in a circle", "routes_by")
            return
        table = self.routes.of_subnet(at)
        if table.why is not None and table.index is None:
            yield from self._unrouted(trip, at, way, table.why)
            return
        wanted = union(box.destination for box in trip.load)
        for part, entry in self.routes.lookup(table, wanted, hope=self.hope):
            moved = replace(trip, load=toward(trip.load, part))
            if entry is None:
                node = table.index if table.index is not None else at.index
                yield moved.blocked(node, f"has no route to {_called(self.world, way.target)}", "routes")
            else:
                yield from self.hop(moved, at, way, entry)

    def _unrouted(self, trip: Trip, at: Subnet, way: Way, why: Unknown) -> Iterator[Trip]:
        """From a subnet whose routes are not known: within its own network all the same."""
        target = way.target
        if isinstance(target, Point) and target.network is at.network:
            yield self.cross(trip, at, target.subnet)
            return
        if self.hope:
            yield trip.perhaps(why.reason)
        else:
            yield trip.blocked(at.index, f"its routes are not known: {why.reason}", "routes_by")

    # hops

    def hop(self, trip: Trip, at: Subnet, way: Way, entry: Entry) -> Iterator[Trip]:
        """The next hop of a route: by what its target is, where that is in the scan, else by what is written."""
        if entry.why:
            trip = trip.perhaps(entry.why)
        if entry.kind == "local":
            yield self._local(trip, at, way, entry)
            return
        if entry.kind == "blackhole":
            yield trip.blocked(entry.table, "the route leads nowhere", entry.attribute)
            return
        node = self._target(entry)
        role = self._role(node, entry)
        known = {
            "internet": self._internet,
            "egress-only": self._egress_only,
            "nat": self._nat,
            "peering": self._peering,
            "transit": self._transit,
            "vpn": self._line,
            "firewall": self._firewall,
            "endpoint": self._endpoint,
            "interface": self._appliance,
            "core-network": self._core,
        }.get(role)
        if known is not None:
            yield from known(trip, at, way, entry, node)
        elif self.hope:
            yield self.hoped(trip, way, f"where the route to {entry.target!r} leads is not known")
        else:
            yield trip.blocked(entry.table, "where this route leads is not known", entry.attribute)

    def _target(self, entry: Entry) -> int | None:
        if entry.table is None:
            return None
        return next(iter(self.world.graph.meant(entry.table, entry.target)), None)

    def _role(self, node: int | None, entry: Entry) -> str:
        if node is None:
            return {"instance": "interface", "interface": "interface"}.get(entry.kind, entry.kind)
        kind = self.world.graph.kind(node).name
        if kind == "gateway":
            role = self.world.role(node)
            return role if isinstance(role, str) else "unknown"
        if kind in ("instance", "network_interface"):
            return "interface"
        return {"attachment": "transit"}.get(kind, kind)

    def hoped(self, trip: Trip, way: Way, reason: str) -> Trip:
        trip = trip.perhaps(reason)
        return self.enter(trip, way.target.subnet) if isinstance(way.target, Point) else trip

    def _local(self, trip: Trip, at: Subnet, way: Way, entry: Entry) -> Trip:
        target = way.target
        if isinstance(target, Point) and target.network is at.network:
            return self.cross(trip, at, target.subnet)
        return trip.blocked(entry.table, "the route stays inside its network", entry.attribute)

    def _internet(self, trip: Trip, at: Subnet, way: Way, entry: Entry, node: int | None) -> Iterator[Trip]:
        if not (isinstance(way.target, Zone) and way.target.name == "internet"):
            yield trip.blocked(entry.table, "the route leads to the internet", entry.attribute)
            return
        trip = self.leave(trip, at)
        trip = self.attached(trip, at, node)
        trip = self.published(trip, at, way, outbound=not way.reply)
        yield trip.step(entry.table, "routes to the internet gateway", entry.attribute)

    def attached(self, trip: Trip, at: Subnet, gateway: int | None) -> Trip:
        """An internet gateway serves the network that it is attached to."""
        network, graph = at.network.index, self.world.graph
        if gateway is None or network is None or network in graph.targets("in_network", gateway):
            return trip
        why = graph.why_open("in_network", gateway)
        if why is not None and self.hope:
            return trip.perhaps(why.reason)
        return trip.blocked(gateway, "is not attached to this network", "in_network")

    def published(self, trip: Trip, at: Subnet, way: Way, *, outbound: bool) -> Trip:
        """The part of a load whose near end may use an internet gateway: with a public IPv4 address, or IPv6."""
        trip = self.unblocked(trip, at, outbound=outbound, translated=bool(trip.nats))
        sender = way.sender
        if sender is None:
            return trip
        allowed = NOTHING
        for value, family in ((sender.public, ALL_FOUR), (sender.six, ALL_SIX)):
            if isinstance(value, Unknown):
                if self.hope:
                    allowed |= family
                    trip = trip.perhaps(value.reason)
            elif value:
                allowed |= family
        load = tuple(box for box in trip.load if box.source & allowed)
        if not load:
            return trip.blocked(sender.node, "has no public address", "public_address")
        return replace(trip, load=load)

    def unblocked(self, trip: Trip, at: Subnet, *, outbound: bool, translated: bool = False) -> Trip:
        """Block public access of the region (VPC User Guide, "Block public access to VPCs and subnets")."""
        mode = at.network.block
        if isinstance(mode, Unknown):
            blocked = trip.blocked(at.network.index, f"block public access: {mode.reason}", "wiring")
            return trip.perhaps(mode.reason) if self.hope else blocked
        if mode is None:
            self.world.assume("block public access is off where the scan does not set it")
            return trip
        exempt = [each for each in (*at.exempt, *at.network.exempt) if isinstance(each, str)]
        if mode == "off" or "allow-bidirectional" in exempt or (outbound and "allow-egress" in exempt):
            return trip
        if mode == "block-ingress" and outbound and translated:
            return trip
        return trip.blocked(at.network.index, f"public access is blocked ({mode})", "wiring")

    def _egress_only(self, trip: Trip, at: Subnet, way: Way, entry: Entry, node: int | None) -> Iterator[Trip]:
        if way.reply or not isinstance(way.target, Zone) or way.target.name != "internet":
            yield trip.blocked(node, "lets sessions out only", entry.attribute)
            return
        trip = self.unblocked(self.leave(trip, at), at, outbound=True, translated=True)
        load = tuple(box for box in trip.load if box.destination & ALL_SIX)
        if not load or way.sender is None or way.sender.six is False:
            yield trip.blocked(node, "carries IPv6 only", entry.attribute)
            return
        yield replace(trip, load=load).step(entry.table, "routes out by the egress-only gateway", entry.attribute)

    def nat_point(self, node: int) -> Point | None:
        """A NAT gateway as a point; it has no security group."""
        from scanner.analysis.network.aws_nat import nat_point  # noqa: PLC0415 - the two know each other

        return nat_point(self.world, node)

    def _peering(self, trip: Trip, at: Subnet, way: Way, entry: Entry, node: int | None) -> Iterator[Trip]:
        if node is None:
            yield from self.lost(trip, way, entry, "the peering")
            return
        target = way.target
        networks = self.world.many("in_network", node, "network")
        trip = self._active(trip, node)
        if at.network.index not in networks:
            yield trip.blocked(node, "does not join this network", "in_network")
            return
        if not isinstance(target, Point) or target.network.index not in networks or target.network is at.network:
            yield trip.blocked(node, "joins two networks and leads no farther", entry.attribute)
            return
        trip = replace(self.leave(trip, at), kept=trip.kept and self._same_region(at, target.subnet))
        trip = self.enter(trip.step(entry.table, "routes over the peering", entry.attribute), target.subnet)
        yield trip

    def _active(self, trip: Trip, node: int) -> Trip:
        accepted = self.world.graph.peek(node, "accepted")
        if isinstance(accepted, Unknown):
            blocked = trip.blocked(node, f"may not be active: {accepted.reason}", "accepted")
            return trip.perhaps(accepted.reason) if self.hope else blocked
        return trip if accepted else trip.blocked(node, "is not active", "accepted")

    def _same_region(self, one: Subnet, other: Subnet) -> bool:
        regions = [
            self.world.graph.peek(each.network.index, "region")
            for each in (one, other)
            if each.network.index is not None
        ]
        known = {each for each in regions if isinstance(each, str)}
        return len(known) < 2

    def lost(self, trip: Trip, way: Way, entry: Entry, what: str) -> Iterator[Trip]:
        reason = f"{what} {_named(entry.target)} is not part of this scan"
        yield self.hoped(trip, way, reason) if self.hope else trip.blocked(entry.table, reason, entry.attribute)

    def _line(self, trip: Trip, at: Subnet, way: Way, entry: Entry, node: int | None) -> Iterator[Trip]:
        """A virtual private gateway: VPN connections and Direct Connect."""
        if not isinstance(way.target, Zone) or way.target.name != "on-premises":
            yield trip.blocked(
                node if node is not None else entry.table, "leads to other premises", entry.attribute
            )
            return
        trip = self.leave(trip, at)
        if node is not None:
            trip = self.attached(trip, at, node)
            if not self.lines(node):
                trip = trip.blocked(node, "has neither a VPN connection nor Direct Connect", "role")
        yield trip.step(entry.table, "routes to the virtual private gateway", entry.attribute)

    def lines(self, gateway: int) -> list[int]:
        """The connections to other premises of a virtual private gateway."""
        return [
            *self.world.into("attached_to", gateway, "gateway"),
            *self.world.into("routes_to", gateway, "gateway"),
        ]

    # hops with a room of their own

    def _nat(self, trip: Trip, at: Subnet, way: Way, entry: Entry, node: int | None) -> Iterator[Trip]:
        from scanner.analysis.network.aws_nat import translated  # noqa: PLC0415 - as above

        yield from translated(self, trip, at, way, entry, node)

    def _transit(self, trip: Trip, at: Subnet, way: Way, entry: Entry, node: int | None) -> Iterator[Trip]:
        from scanner.analysis.network.aws_transit import transit  # noqa: PLC0415 - the two know each other

        yield from transit(self, trip, at, way, entry, node)

    def _core(self, trip: Trip, at: Subnet, way: Way, entry: Entry, node: int | None) -> Iterator[Trip]:
        from scanner.analysis.network.aws_core import core  # noqa: PLC0415 - as above

        yield from core(self, trip, at, way, entry, node)

    def _firewall(self, trip: Trip, at: Subnet, way: Way, entry: Entry, node: int | None) -> Iterator[Trip]:
        from scanner.analysis.network.aws_middle import inspected  # noqa: PLC0415 - as above

        yield from inspected(self, trip, at, way, entry, node)

    def _endpoint(self, trip: Trip, at: Subnet, way: Way, entry: Entry, node: int | None) -> Iterator[Trip]:
        from scanner.analysis.network.aws_middle import behind_endpoint  # noqa: PLC0415 - as above

        yield from behind_endpoint(self, trip, at, way, entry, node)

    def _appliance(self, trip: Trip, at: Subnet, way: Way, entry: Entry, node: int | None) -> Iterator[Trip]:
        from scanner.analysis.network.aws_middle import appliance  # noqa: PLC0415 - as above

        yield from appliance(self, trip, at, way, entry, node)


def _called(world: World, target: Target) -> str:
    if isinstance(target, Zone):
        return f"the {target.name}" if target.name == "internet" else target.name
    return world.graph.addresses[target.node].name if target.node is not None else target.name or "it"


def _named(value: Value) -> str:
    return value if isinstance(value, str) else "of this route"
