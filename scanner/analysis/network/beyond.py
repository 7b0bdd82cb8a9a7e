"""The cloud's part of the ways into and out of a cluster, where the scan holds what carries it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from scanner.analysis.network.atoms import (
    ALL_FOUR,
    ANYTHING,
    EVERYWHERE,
    INTERNET,
    NOTHING,
    Ranges,
    connections,
    union,
)
from scanner.analysis.network.aws import End
from scanner.analysis.network.carrier import Carrier, Front, clusters_on_aws
from scanner.analysis.network.verdict import Answer, Reach, Step, best
from scanner.graph.columns import Graph
from scanner.model.value import Cause, Unknown, Value

_MOST = 8  # clusters that may run the same manifests
_WHOSE = "which cluster of the scan runs these pods is not told, and their networks differ"
_CHOSEN = "which port of the machines the cluster gives it is not written"
_UNREGISTERED = (
    "the controller registers machines only for services of type NodePort or LoadBalancer, and this one is neither"
)
_OWNER = "no controller of this scan takes over services that name no class of load balancer"
_TAKEN_OVER = "a controller of this scan may take over services that name no class of load balancer"


class Beyond:
    """What the networks around one cluster add, asked once for each way."""

    def __init__(self, graph: Graph, carriers: Sequence[Carrier], *, taken_over: bool) -> None:
        self.graph, self.carriers = graph, carriers
        self._taken_over = taken_over
        self._known: dict[object, Answer] = {}
        self._own: Beyond | None = None

    def apart(self, why: str) -> Beyond:
        """The same for pods that wear security groups of their own, which are not worked out."""
        if self._own is None:
            unknown = Unknown(why, Cause.OUTSIDE_SCAN)
            carriers = [each.apart(unknown) for each in self.carriers]
            self._own = Beyond(self.graph, carriers, taken_over=self._taken_over)
        return self._own

    def ends(self, clients: Ranges, node: int | None = None) -> tuple[End, ...]:
        """The ends outside of the cluster that addresses mean: a node's own, where it has them."""
        if node is not None:
            return self.carriers[0].of.senders(node)
        return self.carriers[0].ends(clients, everyone=clients in (INTERNET, EVERYWHERE, ALL_FOUR))

    def to_machine(self, sources: Sequence[End], held: Ranges, *, every: bool, written: bool = True) -> Answer:
        """To ports of the machines; one that the cluster chooses is known only where all of them pass."""
        key = (_keys(sources), held, every, written)
        if key not in self._known:
            answer = self._across(lambda carrier: carrier.to_machines(sources, held, every=every))
            self._known[key] = answer if written else _chosen(answer, held)
        return self._known[key]

    def from_machine(self, target: int | Ranges, held: Ranges) -> Answer:
        """From the machine of a pod to a node, or to addresses."""
        ends = target if isinstance(target, int) else self.ends(target)
        return self._across(lambda carrier: carrier.from_machines(ends, held))

    def through(
        self, relay: int, sources: Sequence[End], held: Ranges, clients: Ranges, *, written: bool
    ) -> Answer:
        """Through the balancer that a controller makes of a node."""
        key = (relay, _keys(sources), held, clients)
        if key not in self._known:
            answer = self._through(relay, sources, held, clients)
            self._known[key] = answer if written else _chosen(answer, held)
        return self._known[key]

    def _through(self, relay: int, sources: Sequence[End], held: Ranges, clients: Ranges) -> Answer:
        asked = self.asked(relay)
        assert asked is not None  # noqa: S101 - the caller asked for it
        unknown = next((each for each in (asked["target"], asked["managed"]) if isinstance(each, Unknown)), None)
        if unknown is not None:
            return Answer(Reach.POSSIBLE, held, reason=unknown.reason)
        if not held:
            step = Step(relay, _UNREGISTERED, "balancer")
            return Answer(Reach.UNREACHABLE, blocked_by=(step,), reason=step.note)
        front = Front(relay, asked, self._taken(relay, asked), clients, self.graph.peek(relay, "internal"))
        answer = self._across(lambda carrier: carrier.through(front, sources, held))
        if asked["controller"] != "cloud-provider":
            return answer
        if self._taken_over and answer.verdict is Reach.REACHABLE:
            return Answer(
                Reach.POSSIBLE, answer.connections, answer.direct, answer.via, answer.path, (), _TAKEN_OVER,
                answer.assumptions,
            )  # fmt: skip
        told = (*answer.assumptions, _OWNER)
        return Answer(answer.verdict, answer.connections, answer.direct, answer.via, answer.path,
                      answer.blocked_by, answer.reason, told)  # fmt: skip

    def _across(self, ask: Callable[[Carrier], Answer]) -> Answer:
        """The answer of every cluster that may run these pods; possible where they differ."""
        answers = [ask(each) for each in self.carriers]
        found = best(answers)
        assert found is not None  # noqa: S101 - there is a carrier
        if all(each.verdict is found.verdict for each in answers):
            return found
        return replace(found, verdict=Reach.POSSIBLE, reason=found.reason or _WHOSE)

    def asked(self, relay: int) -> dict[str, Value] | None:
        """What a controller is asked to make of a service or an ingress."""
        balancer = self.graph.peek(relay, "balancer")
        return balancer[0] if isinstance(balancer, list) and balancer else None

    def seen_from(self, relay: int) -> Ranges:
        """The addresses that the balancer of a node sends from."""
        asked = self.asked(relay)
        if asked is None:
            return NOTHING
        front = Front(relay, asked, ANYTHING, EVERYWHERE, self.graph.peek(relay, "internal"))
        return union([NOTHING, *(each.addresses for carrier in self.carriers for each in carrier.nears(front))])

    def _taken(self, relay: int, asked: dict[str, Value]) -> Ranges:
        """The connections that a balancer takes: the ports of its service, or those that annotations list."""
        listed = asked["listens"]
        if isinstance(listed, list):
            known = [each for each in listed if isinstance(each, int)]
            return union([NOTHING, *(connections("tcp", each) for each in known)]) if known else connections("tcp")
        ports = self.graph.peek(relay, "ports") if self.graph.kind(relay).has("ports") else None
        return union([NOTHING, *_taken(ports)]) or ANYTHING


def _taken(ports: Value) -> Iterator[Ranges]:
    for port in ports if isinstance(ports, list) else ():
        if isinstance(port["port"], int):
            yield connections(str(port["protocol"]), port["port"])


def _keys(sources: Sequence[End]) -> tuple[int, ...]:
    return tuple(map(id, sources))


def _chosen(answer: Answer, held: Ranges) -> Answer:
    if answer.verdict is not Reach.REACHABLE or not held - answer.connections:
        return answer
    return Answer(
        Reach.POSSIBLE, answer.connections, answer.direct, answer.via, answer.path, (), _CHOSEN, answer.assumptions
    )


def beyond_of(graph: Graph, *, taken_over: bool) -> Beyond | None:
    """The networks around the pods of a scan, where clusters of it run on AWS."""
    found = clusters_on_aws(graph)
    if not 0 < len(found) <= _MOST:
        return None
    return Beyond(graph, [Carrier(graph, each) for each in found], taken_over=taken_over)
