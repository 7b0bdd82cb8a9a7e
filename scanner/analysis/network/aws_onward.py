"""From a relay to its target: the second session, by the manner of the relay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from scanner.analysis.network.atoms import ALL_FOUR, INTERNET, NOTHING, TCP, Ranges
from scanner.analysis.network.aws_filters import Peer, answers, load_of, through_groups
from scanner.analysis.network.aws_outcome import Outcome, outcome
from scanner.analysis.network.aws_points import Point, Points
from scanner.analysis.network.aws_relays import Forward, Relays
from scanner.analysis.network.aws_services import LATTICE, NET
from scanner.analysis.network.aws_session import Sessions
from scanner.analysis.network.aws_walk import Trip
from scanner.analysis.network.aws_world import World, Zone
from scanner.analysis.network.verdict import Step

Doors = Callable[[int], tuple[Point, ...]]


class Onward:
    """Sessions that relays open, in one mood. `doors` finds the interfaces of a node that take connections."""

    def __init__(
        self, world: World, points: Points, relays: Relays, sessions: Sessions, doors: Doors, *, hope: bool
    ) -> None:
        self.world, self.points, self.relays, self.sessions = world, points, relays, sessions
        self.doors, self.hope = doors, hope

    def ways(
        self, source: Point | Zone, forward: Forward, index: int, held: Ranges, first: Outcome
    ) -> list[Outcome]:
        manner = forward.manner
        if manner == "accelerator":
            return list(self._accelerated(source, forward, index, held))
        if manner == "origin":
            return list(self._from_origin(forward, index, held))
        if manner == "distribution":
            return list(self._from_distribution(forward, index, held))
        if manner in ("api", "link"):
            return list(self._from_api(forward, index, held))
        if manner == "lattice":
            return list(self._from_lattice(forward, index, held))
        if manner == "privatelink":
            return list(self._from_privatelink(source, forward, index, held))
        return list(self._balanced(source, forward, index, held, first))

    def _balanced(
        self, source: Point | Zone, forward: Forward, index: int, held: Ranges, first: Outcome
    ) -> Iterator[Outcome]:
        """From a balancer's interfaces to its targets'."""
        if self.world.graph.kind(index).name == "function":
            yield Outcome(held & TCP, (Step(forward.group, "invokes the function", "forwards_to"),))
            return
        nears = self.points.of(forward.relay)
        subnets = [near.subnet for near in nears]
        for near in (first.door,) if first.door is not None else nears:
            for far in self.doors(index):
                why = self.relays.enabled(forward, near.subnet, far.subnet, subnets)
                if why:
                    yield Outcome(held, blocks=(Step(forward.relay, why, "in_subnet"),))
                    continue
                if forward.manner == "preserving" and not self._hidden(source, first, far):
                    yield self.preserved(source, near, far, held)
                else:
                    for trip in self.sessions.between(replace(near, public=False), far, held):
                        yield outcome(self._listed(forward, near, far, trip))

    def _listed(self, forward: Forward, near: Point, far: Point, trip: Trip) -> Trip:
        """Classic balancers are held to access lists inside their own subnet too (ELB_ACL_RESTRICTION)."""
        classic = self.world.graph.peek(forward.relay, "flavour") == "classic"
        return self.sessions.walker.leave(trip, near.subnet) if classic and near.subnet is far.subnet else trip

    def _hidden(self, source: Point | Zone, first: Outcome, far: Point) -> bool:
        """Whether targets see the balancer all the same: through PrivateLink, and IPv6 clients of IPv4 targets."""
        kinds = [self.world.graph.kind(each).name for each in first.via]
        return "endpoint" in kinds or far.addresses & ALL_FOUR is NOTHING or not source.addresses & ALL_FOUR

    def preserved(self, source: Point | Zone, near: Point, far: Point, held: Ranges) -> Outcome:
        """As the target sees it, the client itself comes; answers go back by way of the balancer, whatever the
        routes say."""
        walker = self.sessions.walker
        clients = source.addresses & ALL_FOUR
        trip = Trip(load_of(clients, far.addresses & ALL_FOUR, held & far.held))
        if not trip.load:
            return Outcome(NOTHING, blocks=(Step(far.node, "does not listen on that", "port"),))
        trip = walker.cross(trip, near.subnet, far.subnet)
        if far.groups is not None:
            peer = Peer(near.groups or (), near.why)
            trip = trip.through(
                through_groups(self.world, far.groups, far.why, "in", trip.load, peer, hope=self.hope)
            )
        back = walker.cross(Trip(answers(trip.load)), far.subnet, near.subnet)
        return replace(outcome(trip), blocks=(*trip.blocks, *back.blocks), reasons=(*trip.reasons, *back.reasons))

    def _accelerated(self, source: Point | Zone, forward: Forward, index: int, held: Ranges) -> Iterator[Outcome]:
        """From an accelerator: its interfaces stand in the target's network, which must have an internet gateway;
        with the client's address kept, inbound access lists are not asked (Global Accelerator Developer Guide,
        "Preserve client IP addresses")."""
        kept = self._keeps_client(forward, index)
        for far in self.doors(index):
            if not kept:
                for trip in self.sessions.between(NET, far, held):
                    yield outcome(trip)
                continue
            trip = Trip(load_of(source.addresses & ALL_FOUR, far.addresses & ALL_FOUR, held & far.held))
            if not trip.load:
                continue
            if not far.network.default and not self.world.internet_gateways(far.network):
                trip = trip.blocked(far.network.index, "has no internet gateway", "")
            if far.groups is not None:
                trip = trip.through(
                    through_groups(
                        self.world, far.groups, far.why, "in", trip.load, Peer(kept=False), hope=self.hope
                    )
                )
            yield outcome(trip)

    def _keeps_client(self, forward: Forward, index: int) -> bool:
        """On for application balancers and machines unless switched off; off for network balancers."""
        wiring = self.world.wiring(forward.group) if forward.group is not None else {}
        for each in wiring.get("accelerated") or ():
            asked = each["preserves"]
            meant = self.world.graph.meant(forward.group, each["target"]) if forward.group is not None else ()
            if index in meant and isinstance(asked, bool):
                return asked
        graph = self.world.graph
        return not (graph.kind(index).name == "load_balancer" and graph.peek(index, "flavour") == "network")

    def _from_distribution(self, forward: Forward, index: int, held: Ranges) -> Iterator[Outcome]:
        kind = self.world.graph.kind(index).name
        if kind in ("load_balancer", "instance"):
            zone = Zone("internet", INTERNET, cloudfront=True)
            for far in self.doors(index):
                for trip in self.sessions.between(zone, far, held):
                    yield outcome(trip)
        else:
            yield Outcome(held, (Step(forward.relay, "asks its origin", "forwards_to"),))

    def _from_origin(self, forward: Forward, index: int, held: Ranges) -> Iterator[Outcome]:
        """From CloudFront's interfaces inside the network of a VPC origin."""
        for far in self.doors(index):
            near = Point(forward.relay, far.subnet, far.subnet.addresses, (), cloudfront=True)
            for trip in self.sessions.between(replace(near, groups=None), far, held):
                yield outcome(trip)

    def _from_api(self, forward: Forward, index: int, held: Ranges) -> Iterator[Outcome]:
        """From an API: by its link's interfaces, by a link to a network balancer, over the internet, by a call."""
        graph = self.world.graph
        kind = graph.kind(index).name
        if kind in ("endpoint", "function"):
            sent = held & TCP if kind == "function" else held
            yield Outcome(sent, (Step(forward.relay, "sends on", "forwards_to"),))
            return
        if kind == "listener":
            return
        nears = self.points.of(forward.relay)
        for far in self.doors(index):
            if forward.manner == "api":
                trips = self.sessions.between(NET, far, held)
            elif nears:
                trips = [trip for near in nears for trip in self.sessions.between(near, far, held)]
            else:
                yield self._admitted(forward, index, far, held, Peer(kept=False), far.subnet.addresses)
                continue
            for trip in trips:
                yield outcome(trip)

    def _from_privatelink(
        self, source: Point | Zone, forward: Forward, index: int, held: Ranges
    ) -> Iterator[Outcome]:
        """From an endpoint to its service, and from the service to its network balancer: the balancer's groups are
        asked about the client unless that is switched off."""
        if self.world.graph.kind(index).name == "endpoint":
            apart = self._in_other_zones(forward.relay, index)
            blocks = (Step(forward.relay, "the service is in none of its zones", "in_subnet"),) if apart else ()
            yield Outcome(held, (Step(forward.relay, "is an endpoint of the service", "forwards_to"),), blocks)
            return
        for far in self.doors(index):
            yield self._admitted(forward, index, far, held, Peer(kept=False), source.addresses)

    def _in_other_zones(self, endpoint: int, service: int) -> bool:
        """Whether none of an endpoint's zones is one that its service's balancers are enabled in."""
        balancers = self.world.graph.targets("forwards_to", service)
        doors = [self.world.subnet(each).zone for each in self.world.many("in_subnet", endpoint, "subnet")]
        there = [
            self.world.subnet(one).zone
            for each in balancers
            for one in self.world.many("in_subnet", each, "subnet")
        ]
        told = all(isinstance(each, str) for each in (*doors, *there))
        return told and bool(doors) and bool(there) and not set(doors) & set(there)

    def _admitted(
        self, forward: Forward, index: int, far: Point, held: Ranges, peer: Peer, clients: Ranges
    ) -> Outcome:
        guards = self.world.wiring(index).get("guards_endpoints", True)
        trip = Trip(load_of(clients & ALL_FOUR, far.addresses & ALL_FOUR, held & far.held))
        if not trip.load:
            return Outcome(NOTHING, blocks=(Step(index, "does not listen on that", "port"),))
        if far.groups is not None and guards is not False:
            trip = trip.through(
                through_groups(self.world, far.groups, far.why, "in", trip.load, peer, hope=self.hope)
            )
        return outcome(trip.step(forward.relay, "sends on to the balancer", "forwards_to"))

    def _from_lattice(self, forward: Forward, index: int, held: Ranges) -> Iterator[Outcome]:
        """From VPC Lattice to its targets, which see link-local addresses."""
        for far in self.doors(index):
            trip = Trip(load_of(LATTICE, far.addresses & ALL_FOUR, held & far.held))
            if trip.load and far.groups is not None:
                peer = Peer(kept=False, service="vpc-lattice")
                trip = trip.through(
                    through_groups(self.world, far.groups, far.why, "in", trip.load, peer, hope=self.hope)
                )
            yield outcome(trip)
