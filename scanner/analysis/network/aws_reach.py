"""Who reaches a node on AWS, directly or through relays, in one mood (see `aws_filters`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scanner.analysis.network.atoms import (
    ALL_FOUR,
    ANYTHING,
    INTERNET,
    NOTHING,
    SIX,
    TCP,
    Ranges,
    cidr,
    connections,
    union,
)
from scanner.analysis.network.aws_filters import Peer, answers, covers_internet, held_of, load_of, sources_of
from scanner.analysis.network.aws_filters import through_groups
from scanner.analysis.network.aws_points import Point, Points
from scanner.analysis.network.aws_relays import Forward, Relays
from scanner.analysis.network.aws_routes import Routes
from scanner.analysis.network.aws_session import Sessions
from scanner.analysis.network.aws_walk import Trip
from scanner.analysis.network.aws_world import World, Zone, parsed
from scanner.analysis.network.verdict import Step
from scanner.model.value import Unknown, Value

NET = Zone("internet", INTERNET)
_DEEPEST = 6
_LATTICE = cidr("169.254.171.0/24")
_SERVICES = {
    "object_store": "s3", "table": "dynamodb", "queue": "sqs", "topic": "sns", "key": "kms",
    "secret": "secretsmanager", "parameter": "ssm", "registry": "ecr.dkr", "log_group": "logs",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way to a node: what arrives over it, through which relays, and what permits or stops it."""

    held: Ranges
    steps: tuple[Step, ...] = ()
    blocks: tuple[Step, ...] = ()
    reasons: tuple[str, ...] = ()
    via: tuple[int, ...] = ()
    sources: Ranges = NOTHING
    door: Point | None = None

    @property
    def arrives(self) -> bool:
        return bool(self.held) and not self.blocks


class Reacher:
    """Asks sessions and relays; one question at a time."""

    def __init__(self, world: World, points: Points, routes: Routes, relays: Relays, *, hope: bool) -> None:
        self.world, self.points, self.relays, self.hope = world, points, relays, hope
        self.sessions = Sessions(world, points, routes, hope=hope)
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
        found = [each for source in sources for each in self._served(source, index, held)]
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
            return ()  # its interfaces only send (Lambda Developer Guide, "Giving Lambda functions access to a VPC")
        if kind == "cluster" and self.world.wiring(index).get("private") is False:
            return ()
        if kind == "database" and graph.peek(index, "part_of") is None:
            members = [point for each in self.points.members(index) for point in self.points.of(each)]
            return (*self.points.of(index), *members)
        return self.points.of(index)

    def between(self, source: Point | Zone, target: Point | Zone, held: Ranges) -> list[Trip]:
        """Sessions of two ends, and where both are public, over the internet."""
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

    def _over_internet(self, source: Point, target: Point, held: Ranges) -> list[Trip]:
        """From a point out to the internet and in again; whoever sends has some address of it."""
        out = [
            each
            for each in self.sessions.between(source, NET, held & target.held)
            if not each.blocks and each.load
        ]
        found = []
        for trip in out[:1]:
            for back in self.sessions.between(NET, target, held_of(trip.load)):
                known = _public_of(self.world, source, trip)
                near = sources_of(back.load)
                good = (bool(known & near) if known else covers_internet(near)) and not back.blocks
                joined = replace(back, steps=(*trip.steps, *back.steps), reasons=(*trip.reasons, *back.reasons))
                found.append(joined if good else joined.blocked(
                    target.node, "admits certain addresses of the internet only", "uses"))  # fmt: skip
        return [each for each in found if not each.blocks]

    # services that are called by name

    def _served(self, source: Point | Zone, index: int, held: Ranges) -> Iterator[Outcome]:
        graph = self.world.graph
        kind = graph.kind(index).name
        if kind == "api" and graph.peek(index, "type") == "aws_vpclattice_service":
            yield self._lattice(source, index, held)
        elif kind in ("distribution", "api"):
            yield from self._published(source, index, held, self._private(index, kind))
        elif kind == "load_balancer" and graph.peek(index, "flavour") == "accelerator":
            yield from self._public(source, index, held & self.points.held(index), "is an accelerator")
        elif kind == "function":
            yield from self._function(source, index, held)
        elif kind == "cluster":
            yield from self._control_plane(source, index, held)
        elif kind == "database" and not self.points.of(index) and graph.peek(index, "public_access") is True:
            yield from self._public(source, index, held & self.points.held(index), "stands in no network of yours")
        elif kind == "container_service" and graph.peek(index, "type") == "aws_apprunner_service":
            yield from self._published(source, index, held, _negated(graph.peek(index, "public_address")))
        elif kind in _SERVICES:
            yield from self._api_service(source, index, held, _SERVICES[kind])

    def _private(self, index: int, kind: str) -> Value:
        return False if kind == "distribution" else self.world.graph.peek(index, "private")

    def _published(self, source: Point | Zone, index: int, held: Ranges, private: Value) -> Iterator[Outcome]:
        web = held & TCP
        if isinstance(private, Unknown):
            if self.hope:
                yield from self._public(source, index, web, "may be public", private.reason)
            else:
                yield Outcome(
                    web, blocks=(Step(index, f"whether it is public is not known: {private.reason}", "private"),)
                )
        elif private:
            yield from self._by_endpoint(source, index, web, "execute-api")
        else:
            yield from self._public(source, index, web, "is public")

    def _public(
        self, source: Point | Zone, index: int, held: Ranges, note: str, reason: str = ""
    ) -> Iterator[Outcome]:
        """Of something with a public address of AWS: whoever can send to the internet reaches it."""
        reasons = (reason,) if reason else ()
        step = Step(index, note)
        if not held:
            yield Outcome(NOTHING, blocks=(Step(index, "does not listen on that", "port"),))
        elif isinstance(source, Zone):
            blocks = () if source.name == "internet" else (Step(index, "is reached over the internet"),)
            yield Outcome(held, (step,), blocks, reasons, (), source.addresses)
        else:
            for trip in self.sessions.between(source, NET, held):
                yield replace(outcome(trip), steps=(*trip.steps, step), reasons=(*trip.reasons, *reasons))

    def _by_endpoint(self, source: Point | Zone, index: int, held: Ranges, service: str) -> Iterator[Outcome]:
        """Through an interface endpoint for a service in the source's network."""
        found = False
        if isinstance(source, Point):
            for endpoint in self._endpoints(source, service):
                for door in self.points.of(endpoint):
                    found = True
                    for trip in self.between(source, door, held & TCP):
                        yield replace(outcome(trip), via=(endpoint,))
        if not found:
            yield Outcome(held, blocks=(Step(index, f"has no endpoint for {service} in the network", "private"),))

    def _endpoints(self, source: Point, service: str) -> Iterator[int]:
        graph = self.world.graph
        for each in graph.nodes("endpoint"):
            told = graph.peek(each, "service")
            named = isinstance(told, str) and told.endswith(f".{service}")
            if named and self.world.wiring(each).get("type") == "Interface":
                subnets = [self.world.subnet(one) for one in self.world.many("in_subnet", each, "subnet")]
                if any(one.network is source.network for one in subnets):
                    yield each

    def _lattice(self, source: Point | Zone, index: int, held: Ranges) -> Outcome:
        """A service of VPC Lattice: from networks that its service networks are associated with, past the groups of
        the association (VPC Lattice User Guide, "Control traffic with security groups")."""
        world = self.world
        for network in world.many("attached_to", index, "gateway"):
            for each in world.into("attached_to", network, "attachment"):
                if isinstance(source, Point) and source.network.index in world.graph.targets("in_network", each):
                    trip = Trip(load_of(source.addresses & ALL_FOUR, _LATTICE, held & TCP), (), (), (), kept=True)
                    trip = trip.step(each, "associates the network with the service", "attached_to")
                    groups = tuple(world.group(one) for one in world.many("uses", each, "security_group"))
                    if groups:
                        passed = through_groups(world, groups, None, "in", trip.load, source.peer(), hope=self.hope)
                        trip = trip.through(passed)
                    return outcome(trip)
        return Outcome(held, blocks=(Step(index, "no network of the client's is associated with it", "attached_to"),))

    def _from_lattice(self, forward: Forward, index: int, held: Ranges) -> Iterator[Outcome]:
        """From VPC Lattice to its targets, which see link-local addresses."""
        for far in self.doors(index):
            trip = Trip(load_of(_LATTICE, far.addresses & ALL_FOUR, held & far.held))
            if trip.load and far.groups is not None:
                peer = Peer(kept=False, service="vpc-lattice")
                trip = trip.through(
                    through_groups(self.world, far.groups, far.why, "in", trip.load, peer, hope=self.hope)
                )
            yield outcome(trip)

    def _function(self, source: Point | Zone, index: int, held: Ranges) -> Iterator[Outcome]:
        url = self.world.wiring(index).get("url")
        if isinstance(url, Unknown):
            if self.hope:
                yield from self._public(
                    source, index, held & connections("tcp", 443), "may have a URL", url.reason
                )
        elif url == "NONE":
            yield from self._public(source, index, held & connections("tcp", 443), "has a URL that asks no one")
        elif url is not None:
            yield Outcome(NOTHING, blocks=(Step(index, "its URL takes signed requests only", "wiring"),))
        else:
            yield Outcome(
                NOTHING, blocks=(Step(index, "takes no connections of its own: it has no URL", "wiring"),)
            )

    def _control_plane(self, source: Point | Zone, index: int, held: Ranges) -> Iterator[Outcome]:
        graph = self.world.graph
        public, web = graph.peek(index, "public_endpoint"), held & connections("tcp", 443)
        if public is None:
            return
        if not web:
            yield Outcome(NOTHING, blocks=(Step(index, "does not listen on that", "public_endpoint"),))
            return
        if isinstance(public, Unknown) and not self.hope:
            yield Outcome(web, blocks=(Step(index, public.reason, "public_endpoint"),))
            return
        if public is False:
            yield Outcome(web, blocks=(Step(index, "its endpoint is private", "public_endpoint"),))
            return
        ranges, why = self.world.listed(index, "public_cidrs")
        admitted, lost = parsed(ranges)
        if (why is not None or lost) and self.hope:
            admitted = INTERNET
        for each in self._public(source, index, web, "its endpoint is public"):
            near = each.sources & admitted if isinstance(source, Zone) else admitted
            good = bool(near) if isinstance(source, Zone) else covers_internet(admitted)
            doubt = (why.reason,) if why is not None else ()
            stop = () if good else (Step(index, "admits other addresses only", "public_cidrs"),)
            step = Step(index, "its public endpoint admits the client", "public_cidrs")
            yield replace(each, blocks=(*each.blocks, *stop), sources=near, reasons=(*each.reasons, *doubt),
                          steps=(*each.steps, step))  # fmt: skip

    def _api_service(self, source: Point | Zone, index: int, held: Ranges, service: str) -> Iterator[Outcome]:
        """A service behind an API of AWS: from a network by an endpoint or the internet; who may call it, IAM
        says."""
        graph, web = self.world.graph, held & TCP
        if isinstance(source, Zone):
            kind = graph.kind(index)
            public = graph.peek(index, "public_access") if kind.has("public_access") else False
            if isinstance(public, Unknown) and self.hope:
                yield Outcome(web, (Step(index, "may be public", "public_access"),), (), (public.reason,))
            elif public is True:
                yield Outcome(web, (Step(index, "anyone may use it", "public_access"),), sources=source.addresses)
            else:
                yield Outcome(web, blocks=(Step(index, "takes requests of identities that it knows only", ""),))
            return
        entry = self.sessions.walker.routes.service(self.sessions.walker.routes.of_subnet(source.subnet), service)
        if entry is not None:
            yield self._by_gateway(source, index, web, service, entry.table)
        yield from self._by_endpoint(source, index, web, service)
        yield from self._public(source, index, web, "is called over the internet")

    def _by_gateway(self, source: Point, index: int, held: Ranges, service: str, table: int | None) -> Outcome:
        walker = self.sessions.walker
        trip = Trip(load_of(source.addresses & ALL_FOUR, INTERNET & ALL_FOUR, held))
        if source.groups is not None:
            peer = Peer(kept=False, service=service)
            trip = trip.through(
                through_groups(self.world, source.groups, source.why, "out", trip.load, peer, hope=self.hope)
            )
        trip = walker.leave(trip, source.subnet).step(
            table, f"routes to the gateway endpoint for {service}", "routes"
        )
        back = walker.enter(Trip(answers(trip.load)), source.subnet)
        return replace(outcome(trip), blocks=(*trip.blocks, *back.blocks))

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
                for second in self._onward(source, forward, index, wanted, first):
                    yield _joined(first, forward, second)

    def _onward(
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
            yield Outcome(held, (Step(forward.group, "invokes the function", "forwards_to"),))
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
                    yield self._preserved(source, near, far, held)
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

    def _preserved(self, source: Point | Zone, near: Point, far: Point, held: Ranges) -> Outcome:
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
            if not far.network.default and not self.sessions.gateways(far.network):
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
        """From an API: by its link's interfaces, by a link to a network balancer, over the internet, or by a call."""
        graph = self.world.graph
        kind = graph.kind(index).name
        if kind in ("endpoint", "function"):
            yield Outcome(held, (Step(forward.relay, "sends on", "forwards_to"),))
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
            yield Outcome(held, (Step(forward.relay, "is an endpoint of the service", "forwards_to"),))
            return
        for far in self.doors(index):
            yield self._admitted(forward, index, far, held, Peer(kept=False), source.addresses)

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


def outcome(trip: Trip) -> Outcome:
    return Outcome(held_of(trip.load), trip.steps, trip.blocks, trip.reasons, (), sources_of(trip.load))


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


def _negated(value: Value) -> Value:
    return value if isinstance(value, Unknown) else not value


def _public_of(world: World, source: Point, trip: Trip) -> Ranges:
    """The public addresses that a trip leaves with, where they are written."""
    sender = trip.nats[-1][0] if trip.nats else source
    listed = world.wiring(sender.node).get("public_is") if sender.node is not None else None
    held, _ = parsed([each for each in listed or () if not isinstance(each, Unknown)])
    return held


__all__ = ["ANYTHING", "NET", "SIX", "Outcome", "Reacher", "union"]
