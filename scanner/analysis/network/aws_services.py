"""What AWS serves under a name of its own: distributions, APIs, URLs of functions, control planes, stores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.analysis.network.atoms import ALL_FOUR, INTERNET, NOTHING, TCP, Ranges, cidr, connections
from scanner.analysis.network.aws_filters import Peer, answers, covers_internet, load_of, through_groups
from scanner.analysis.network.aws_outcome import Outcome, outcome
from scanner.analysis.network.aws_points import Point, Points
from scanner.analysis.network.aws_session import Sessions
from scanner.analysis.network.aws_walk import Trip
from scanner.analysis.network.aws_world import World, Zone, parsed
from scanner.analysis.network.verdict import Step
from scanner.model.value import Unknown, Value

NET = Zone("internet", INTERNET)
LATTICE = cidr("169.254.171.0/24")
_LATTICE_SERVICE = ("aws_vpclattice_service", "AWS::VpcLattice::Service")
APP_RUNNER = ("aws_apprunner_service", "AWS::AppRunner::Service")
_WEB = connections("tcp", 80) | connections("tcp", 443)
# The service whose API each kind is reached by (the last part of an endpoint's service name).
_SERVICES = {
    "object_store": "s3", "table": "dynamodb", "queue": "sqs", "topic": "sns", "key": "kms",
    "secret": "secretsmanager", "parameter": "ssm", "registry": "ecr.dkr", "log_group": "logs",
}  # fmt: skip


class Services:
    """Ways to what is called by a name that AWS serves, in one mood."""

    def __init__(self, world: World, points: Points, sessions: Sessions, *, hope: bool) -> None:
        self.world, self.points, self.sessions, self.hope = world, points, sessions, hope

    def ways(self, source: Point | Zone, index: int, held: Ranges) -> Iterator[Outcome]:
        graph = self.world.graph
        kind = graph.kind(index).name
        if kind == "api" and graph.peek(index, "type") in _LATTICE_SERVICE:
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
        elif kind == "container_service" and graph.peek(index, "type") in APP_RUNNER:
            yield from self._published(source, index, held, _negated(graph.peek(index, "public_address")))
        elif kind in _SERVICES:
            yield from self._api_service(source, index, held, _SERVICES[kind])

    def _private(self, index: int, kind: str) -> Value:
        return False if kind == "distribution" else self.world.graph.peek(index, "private")

    def _published(self, source: Point | Zone, index: int, held: Ranges, private: Value) -> Iterator[Outcome]:
        kind = self.world.graph.kind(index).name
        web = held & (_WEB if kind == "distribution" else connections("tcp", 443))
        if not web:
            yield Outcome(NOTHING, blocks=(Step(index, "does not listen on that", "port"),))
        elif isinstance(private, Unknown):
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
                    for trip in self.sessions.between(source, door, held & TCP):
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
        """A service of VPC Lattice: from networks that its service networks are associated with, past the groups
        of the association (VPC Lattice User Guide, "Control traffic with security groups")."""
        world = self.world
        for network in world.many("attached_to", index, "gateway"):
            for each in world.into("attached_to", network, "attachment"):
                if isinstance(source, Point) and source.network.index in world.graph.targets("in_network", each):
                    trip = Trip(load_of(source.addresses & ALL_FOUR, LATTICE, held & TCP), (), (), (), kept=True)
                    trip = trip.step(each, "associates the network with the service", "attached_to")
                    groups = tuple(world.group(one) for one in world.many("uses", each, "security_group"))
                    if groups:
                        passed = through_groups(
                            world, groups, None, "in", trip.load, source.peer(), hope=self.hope
                        )
                        trip = trip.through(passed)
                    return outcome(trip)
        return Outcome(
            held, blocks=(Step(index, "no network of the client's is associated with it", "attached_to"),)
        )

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


def _negated(value: Value) -> Value:
    return value if isinstance(value, Unknown) else not value
