"""Whether one end reaches another, where one of them at least stands in a cluster: the answer with its path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from scanner.analysis.network.atoms import (
    ANYTHING,
    NOTHING,
    Ranges,
    connection_text,
    connections,
    union,
)
from scanner.analysis.network.endpoints import cluster_of
from scanner.analysis.network.guards import GUARD
from scanner.analysis.network.kubernetes import Network, network_of
from scanner.analysis.network.policies import IN, OUT, PODS
from scanner.analysis.network.stages import Action, Filter, bits, verdicts
from scanner.analysis.network.told import outside_name
from scanner.analysis.network.verdict import Answer, Bounds, Reach, Step, best, chained, exactly
from scanner.analysis.network.ways import Way, Ways
from scanner.config import Config
from scanner.graph.columns import Graph

if TYPE_CHECKING:
    from scanner.analysis.network.beyond import Beyond

End = int | Ranges
Blocks = Callable[[], tuple[Step, ...]]
KINDS = frozenset(("workload", "container", "service", "namespace", "ingress", "service_account"))

_UNSELECTED = "no network policy selects it"
_NO_OTHERS = "no network policy outside of this scan selects these pods"
_ROUTED = "pods have addresses of their subnets, as the Amazon VPC CNI gives them"
_WAY = {IN: "in", OUT: "out"}
# Where it stands that something publishes: by kind.
_SHOWN = {"service": "exposure", "ingress": "backends"}

_MADE: list[tuple[Graph, dict[tuple[str | None, str], Ways]]] = []  # of the last graph that was asked about


def ways_of(graph: Graph, config: Config, cluster: str | None) -> Ways:
    """The network of a cluster with its ways in, made once for a graph."""
    if not _MADE or _MADE[0][0] is not graph:
        _MADE[:] = [(graph, {})]
    made = _MADE[0][1]
    key = (cluster, config.network_plugin)
    found = made.get(key)
    if found is None:
        network = network_of(graph, cluster, declared=config.network_plugin)
        found = made[key] = Ways(network, _beyond(graph))
    return found


def _beyond(graph: Graph) -> Beyond | None:
    """What carries the clusters of a graph, where that is one on AWS."""
    if not any(graph.peek(each, "provider") == "aws" for each in graph.nodes("cluster")):
        return None
    from scanner.analysis.network.beyond import beyond_of  # noqa: PLC0415 - brings the cloud's networks

    return beyond_of(graph, taken_over=_runs_controller(graph))


def _runs_controller(graph: Graph) -> bool:
    """Whether the AWS Load Balancer Controller is part of the scan; since 2.5 it takes over new services."""
    images = (graph.peek(each, "image") for each in graph.nodes("container"))
    named = (graph.peek(each, "name") for each in graph.nodes("config"))
    return any(isinstance(each, str) and "aws-load-balancer-controller" in each for each in (*images, *named))


def knows(graph: Graph, index: int) -> bool:
    """Whether a node stands in a cluster, so that this module can speak of it."""
    return graph.kind(index).name in KINDS and graph.peek(index, "provider") == "kubernetes"


def reach_kubernetes(
    graph: Graph,
    config: Config,
    source: End,
    destination: End,
    port: int | None = None,
    protocol: str | None = None,
    *,
    node: int | None = None,
) -> Answer:
    """The strongest answer over all pods that the two ends stand for.

    An end is a node (a workload or its container; a service, ingress, namespace or service account stands for
    the pods behind it) or a set of addresses outside. `port` is the destination's own: the service's where a
    service is asked for. `node` is who has the addresses outside, where that is a node of the cloud.
    """
    if isinstance(source, Ranges) and isinstance(destination, Ranges):
        return Answer(Reach.POSSIBLE, reason="neither end stands in the cluster")
    anchor = source if isinstance(source, int) else destination
    assert isinstance(anchor, int)  # noqa: S101 - told above
    home = cluster_of(graph, anchor)
    if isinstance(source, int) and isinstance(destination, int) and cluster_of(graph, destination) != home:
        return Answer(Reach.POSSIBLE, reason="the ends stand in different clusters")
    asked = _Asked(ways_of(graph, config, home), port, protocol, node)
    found = list(_answers(asked, source, destination))
    answer = best(found)
    return answer or Answer(Reach.UNREACHABLE, reason="no pod of this scan stands behind one of the ends")


def _answers(asked: _Asked, source: End, destination: End) -> Iterator[Answer]:
    if isinstance(source, Ranges):
        for number, workload, wanted, via in asked.pods(destination, receiving=True):
            yield asked.from_outside(source, number, workload, wanted, via)
        return
    for number, sender, _, _ in asked.pods(source):
        if isinstance(destination, Ranges):
            yield asked.to_outside(number, sender, destination)
            continue
        for other, workload, wanted, via in asked.pods(destination, receiving=True):
            yield asked.inside(number, sender, other, workload, wanted, via)


class _Asked:
    """One question: a network, and the connections that are wanted."""

    def __init__(self, ways: Ways, port: int | None, protocol: str | None, node: int | None = None) -> None:
        self.ways = ways
        self.node = node
        self.network: Network = ways.network
        self.graph = ways.graph
        self.port = port
        self.protocol = protocol
        self.wanted = connections(protocol or ("any" if port is None else "tcp"), port)

    def pods(self, end: End, *, receiving: bool = False) -> Iterator[tuple[int, int, Ranges, tuple[int, ...]]]:
        """(class, a workload of it, the connections wanted at it, relays on the way) behind an end, each class
        once. Of a service that receives, the wanted ports are those that its own lead to."""
        if isinstance(end, Ranges):
            return
        kind = self.graph.kind(end).name
        if kind == "service":
            yield from self._behind(end, (end,) if receiving else (), self.port if receiving else None)
        elif kind == "ingress":
            for service in self._services_of(end):
                yield from self._behind(service, (end, service) if receiving else (), None)
        else:
            seen = set()
            for index in self._workloads(end, kind):
                number = self.network.endpoints.class_of.get(index)
                if number is not None and number not in seen:
                    seen.add(number)
                    yield number, index, self.wanted, ()

    def _services_of(self, ingress: int) -> list[int]:
        place, found = self.network.endpoints.place_of(ingress), []
        backends = self.graph.peek(ingress, "backends")
        for each in backends if isinstance(backends, list) else ():
            found += self.ways.services.named(place, each["service"], each["namespace"])
        return list(dict.fromkeys(found))

    def _behind(
        self, service: int, via: tuple[int, ...], port: int | None
    ) -> Iterator[tuple[int, int, Ranges, tuple[int, ...]]]:
        for number in bits(self.ways.services.pods(service).maybe):
            members = self.network.endpoints.classes[number].members
            wanted = self.ways.services.targets(service, number, port, own=True) if via else ANYTHING
            if members:
                yield number, members[0], wanted & connections(self.protocol or "any"), via

    def _workloads(self, end: int, kind: str) -> Iterator[int]:
        graph = self.graph
        if kind == "workload":
            yield end
        elif kind == "container":
            yield from graph.sources("contains", end)
        elif kind == "namespace":
            yield from (each for each in graph.sources("in_namespace", end) if graph.kind(each).name == "workload")
        elif kind == "service_account":
            yield from (each for each in graph.sources("assumes", end) if graph.kind(each).name == "workload")

    # answers

    def inside(
        self, source: int, sender: int, number: int, workload: int, wanted: Ranges, via: tuple[int, ...]
    ) -> Answer:
        """Between two classes of pods."""
        members = self.network.endpoints.classes[number].members
        if source == number and len(members) == 1 and sender == workload:
            return Answer(Reach.REACHABLE, wanted, direct=True, path=(Step(sender, "a pod reaches itself"),))
        passing = self.network.between(source, number).only(wanted)
        path = (
            Step(sender, "sends", "selector"),
            *self._permits(self.network.outward, source, number, passing.maybe, OUT, sender),
            *self._called(number, source, passing.maybe),
            *(Step(each, "leads to the pods that it selects", "selector") for each in via),
            *self._permits(self.network.inward, number, source, passing.maybe, IN, workload),
            Step(workload, f"receives {connection_text(passing.maybe)}", "selector"),
        )
        return self._answer(passing, path, lambda: self._blocks(source, number, wanted, sender, workload), via)

    def to_outside(self, source: int, sender: int, addresses: Ranges) -> Answer:
        """From a class of pods to addresses outside: to one of them at least."""
        network, found = self.network, exactly(NOTHING)
        touched = list(bits(network.destinations.touching(addresses)))
        for each in touched:
            found = found.either(network.outward_to(source, each))
        passing = found.only(self.wanted)
        at = next((each for each in touched if network.outward_to(source, each).maybe & self.wanted), None)
        path = [Step(sender, "sends", "selector")]
        if at is not None:
            path += self._permits(network.outward, source, network.pods + at, passing.maybe, OUT, sender)
            shown = network.destinations.classes[at] & addresses
            path.append(Step(None, f"receives {connection_text(passing.maybe)}", name=outside_name(shown)))
        blocked = [
            step
            for each in touched
            for step in self._stops(network.outward, source, network.pods + each, OUT, sender)
        ]
        answer = self._answer(passing, tuple(path), lambda: tuple(dict.fromkeys(blocked)), ())
        around = self.ways.around(source)
        if around is None or not passing.maybe:
            return answer
        carried = around.from_machine(addresses if self.node is None else self.node, passing.maybe)
        held = carried.connections & answer.connections if carried.connections else answer.connections
        return replace(chained(answer, carried), connections=held if carried.path else NOTHING)

    def from_outside(
        self, clients: Ranges, number: int, workload: int, wanted: Ranges, via: tuple[int, ...]
    ) -> Answer:
        """From addresses outside to a class of pods, by whatever publishes it."""
        answers = [
            self._by_way(way, clients, number, workload, wanted)
            for way in self.ways.to(number)
            if not via or set(via) & set(way.via)
        ]
        if clients & PODS and not via:
            answers.append(self._routed(clients & PODS, number, workload, wanted))
        strongest = best(each for each in answers if each.verdict is not Reach.UNREACHABLE)
        if strongest is not None:
            return strongest
        if answers:
            return answers[0]
        nothing = Step(workload, "nothing publishes it outside the cluster", "selector")
        return Answer(Reach.UNREACHABLE, blocked_by=(nothing,), reason="nothing publishes it outside the cluster")

    def _by_way(self, way: Way, clients: Ranges, number: int, workload: int, wanted: Ranges) -> Answer:
        """By one way: the cloud's part of it, where the scan holds that, and then the cluster's."""
        passing = self.ways.inside(way, clients).only(wanted)
        path = [Step(each, way.note, _SHOWN.get(self.graph.kind(each).name, "")) for each in way.via]
        if not way.via:
            path.append(Step(workload, way.note, "host_network"))
        seen = self.network.pods + next(bits(self.network.sources.touching(clients)), 0)
        path += self._permits(self.network.inward, number, seen, passing.maybe, IN, workload)
        path.append(Step(workload, f"receives {connection_text(passing.maybe)}", "selector"))
        found = self._answer(
            passing, tuple(path), lambda: self._shut(way, clients, number, workload, seen), way.via
        )
        assumed = way.assumption if way.assumption and not self.ways.published(way) else ""
        found = replace(
            found,
            direct=found.verdict is not Reach.UNREACHABLE and not way.via,
            via=way.via if found.verdict is not Reach.UNREACHABLE else (),
            assumptions=(*found.assumptions, *([assumed] if assumed else ())),
        )
        outside = self.ways.outside(way, clients, self.node)
        if outside is not None:
            found = chained(outside, found, direct=not way.via and outside.direct)
        if found.verdict is Reach.UNREACHABLE:
            return found
        return replace(found, path=(Step(None, "sends", name=outside_name(clients)), *found.path))

    def _shut(self, way: Way, clients: Ranges, number: int, workload: int, seen: int) -> tuple[Step, ...]:
        """Why a way does not lead these clients in."""
        if not way.maybe & clients:
            told = f"{way.note}, not to {outside_name(clients)}"
            return tuple(Step(each, told, _SHOWN.get(self.graph.kind(each).name, "")) for each in way.via[:1])
        return tuple(self._stops(self.network.inward, number, seen, IN, workload))

    def _routed(self, clients: Ranges, number: int, workload: int, wanted: Ranges) -> Answer:
        """From a private network straight to the pod's address."""
        network, found = self.network, exactly(NOTHING)
        for each in bits(network.sources.touching(clients)):
            found = found.either(network.inward_to(network.pods + each, number))
        passing = found.only(wanted)
        if self.ways.beyond is None:
            passing = passing.unsure("whether the addresses of pods are routed outside their cluster is not known")
        path = (Step(workload, "receives", "selector"),)
        seen = network.pods + next(bits(network.sources.touching(clients)), 0)
        answer = self._answer(
            passing, path, lambda: tuple(self._stops(network.inward, number, seen, IN, workload)), ()
        )
        if (beyond := self.ways.around(number)) is not None:
            carried = beyond.to_machine(beyond.ends(clients, self.node), passing.maybe or wanted, every=True)
            answer = chained(carried, replace(answer, assumptions=(*answer.assumptions, _ROUTED)))
        if answer.verdict is Reach.UNREACHABLE:
            return answer
        return replace(answer, path=(Step(None, "sends", name=outside_name(clients)), *answer.path))

    def _answer(self, passing: Bounds, path: tuple[Step, ...], blocks: Blocks, via: tuple[int, ...]) -> Answer:
        verdict = passing.verdict
        if verdict is Reach.UNREACHABLE:
            steps = blocks()
            reason = steps[0].note if steps else "no port of it is the one that is asked for"
            return Answer(verdict, blocked_by=steps, reason=reason, assumptions=self.network.assumptions)
        held = passing.sure or passing.maybe
        reason = "; ".join(passing.why) if verdict is Reach.POSSIBLE else self._condition(path)
        return Answer(verdict, held, not via, via, path, (), reason, self._alone(path))

    def _alone(self, path: tuple[Step, ...]) -> tuple[str, ...]:
        """What is assumed of pods that no policy of the scan selects, where others may stand elsewhere."""
        graph = self.graph
        open_ = (
            step.node is not None and graph.why_open_in("filters", step.node) is not None
            for step in path
            if step.note.startswith(_UNSELECTED)
        )
        return (_NO_OTHERS,) if any(open_) else ()

    def _condition(self, path: tuple[Step, ...]) -> str:
        told = [step.note.partition(" only ")[2] for step in path if " only " in step.note]
        return f"only {'; only '.join(told)}" if told else ""

    # explaining

    def _permits(
        self, filter: Filter, subject: int, peer: int, wanted: Ranges, side: str, workload: int
    ) -> Iterator[Step]:
        """The rule of a policy by which a filter lets it through, or that nothing selects the subject."""
        if side == OUT and subject >= self.network.pods:
            return
        left = wanted
        for rule, hit, certain, _ in verdicts(filter.stages, subject, peer):
            if rule.action is not Action.ALLOW or rule.policy < 0 or not hit & left:
                continue
            note = f"{'may let' if not certain else 'lets'} {connection_text(hit & left)} {_WAY[side]}"
            if rule.condition:
                note += f" only {rule.condition}"
            yield Step(rule.policy, note, f"rules[{rule.position}]" if rule.position >= 0 else "rules")
            left -= hit
            if not left:
                return
        if left is wanted and not self._captors(subject, side):
            yield Step(workload, f"{_UNSELECTED} for what goes {side}", "selector")

    def _called(self, number: int, source: int, wanted: Ranges) -> Iterator[Step]:
        """The rule of the mesh that lets a call in."""
        for rule, hit, _, _ in verdicts(self.network.meshed.stages if self.network.meshed else (), number, source):
            if rule.action is Action.ALLOW and hit & wanted:
                note = "the mesh lets it in" + (f" only {rule.condition}" if rule.condition else "")
                yield Step(rule.policy, note, f"rules[{rule.position}]")
                return

    def _blocks(self, source: int, number: int, wanted: Ranges, sender: int, workload: int) -> tuple[Step, ...]:
        network = self.network
        out = _let(network, network.outward, number, source)
        come = _let(network, network.inward, number, source)
        found: list[Step] = []
        if not out & wanted:
            found += self._stops(network.outward, source, number, OUT, sender)
        if not come & wanted:
            found += self._stops(network.inward, number, source, IN, workload)
        if network.meshed is not None and not _let(network, network.meshed, number, source) & wanted:
            found += self._stops(network.meshed, number, source, IN, workload)
        if not found:
            found += self._stops(network.outward, source, number, OUT, sender)
            found += self._stops(network.inward, number, source, IN, workload)
        return tuple(dict.fromkeys(found))

    def _stops(self, filter: Filter, subject: int, peer: int, side: str, workload: int) -> Iterator[Step]:
        """What denies it: a rule, or the policies that isolate the subject and let nothing of it through."""
        for rule, hit, _, _ in verdicts(filter.stages, subject, peer):
            if rule.action is not Action.DENY or not hit & self.wanted or rule.position == GUARD:
                continue
            if rule.policy >= 0:
                note = f"denies {connection_text(hit & self.wanted)} {_WAY[side]}"
                if rule.position < 0:
                    note = "lets in what its rules name, and none of this is"
                yield Step(rule.policy, note, f"rules[{rule.position}]" if rule.position >= 0 else "rules")
                continue
            name = self.graph.peek(workload, "name")
            for policy in self._captors(subject, side):
                yield Step(
                    policy, f"isolates {name} for what goes {side}, and lets none of this through", "directions"
                )

    def _captors(self, subject: int, side: str) -> list[int]:
        return [
            policy.node
            for policy in self.network.policies
            if side in policy.captured and policy.captured[side].maybe >> subject & 1
        ]


def _let(network: Network, filter: Filter, destination: int, source: int) -> Ranges:
    """What one filter may let through between two classes of pods."""
    row = filter.rows[filter.row(destination)]
    return union([NOTHING, *(network.space.ranges(mask) for mask, _, maybe in row if maybe >> source & 1)])
