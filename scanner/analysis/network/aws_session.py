"""Sessions on AWS networks: what gets from one end to the other and whose answers find back.

Security groups keep state and let answers through; access lists and routes do not. A session that a NAT gateway
changes is answered to the gateway first, and from there to the client.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from scanner.analysis.network.atoms import ALL_FOUR, ALL_SIX, NOTHING, Ranges, by_protocol, connections, union
from scanner.analysis.network.aws_filters import Box, Load, Peer, answers, load_of, through_groups, toward
from scanner.analysis.network.aws_points import PUBLIC, Point, Points
from scanner.analysis.network.aws_routes import Routes
from scanner.analysis.network.aws_transit import route
from scanner.analysis.network.aws_walk import Trip, Walker, Way
from scanner.analysis.network.aws_world import World, Zone

ONE_WAY = "answers do not find back: datagrams arrive, and that is all"


@dataclass(frozen=True, slots=True)
class Seen:
    """Who the target of a session thinks the client is, where a relay shows it another address than its own."""

    addresses: Ranges
    peer: Peer


class Sessions:
    """Sessions in one mood (see `aws_filters`)."""

    def __init__(self, world: World, points: Points, routes: Routes, *, hope: bool) -> None:
        self.world, self.hope = world, hope
        self.walker = Walker(world, points, routes, hope=hope)

    def between(
        self, source: Point | Zone, target: Point | Zone, held: Ranges, *, one_way: bool = False
    ) -> list[Trip]:
        """Every way in which a session goes from one end to the other, and every way in which it fails."""
        wanted = held & target.held if isinstance(target, Point) else held
        if isinstance(source, Point) and not wanted & source.sends:
            return [Trip(()).blocked(source.node, "sends GENEVE (UDP 6081) to its targets only", "flavour")]
        if not wanted:
            return [Trip(()).blocked(target.node if isinstance(target, Point) else None,
                                     "does not listen on that", "port")]  # fmt: skip
        if isinstance(source, Point):
            wanted &= source.sends
        trips = [
            self._whole(trip, source, target, one_way=one_way) for trip in self._forward(source, target, wanted)
        ]
        return trips or [Trip(()).blocked(None, "no route leads there", "", "network")]

    def _forward(self, source: Point | Zone, target: Point | Zone, held: Ranges) -> Iterator[Trip]:
        load = _families(source.addresses, target.addresses, held)
        if not load:
            node = target.node if isinstance(target, Point) else None
            yield Trip(()).blocked(node, "has no address of the client's family", "in_subnet")
            return
        if isinstance(source, Point):
            if source.limited_to is not None and not toward(load, source.limited_to):
                yield Trip(load).blocked(source.node, "its clients are not authorized for that", "wiring")
                return
            yield from self.walker.carry(Trip(load), source.subnet, Way(target, source))
        elif isinstance(target, Point) and source.name == "internet":
            yield from self._from_internet(Trip(load), source, target)
        elif isinstance(target, Point):
            yield from self._from_premises(Trip(load), source, target)

    def _whole(self, trip: Trip, source: Point | Zone, target: Point | Zone, *, one_way: bool) -> Trip:
        """A trip that has arrived, with the groups of both ends and the way back."""
        trip = self._out(trip, source, target)
        trip = self._in(trip, target, self._peer(trip, source, target))
        if trip.blocks or not trip.load:
            return trip
        return self._back(trip, source, target, one_way=one_way)

    def _peer(self, trip: Trip, source: Point | Zone, target: Point | Zone) -> Peer:
        if isinstance(source, Point):
            return source.peer(kept=trip.kept)
        return Peer(kept=False, cloudfront=source.cloudfront)

    def _out(self, trip: Trip, source: Point | Zone, target: Point | Zone) -> Trip:
        """The groups of the client come first in what is shown."""
        if not isinstance(source, Point) or source.groups is None or not trip.load:
            return trip
        kept = trip.kept and isinstance(target, Point)
        peer = target.peer(kept=kept) if isinstance(target, Point) else Peer(kept=False)
        asked = replace(trip, steps=(), blocks=())
        passed = through_groups(self.world, source.groups, source.why, "out", asked.load, peer, hope=self.hope)
        after = asked.through(passed)
        return replace(after, steps=(*after.steps, *trip.steps), blocks=(*after.blocks, *trip.blocks))

    def _in(self, trip: Trip, target: Point | Zone, peer: Peer) -> Trip:
        if not isinstance(target, Point) or target.groups is None or not trip.load:
            return trip
        passed = through_groups(self.world, target.groups, target.why, "in", trip.load, peer, hope=self.hope)
        return trip.through(passed)

    # from outside

    def _from_internet(self, trip: Trip, zone: Zone, target: Point) -> Iterator[Trip]:
        """Through the internet gateway of a network, by its edge table where it has one."""
        world, network = self.world, target.network
        gateways = world.internet_gateways(network)
        if not gateways and not network.default:
            if network.outside is not None or network.index is None:
                reason = network.outside.reason if network.outside is not None else "its network is not known"
                trip = self.reached(trip, target)
                yield trip.perhaps(reason) if self.hope else trip.blocked(target.node, reason, "in_subnet")
                return
            yield self.walker.enter(
                self.reached(trip.blocked(network.index, "has no internet gateway", ""), target), target.subnet
            )
            return
        gateway = gateways[0] if gateways else None
        trip = self.walker.unblocked(trip, target.subnet, outbound=False)
        trip = trip.step(gateway, "the internet gateway lets it in", "in_network") if gateway is not None else trip
        trip = self.reached(trip, target)
        edge = world.one("routes_by", gateway, "route_table") if gateway is not None else None
        if edge is None:
            yield self.walker.enter(trip, target.subnet)
            return
        door = world.edge(network)
        table = self.walker.routes.table(edge, network)
        for part, entry in self.walker.routes.lookup(table, target.addresses, hope=self.hope):
            moved = replace(trip, load=toward(trip.load, part))
            if entry is None or entry.kind == "local":
                yield self.walker.enter(moved, target.subnet)
            else:
                yield from self.walker.hop(moved, door, Way(target, None), entry)

    def reached(self, trip: Trip, target: Point) -> Trip:
        """The part of a load that public addresses of the target take in."""
        allowed = NOTHING
        for value, family in ((target.public, ALL_FOUR), (target.six, ALL_SIX)):
            if isinstance(value, bool) or value is None:
                allowed |= family if value else NOTHING
            elif self.hope:
                allowed |= family
                trip = trip.perhaps(value.reason)
        attribute = PUBLIC.get(self.world.graph.kind(target.node).name, "") if target.node is not None else ""
        load = toward(trip.load, allowed)
        if load and not self.world.gone(target.node, attribute):
            stepped = trip.step(target.node, "has a public address", attribute) if attribute else trip
            return replace(stepped, load=load)
        return trip.blocked(target.node, "has no public address", attribute or "public_address")

    def _from_premises(self, trip: Trip, zone: Zone, target: Point) -> Iterator[Trip]:
        """Over a line: to the network whose gateway it ends at, or into a transit gateway's table. A network
        announces all of itself, so that what has no route back is reached all the same, one way."""
        world = self.world
        found = False
        for line in self.lines(zone):
            for end in [
                *world.many("attached_to", line, "gateway"),
                *world.many("routes_to", line, "gateway"),
                line,
            ]:
                role = world.role(end)
                arrived = trip.step(line, "the line leads in", "attached_to")
                if role == "transit":
                    found = True
                    yield from route(self.walker, arrived, Way(target, None), end, line)
                elif role == "vpn" and target.network.index in world.graph.targets("in_network", end):
                    found = True
                    yield self.walker.enter(arrived, target.subnet)
        if not found:
            yield trip.blocked(target.network.index, "no line leads to its network", "")

    def lines(self, zone: Zone) -> list[int]:
        """The lines to other premises that a zone stands behind: one of them, or all of the scan."""
        world = self.world
        if zone.gateway is not None:
            behind = world.into("forwards_to", zone.gateway, "gateway")
            return behind or [zone.gateway]
        return [
            each
            for each in world.graph.nodes("gateway")
            if world.role(each) == "direct"
            or (world.role(each) == "vpn" and world.graph.targets("attached_to", each))
        ]

    # back

    def _back(self, trip: Trip, source: Point | Zone, target: Point | Zone, *, one_way: bool) -> Trip:
        """The trip, if answers find back; what of it they do not is cut off."""
        if isinstance(target, Zone):
            return self._back_to_nats(self._door_back(trip, source), source)
        near: Point | Zone = trip.nats[-1][0] if trip.nats else source
        back = self._answer(trip, answers(trip.load), target, near)
        load = _answered(trip.load, back)
        if not load:
            if one_way and self.hope:
                return trip.perhaps(ONE_WAY)
            best = min(back, key=lambda each: len(each.blocks), default=None)
            stopped = best.blocks if best is not None and best.blocks else ()
            return replace(
                trip, blocks=(*trip.blocks, *(each._replace(note=f"answer: {each.note}") for each in stopped))
            )
        useful = [each for each in back if not each.blocks and each.load]
        trip = replace(trip, load=load, reasons=(*trip.reasons, *useful[0].reasons))
        steps = [each._replace(note=f"answer: {each.note}") for each in useful[0].steps]
        trip = replace(trip, steps=(*trip.steps, *steps))
        return self._back_to_nats(trip, source)

    def _answer(self, trip: Trip, load: Load, sender: Point, near: Point | Zone) -> list[Trip]:
        way = Way(near, sender, reply=True, allowed=trip.inspected)
        found = list(self.walker.carry(Trip(load), sender.subnet, way))
        seen = set(trip.inspected)
        return [
            each
            if seen <= set(each.inspected)
            else each.blocked(trip.inspected[0][0], "does not see the answers", "role")
            for each in found
        ]

    def _back_to_nats(self, trip: Trip, source: Point | Zone) -> Trip:
        """From each NAT gateway on the way to the one before it, and to the client at last."""
        near: Point | Zone = source
        for nat, before in trip.nats:
            if not isinstance(near, Point):
                break
            load_back = tuple(Box(each.destination, each.source, _reply_held(each.held)) for each in before)
            way = Way(near, nat, reply=True, allowed=trip.inspected)
            ways = list(self.walker.carry(Trip(load_back), nat.subnet, way))
            good = [each for each in ways if not each.blocks and each.load]
            if not good:
                best = min(ways, key=lambda each: len(each.blocks), default=None)
                steps = best.blocks if best is not None else ()
                return replace(trip, blocks=(*trip.blocks, *(s._replace(note=f"answer: {s.note}") for s in steps)))
            trip = replace(trip, reasons=(*trip.reasons, *good[0].reasons))
            near = nat
        return trip

    def _door_back(self, trip: Trip, source: Point | Zone) -> Trip:
        """What comes back from outside to the last that sent it, past the list of its subnet."""
        last = trip.nats[-1][0] if trip.nats else source
        if not isinstance(last, Point) or last.subnet.edge or not trip.load or trip.blocks:
            return trip
        back = self.walker.enter(Trip(answers(trip.load)), last.subnet)
        if back.blocks:
            stopped = (each._replace(note=f"answer: {each.note}") for each in back.blocks)
            return replace(trip, blocks=(*trip.blocks, *stopped))
        return replace(trip, load=_answered(trip.load, [back]), reasons=(*trip.reasons, *back.reasons))


def _families(source: Ranges, target: Ranges, held: Ranges) -> Load:
    """A load of packets whose two addresses are of one family."""
    return tuple(box for family in (ALL_FOUR, ALL_SIX) for box in load_of(source & family, target & family, held))


def _reply_held(held: Ranges) -> Ranges:
    return union(box.held for box in answers((Box(ALL_FOUR, ALL_FOUR, held),)))


def _answered(load: Load, back: Iterable[Trip]) -> Load:
    """The part of a load whose answers find back: by protocol, and by the client's addresses."""
    found = []
    for trip in back:
        if trip.blocks:
            continue
        for reply in trip.load:
            protocols = union(connections(number) for number, _ in by_protocol(reply.held))
            for box in load:
                client, held = box.source & reply.destination, box.held & protocols
                if client and held and box.destination & reply.source:
                    found.append(Box(client, box.destination & reply.source, held))
    return tuple(dict.fromkeys(found))
