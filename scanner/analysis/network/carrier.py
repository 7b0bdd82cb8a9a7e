"""The machines on AWS that carry the pods of a cluster, and the balancers that controllers make there for it.

Pods of EKS have addresses of their subnets and are filtered by the groups of their machines (EKS User Guide,
"Amazon VPC CNI"). A controller puts a balancer into the subnets that it is told or that are tagged for it, makes
its group, and admits it to the machines, unless groups are named (AWS Load Balancer Controller, "Subnet
discovery", "Security groups for load balancers", "Ingress annotations", "Service annotations").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from scanner.analysis.network.atoms import NOTHING, Ranges, by_protocol, cidr_texts, protocol_name
from scanner.analysis.network.aws import End, cloud
from scanner.analysis.network.aws_outcome import Outcome, outcome
from scanner.analysis.network.aws_points import Point
from scanner.analysis.network.aws_reach import Reacher
from scanner.analysis.network.aws_services import NET
from scanner.analysis.network.aws_world import Group, Network, Subnet
from scanner.analysis.network.verdict import Answer, Reach, Step, best
from scanner.graph.columns import Graph
from scanner.model.value import Cause, Unknown, Value

_TAGS = {False: "kubernetes.io/role/elb", True: "kubernetes.io/role/internal-elb"}
_WHICH = "which of the cluster's machines runs the pod is not known, and they are filtered or routed differently"
_NO_MACHINES = "the machines of the cluster are not part of this scan"


class Front(NamedTuple):
    """A balancer that a controller makes: of which node, as `scanner.mapping.kubernetes.balancers` says, which
    connections it takes from whom, whether it is internal."""

    relay: int
    asked: dict[str, Value]
    taken: Ranges
    clients: Ranges
    internal: Value


def clusters_on_aws(graph: Graph) -> list[int]:
    """The clusters of a scan on AWS that run Kubernetes."""
    return [
        each
        for each in graph.nodes("cluster")
        if graph.peek(each, "flavour") == "kubernetes"
        and graph.peek(each, "provider") == "aws"
        and each not in graph.stand_ins
    ]


class Carrier:
    """What carries one cluster; asked about ends outside of it."""

    def __init__(self, graph: Graph, cluster: int) -> None:
        self.graph, self.cluster = graph, cluster
        self.of = cloud(graph)
        self.groups = list(self._groups())
        self.points = [self.of.points.of(each) for each in self.groups]
        self.points = [each for each in self.points if each] or [self.of.points.of(cluster)]
        self.assumption = f"what the manifests declare runs in {graph.addresses[cluster]}"
        self._apart = False

    def apart(self, why: Unknown) -> Carrier:
        """The same for pods that wear security groups of their own, which are not worked out."""
        made = copy(self)
        made.points = [tuple(replace(each, groups=(), why=why) for each in points) for points in self.points]
        made._apart = True
        return made

    def _groups(self) -> Iterator[int]:
        graph = self.graph
        yield from (
            each for each in graph.sources("runs_on", self.cluster) if graph.kind(each).name == "node_group"
        )
        name = graph.peek(self.cluster, "name")
        for index in graph.nodes("instance_group"):
            tags = graph.peek(index, "tags")
            if isinstance(tags, dict) and isinstance(name, str) and f"kubernetes.io/cluster/{name}" in tags:
                yield index

    def ends(self, addresses: Ranges, *, everyone: bool) -> tuple[End, ...]:
        """The ends that addresses outside of the cluster mean."""
        return (NET,) if everyone else self.of.hosts(addresses)

    # straight

    def to_machines(self, sources: Sequence[End], held: Ranges, *, every: bool) -> Answer:
        """To the machines: to one of them, or where `every` to the one that runs a pod, whichever that is."""
        targets: Iterable[int | Sequence[End]] = self.points if self._apart else self.groups
        if not self.groups:
            return self._somewhere(held)
        return self._told([self.of.reach(sources, each, held) for each in targets], every=every)

    def from_machines(self, target: int | Sequence[End], held: Ranges) -> Answer:
        """From the machine that runs a pod, whichever that is."""
        if not self.groups:
            return self._somewhere(held)
        return self._told([self.of.reach(each, target, held) for each in self.points], every=True)

    def _somewhere(self, held: Ranges) -> Answer:
        """Machines that are not in the scan may stand in other subnets, with other groups."""
        step = Step(self.cluster, _NO_MACHINES, "in_subnet")
        return Answer(Reach.POSSIBLE, held, path=(step,), reason=_NO_MACHINES, assumptions=(self.assumption,))

    def _told(self, answers: Sequence[Answer], *, every: bool) -> Answer:
        found = best(answers)
        if found is None:
            return Answer(Reach.POSSIBLE, reason=_NO_MACHINES)
        if not self.groups and found.verdict is not Reach.UNREACHABLE:
            return replace(found, verdict=Reach.POSSIBLE, reason=_NO_MACHINES)
        if (
            every
            and found.verdict is Reach.REACHABLE
            and any(each.verdict is not found.verdict for each in answers)
        ):
            found = replace(found, verdict=Reach.POSSIBLE, reason=_WHICH)
        return replace(found, assumptions=(*found.assumptions, self.assumption))

    # through what a controller makes

    def through(self, front: Front, sources: Sequence[End], held: Ranges) -> Answer:
        """Through a balancer to connections `held` of the machines, or of pods at their addresses."""
        group = front.asked["group"]
        if group is not None:
            return self._bound(front, sources, held, group)
        nears = list(self.nears(front))
        answers = [
            self.of.decide(partial(self._made_all, front, sources, nears, points, held)) for points in self.points
        ]
        return self._told(answers, every=front.asked["target"] == "ip")

    def _made_all(
        self,
        front: Front,
        sources: Sequence[End],
        nears: Sequence[Point],
        fars: Sequence[Point],
        held: Ranges,
        reacher: Reacher,
    ) -> list[Outcome]:
        return [
            each
            for source in sources
            for near in nears
            for each in self._made(reacher, front, source, near, fars, held)
        ]

    def _made(
        self, reacher: Reacher, front: Front, source: End, near: Point, fars: Sequence[Point], held: Ranges
    ) -> Iterator[Outcome]:
        for trip in reacher.between(source, near, front.taken):
            yield from self._onward(reacher, front, source, near, fars, held, outcome(trip))

    def _onward(
        self,
        reacher: Reacher,
        front: Front,
        source: End,
        near: Point,
        fars: Sequence[Point],
        held: Ranges,
        first: Outcome,
    ) -> Iterator[Outcome]:
        """From a balancer's interface to the machines; its controller admits it there where it manages rules.
        Of machines that are not in the scan only the way to the balancer is told."""
        asked = front.asked
        if not self.groups:
            yield replace(first, held=held if first.held else NOTHING, via=(*first.via, front.relay))
            return
        keeps = asked["flavour"] == "network" and asked["target"] != "ip"
        for far in fars:
            open_ = replace(far, groups=None, why=None) if asked["managed"] is True else far
            inside = replace(near, public=False, held=held)
            if keeps and far.groups is not None and asked["managed"] is not True:
                seconds = [reacher.onward.preserved(source, inside, open_, held)]
            else:
                seconds = [outcome(each) for each in reacher.sessions.between(inside, open_, held)]
            note = "its controller admits it to the machines" if asked["managed"] is True else "sends it on"
            for second in seconds:
                yield Outcome(
                    second.held if first.held else NOTHING,
                    (*first.steps, Step(front.relay, note, "balancer"), *second.steps),
                    (*first.blocks, *second.blocks),
                    (*first.reasons, *second.reasons),
                    (*first.via, front.relay),
                    first.sources,
                )

    def _bound(self, front: Front, sources: Sequence[End], held: Ranges, group: Value) -> Answer:
        """Through a balancer whose target group exists already."""
        graph, relays = self.graph, self.of.relays
        meant = [
            each
            for each in (*graph.meant(front.relay, group), *graph.meant(self.cluster, group))
            if graph.kind(each).name == "target_group"
        ]
        balancers = {
            balancer: listener
            for each in meant
            for listener in self.of.world.into("forwards_to", each, "listener")
            for balancer in self.of.world.many("listens_on", listener, "load_balancer")
        }
        if not balancers:
            return Answer(
                Reach.POSSIBLE, held, reason=f"the target group {_shown(group)} is not part of this scan"
            )

        def ask(reacher: Reacher) -> list[Outcome]:
            found: list[Outcome] = []
            for balancer, listener in balancers.items():
                taken = relays.points.listener_held(listener)
                for source in sources:
                    for first in reacher.to((source,), balancer, taken):
                        near = first.door or next(iter(self.of.points.of(balancer)), None)
                        via = replace(first, via=(*first.via, balancer))
                        for points in self.points if near is not None else ():
                            assert near is not None  # noqa: S101 - told above
                            found += self._onward(reacher, front, source, near, points, held, via)
            return found

        return self._told([self.of.decide(ask)], every=False)

    # where a controller puts it

    def nears(self, front: Front) -> Iterator[Point]:
        """The interfaces of a balancer, one in each subnet that it may be in."""
        internal = front.internal
        public: Value = internal if isinstance(internal, Unknown) else not internal
        for subnet in self._subnets(front):
            groups, why = self._worn(front, subnet.network)
            yield Point(front.relay, subnet, subnet.four, groups, why, public, held=front.taken)

    def _subnets(self, front: Front) -> list[Subnet]:
        graph, world = self.graph, self.of.world
        own = [each.subnet for each in self.of.points.of(self.cluster)]
        networks = dict.fromkeys(each.network.index for each in own)
        around = [
            each
            for network in networks
            if network is not None
            for each in graph.sources("in_network", network)
            if graph.kind(each).name == "subnet"
        ]
        named = front.asked["subnets"]
        if isinstance(named, list) and named:
            meant = [index for each in named for index in self._meant(front.relay, each, "subnet")]
            if meant:
                return [world.subnet(each) for each in meant]
            return [world.elsewhere(Unknown(f"subnet {_shown(named[0])} is not part of this scan"))]
        wanted = _TAGS[front.internal is True]
        tagged = [each for each in around if self._tagged(each, wanted)]
        if not tagged:
            world.assume("the controller finds subnets of the cluster's network for its load balancer")
        return [world.subnet(each) for each in tagged or around] or own

    def _tagged(self, subnet: int, wanted: str) -> bool:
        tags = self.graph.peek(subnet, "tags")
        return isinstance(tags, dict) and str(tags.get(wanted)) in ("1", "")

    def _worn(self, front: Front, network: Network) -> tuple[tuple[Group, ...] | None, Unknown | None]:
        """The groups that a balancer wears: those it is told, or one that the controller makes."""
        named, asked = front.asked["groups"], front.asked
        if isinstance(named, list) and named:
            found, why = [], None
            for each in named:
                meant = self._meant(front.relay, each, "security_group")
                found += [self.of.world.group(index) for index in meant]
                if not meant:
                    why = Unknown(f"security group {_shown(each)} is not part of this scan", Cause.OUTSIDE_SCAN)
            return tuple(found), why
        if asked["flavour"] == "network" and asked["controller"] == "cloud-provider":
            return None, None
        return (Group(None, network, tuple(_rules(front)), None, front.relay, _MADE),), None

    def _meant(self, relay: int, value: Value, kind: str) -> list[int]:
        """The nodes that an annotation means: by reference, by id, or by the tag `Name`."""
        graph = self.graph
        found = (*graph.meant(relay, value), *graph.meant(self.cluster, value))
        meant = [each for each in dict.fromkeys(found) if graph.kind(each).name == kind]
        return meant or [
            each
            for each in graph.nodes(kind)
            if isinstance(value, str)
            and isinstance(tags := graph.peek(each, "tags"), dict)
            and not isinstance(name := tags.get("Name"), Unknown)
            and name == value
        ]


_MADE = "the group that its controller makes "


def _rules(front: Front) -> Iterator[dict[str, Value]]:
    """The rules of the group that a controller makes: its clients at its ports in, everything out."""
    rest: dict[str, Value] = {"groups": [], "action": "allow", "description": None}
    for number, spans in by_protocol(front.taken):
        for first, last in spans:
            ports = {"protocol": protocol_name(number), "from": first, "to": last}
            yield {**rest, **ports, "direction": "in", "cidrs": [str(each) for each in cidr_texts(front.clients)]}
    yield {**rest, "protocol": "any", "from": None, "to": None, "direction": "out", "cidrs": ["0.0.0.0/0", "::/0"]}


def _shown(value: Value) -> str:
    if isinstance(value, Unknown):
        return value.references[0] if value.references else "that it names"
    return str(value)
