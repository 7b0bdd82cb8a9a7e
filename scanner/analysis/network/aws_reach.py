"""Who reaches a node on AWS, directly or through relays, in one mood (see `aws_filters`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from scanner.analysis.network.atoms import NOTHING, Ranges, union
from scanner.analysis.network.aws_filters import covers_internet, destinations_of, held_of, load_of, sources_of
from scanner.analysis.network.aws_onward import Onward
from scanner.analysis.network.aws_outcome import Outcome, outcome
from scanner.analysis.network.aws_points import Point, Points
from scanner.analysis.network.aws_relays import Forward, Relays
from scanner.analysis.network.aws_routes import Routes
from scanner.analysis.network.aws_services import APP_RUNNER, NET, Services
from scanner.analysis.network.aws_session import Sessions
from scanner.analysis.network.aws_walk import Trip
from scanner.analysis.network.aws_world import World, Zone, parsed
from scanner.analysis.network.verdict import Step
from scanner.model.value import Unknown, Value

_DEEPEST = 6


class Reacher:
    """Asks sessions and relays; one question at a time."""

    def __init__(self, world: World, points: Points, routes: Routes, relays: Relays, *, hope: bool) -> None:
        self.world, self.points, self.relays, self.hope = world, points, relays, hope
        self.sessions = Sessions(world, points, routes, hope=hope)
        self.services = Services(world, points, self.sessions, hope=hope)
        self.onward = Onward(world, points, relays, self.sessions, self.doors, hope=hope)
        self.one_way = False

    def to(
        self, sources: Sequence[Point | Zone], index: int, held: Ranges, seen: tuple[int, ...] = ()
    ) -> list[Outcome]:
        """Every way from some ends to a node, over connections at the node's own ports."""
        found = self.direct(sources, index, held)
        if len(seen) < _DEEPEST and index not in seen:
            for forward in self.relays.into(index):
                found += self._through(sources, forward, index, held, (*seen, index))
        return found

    def direct(self, sources: Sequence[Point | Zone], index: int, held: Ranges) -> list[Outcome]:
        """Without a relay: to the node's interfaces, or to the name by which a service of AWS is called."""
        found = [each for source in sources for each in self.services.ways(source, index, held)]
        for target in self.doors(index):
            for source in sources:
                trips = self.between(source, target, held)
                found += [replace(outcome(trip), door=target) for trip in trips]
        return found

    def doors(self, index: int) -> tuple[Point, ...]:
        """The interfaces of a node that take connections."""
        graph = self.world.graph
        kind = graph.kind(index).name
        if kind == "function":
            return ()  # its interfaces only send (Lambda Developer Guide, "Giving Lambda functions access to ...")
        if kind == "container_service" and graph.peek(index, "type") in APP_RUNNER:
            return ()  # a connector is for what it sends (App Runner Developer Guide, "Enabling VPC access")
        if kind == "cluster" and self.world.wiring(index).get("private") is False:
            return ()
        if kind == "database" and graph.peek(index, "part_of") is None:
            members = [point for each in self.points.members(index) for point in self.points.of(each)]
            return (*self.points.of(index), *members)
        return self.points.of(index)

    def between(self, source: Point | Zone, target: Point | Zone, held: Ranges) -> list[Trip]:
        """Sessions of two ends, and where both are public, over the internet."""
        if isinstance(source, Zone) and isinstance(target, Zone):
            return [self._outside(source, target, held)]
        trips = self.sessions.between(source, target, held, one_way=self.one_way)
        if any(each.load and not each.blocks for each in trips):
            return trips
        if (
            isinstance(source, Point)
            and isinstance(target, Point)
            and not (_never(target.public) and _never(target.six))
        ):
            trips += self._over_internet(source, target, held)
        return trips

    def _outside(self, source: Zone, target: Zone, held: Ranges) -> Trip:
        """Between two ends outside of every network: what AWS runs reaches the internet, premises nothing here."""
        trip = Trip(load_of(source.addresses, target.addresses, held))
        if source.name == target.name == "internet" and trip.load:
            return trip.step(None, "stands outside of every network of yours", "", "internet")
        return trip.blocked(None, "neither end stands in a network of this scan", "", target.name)

    def _over_internet(self, source: Point, target: Point, held: Ranges) -> list[Trip]:
        """From a point out to the internet and in again; whoever sends has some address of it."""
        out = [
            each
            for each in self.sessions.between(source, NET, held & target.held)
            if not each.blocks and each.load
        ]
        known = _written(self.world, target.node)
        meant = union([box.destination for trip in out for box in trip.load] or [NOTHING])
        if not (known & meant if known else covers_internet(meant)):
            return []
        trip = next((each for each in out if not known or known & destinations_of(each.load)), out[0])
        held = union(held_of(each.load) for each in out)
        return [
            each
            for back in self.sessions.between(NET, target, held)
            if not (each := self._met(source, trip, back)).blocks
        ]

    def _met(self, source: Point, trip: Trip, back: Trip) -> Trip:
        """Out to the internet, and in again with whatever public address the sender has."""
        sender = trip.nats[-1][0] if trip.nats else source
        known, near = _written(self.world, sender.node), sources_of(back.load)
        joined = replace(back, steps=(*trip.steps, *back.steps), reasons=(*trip.reasons, *back.reasons))
        if known & near if known else covers_internet(near):
            return joined
        return joined.blocked(None, "admits certain addresses of the internet only", "uses")

    # relays

    def _through(
        self, sources: Sequence[Point | Zone], forward: Forward, index: int, held: Ranges, seen: tuple[int, ...]
    ) -> Iterator[Outcome]:
        """Through one relay: to it, and from it to the node."""
        wanted = held & forward.held
        if not wanted or forward.relay in seen:
            return
        for source in sources:
            for first in self.to((source,), forward.relay, forward.taken, seen):
                for second in self.onward.ways(source, forward, index, wanted, first):
                    yield _joined(first, forward, second)


def _joined(first: Outcome, forward: Forward, second: Outcome) -> Outcome:
    """Two sessions end to end, the relay between them."""
    hops = [
        Step(node, note, attribute)
        for node, note, attribute in (
            (forward.listener, "the listener takes it", "port"),
            (forward.group, "the target group sends it on", "forwards_to"),
        )
        if node is not None
    ] or [Step(forward.relay, "sends it on", "forwards_to")]
    return Outcome(
        second.held if first.held else NOTHING,
        (*first.steps, *hops, *second.steps),
        (*first.blocks, *second.blocks),
        (*first.reasons, *second.reasons),
        (*first.via, forward.relay, *second.via),
        first.sources,
        second.door,
    )


def _never(value: Value) -> bool:
    return not isinstance(value, Unknown) and not value


def _written(world: World, node: int | None) -> Ranges:
    """The public addresses of a node, where they are written."""
    listed = world.wiring(node).get("public_is") if node is not None else None
    held, _ = parsed([each for each in listed or () if not isinstance(each, Unknown)])
    return held
