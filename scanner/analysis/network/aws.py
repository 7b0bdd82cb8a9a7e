"""Reachability on AWS: one pair of ends, answered with its path or with what stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from scanner.analysis.network.atoms import ANYTHING, INTERNET, Ranges, connections
from scanner.analysis.network.aws_outcome import Outcome, outcome
from scanner.analysis.network.aws_points import Point, Points
from scanner.analysis.network.aws_reach import Reacher
from scanner.analysis.network.aws_relays import Relays
from scanner.analysis.network.aws_routes import Routes
from scanner.analysis.network.aws_services import NET
from scanner.analysis.network.aws_world import World, Zone, parsed
from scanner.analysis.network.verdict import Answer, Reach, Step
from scanner.graph.columns import Graph

End = Point | Zone


class Cloud:
    """What is worked out of one graph's AWS networks, kept for the next question."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.world = World(graph)
        self.points = Points(self.world)
        self.routes = Routes(self.world)
        self.relays = Relays(self.world, self.points)
        self.certain = Reacher(self.world, self.points, self.routes, self.relays, hope=False)
        self.hopeful = Reacher(self.world, self.points, self.routes, self.relays, hope=True)

    def reacher_doors(self, index: int) -> tuple[Point, ...]:
        """The interfaces of a node that take connections."""
        return self.certain.doors(index)

    def alike(self, index: int, *, receiving: bool) -> object:
        """What makes two nodes alike to the network: the same interfaces; as a target, no relay of its own."""
        kind = self.graph.kind(index).name
        if receiving and (kind in ("load_balancer", "cluster", "function") or self.relays.into(index)):
            return index
        points = self.points.of(index)
        return (kind, tuple(form(each) for each in points)) if points else index

    # ends

    def senders(self, index: int) -> tuple[End, ...]:
        """The ends that a node sends from: its interfaces; what stands outside of every network, the internet."""
        graph = self.graph
        kind = graph.kind(index).name
        if kind == "gateway":
            return self._gateway(index)
        if kind == "database" and graph.peek(index, "part_of") is None and not self.points.of(index):
            return tuple(point for each in self.points.members(index) for point in self.points.of(each))
        points = self.points.of(index)
        if kind == "endpoint":
            return ()  # it opens no sessions (Reachability Analyzer, VPCE_INTRA_VPC_TRAFFIC)
        if kind == "instance" and points and graph.peek(index, "direct_internet") is True:
            return (*points, NET)  # by an interface of its service's own beside them
        if points:
            return points
        if kind == "subnet":
            return (self._any_host(index),)
        if kind == "network":
            return tuple(self._any_host(each) for each in graph.sources("in_network", index)
                         if graph.kind(each).name == "subnet")  # fmt: skip
        if kind == "security_group":
            return tuple(point for each in graph.sources("uses", index) for point in self.points.of(each))
        if kind in ("function", "distribution", "api"):
            return (NET,)
        return ()

    def _gateway(self, index: int) -> tuple[End, ...]:
        role = self.world.role(index)
        if role in ("customer", "vpn", "direct"):
            return (Zone("on-premises", self._behind(index), index),)
        if role == "internet":
            return (NET,)
        if role == "client-vpn":
            return self._vpn_clients(index)
        if role == "nat":
            nat = self.certain.sessions.walker.nat_point(index)
            return (nat,) if nat is not None else ()
        return ()

    def _vpn_clients(self, index: int) -> tuple[End, ...]:
        """Clients of a VPN endpoint come from its interfaces, as far as it is authorized (Client VPN Administrator
        Guide, "How Client VPN works")."""
        world = self.world
        groups = tuple(world.group(each) for each in world.many("uses", index, "security_group"))
        granted, _ = parsed([each for each in world.wiring(index).get("grants") or () if isinstance(each, str)])
        found = []
        for each in world.many("in_subnet", index, "subnet"):
            subnet = world.subnet(each)
            worn = groups or (world.default_group(subnet.network),)
            found.append(Point(index, subnet, subnet.four, worn, public=True, limited_to=granted))
        return tuple(found)

    def _behind(self, index: int) -> Ranges:
        return self.world.on_premises()

    def _any_host(self, index: int) -> Point:
        """Some host of a subnet, with a public address where that helps it, and filtered by nothing of its own."""
        subnet = self.world.subnet(index)
        return Point(index, subnet, subnet.addresses, None, public=True, six=bool(subnet.six), name="any host")

    def hosts(self, addresses: Ranges) -> tuple[End, ...]:
        """The ends that addresses mean: hosts of subnets, the internet, other premises."""
        found: list[End] = []
        rest = addresses
        for index in self.graph.nodes("subnet"):
            subnet = self.world.subnet(index)
            part = addresses & subnet.addresses
            if part:
                found.append(
                    Point(None, subnet, part, None, public=True, six=bool(part & subnet.six), name="host")
                )
                rest -= part
        for index in self.graph.nodes("network"):
            rest -= self.world.network(index).four
        if rest & INTERNET:
            found.append(Zone("internet", rest & INTERNET))
        if rest - INTERNET:
            found.append(Zone("on-premises", rest - INTERNET))
        return tuple(found)

    # answers

    def reach(
        self,
        sources: Sequence[End],
        target: int | Sequence[End],
        held: Ranges = ANYTHING,
        *,
        one_way: bool = False,
    ) -> Answer:
        """The answer for some ends and a node, or other ends; `held` are connections at the target's own ports."""
        return self.decide(lambda reacher: self._ask(reacher, sources, target, held), one_way=one_way)

    def decide(self, ask: Callable[[Reacher], list[Outcome]], *, one_way: bool = False) -> Answer:
        """The answer to whatever is asked of a reacher, without hope first."""
        self.world.assumptions.clear()
        for reacher, verdict in ((self.certain, Reach.REACHABLE), (self.hopeful, Reach.POSSIBLE)):
            reacher.one_way = one_way
            found = ask(reacher)
            arrived = [each for each in found if each.arrives]
            if arrived:
                return self._arrived(arrived, verdict)
        return self._stopped(found)

    def _ask(
        self, reacher: Reacher, sources: Sequence[End], target: int | Sequence[End], held: Ranges
    ) -> list[Outcome]:
        if isinstance(target, int):
            if self.graph.kind(target).name in ("subnet", "network", "security_group", "gateway"):
                target = self.senders(target)
            else:
                return reacher.to(sources, target, held)
        return [
            outcome(trip) for source in sources for each in target for trip in reacher.between(source, each, held)
        ]

    def _arrived(self, found: Sequence[Outcome], verdict: Reach) -> Answer:
        chosen = min(found, key=lambda each: (len(each.via), len(each.reasons), len(each.steps)))
        held = chosen.held
        for each in found:
            if each.via == chosen.via:
                held |= each.held
        reason = "; ".join(dict.fromkeys(chosen.reasons)) if verdict is Reach.POSSIBLE else ""
        return Answer(
            verdict, held, not chosen.via, chosen.via, _distinct(chosen.steps), (), reason,
            tuple(self.world.assumptions),
        )  # fmt: skip

    def _stopped(self, found: Sequence[Outcome]) -> Answer:
        """Of everything that fails, what fails least: the fewest relays, then the fewest blocks."""
        chosen = min(found, key=lambda each: (len(each.via), len(each.blocks) or 99), default=None)
        blocks = _distinct(chosen.blocks) if chosen is not None else ()
        reason = blocks[0].note if blocks else "nothing leads there"
        return Answer(
            Reach.UNREACHABLE, blocked_by=blocks, reason=reason, assumptions=tuple(self.world.assumptions)
        )


def _distinct(steps: Sequence[Step]) -> tuple[Step, ...]:
    return tuple(dict.fromkeys(steps))


def form(point: Point) -> object:
    """What the network sees of a point, but for its own address."""
    groups = None if point.groups is None else tuple(id(each) for each in point.groups)
    public = [each if isinstance(each, bool) else id(each) for each in (point.public, point.six, point.forwards)]
    return (id(point.subnet), groups, id(point.why), tuple(public), point.held)


@lru_cache(maxsize=2)  # a cloud holds its graph, so that keeping them all would keep every graph
def cloud(graph: Graph) -> Cloud:
    """The AWS networks of a graph, worked out once."""
    return Cloud(graph)


def reach_aws(
    graph: Graph,
    source: int | Ranges,
    destination: int | Ranges,
    port: int | None = None,
    protocol: str | None = None,
) -> Answer:
    """Whether one end reaches another: nodes by index, or addresses outside (`INTERNET`, `cidr(...)`).

    `port` is the destination's own, None for any; `protocol` is a name, None for any (TCP where a port is given).
    """
    for end in (source, destination):
        if isinstance(end, int) and (provider := graph.peek(end, "provider")) != "aws":
            return Answer(Reach.POSSIBLE, reason=f"reachability on networks of {provider} is not worked out")
    of = cloud(graph)
    kind = protocol or ("tcp" if port is not None else "any")
    held = connections(kind, port) if port is not None else connections(kind)
    sources = of.senders(source) if isinstance(source, int) else _ends(of, source)
    if isinstance(source, int) and not sources:
        note = "opens no sessions over a network of this scan"
        return Answer(Reach.UNREACHABLE, blocked_by=(Step(source, note),), reason=note)
    target: int | Sequence[End] = destination if isinstance(destination, int) else _ends(of, destination)
    return of.reach(sources, target, held, one_way=kind == "udp")


def distinct(graph: Graph, nodes: Sequence[int], *, receiving: bool) -> list[int]:
    """One node of each class of nodes that are alike to the network, in order."""
    of = cloud(graph)
    found: dict[object, int] = {}
    for index in nodes:
        found.setdefault(of.alike(index, receiving=receiving), index)
    return list(found.values())


def _ends(of: Cloud, addresses: Ranges) -> tuple[End, ...]:
    return (NET,) if addresses is INTERNET else of.hosts(addresses)
