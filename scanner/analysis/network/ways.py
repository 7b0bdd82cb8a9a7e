"""Ways into a cluster from outside: what publishes pods, to whom, and whom their policies see.

Sources: Kubernetes documentation, "Service" (types, external traffic policy, source ranges, external IPs),
"Ingress", "Virtual IPs and Service Proxies"; "Network Policies" on the machine of a pod and on rewritten
addresses; Gateway API, "API overview".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from scanner.analysis.network.atoms import (
    ANYTHING,
    EVERYWHERE,
    INTERNET,
    NOTHING,
    Ranges,
    cidrs,
    union,
)
from scanner.analysis.network.gateways import Gateways
from scanner.analysis.network.guards import OWN_GROUPS
from scanner.analysis.network.kubernetes import Network
from scanner.analysis.network.machines import NEAR, addresses_of, host_ports, machines
from scanner.analysis.network.policies import PODS
from scanner.analysis.network.services import Services
from scanner.analysis.network.stages import bits
from scanner.analysis.network.verdict import Answer, Bounds, Reach, bounds, exactly
from scanner.graph.columns import Graph
from scanner.model.value import Unknown, Value, first_unknown

if TYPE_CHECKING:  # it brings the cloud's networks with it, which most clusters do without
    from scanner.analysis.network.beyond import Beyond

# Parts of the names of images that carry out ingresses.
_CONTROLLERS = ("ingress-nginx/controller", "nginx-ingress", "traefik", "haproxy-ingress", "kubernetes-ingress",
                "emissary", "apisix", "origin-haproxy-router", "kong")  # fmt: skip


class Seen(Enum):
    """Whom the policies of a pod see as the source."""

    CLIENT = "client"
    MACHINE = "machine"
    BALANCER = "balancer"
    CONTROLLER = "controller"
    NOBODY = "nobody"  # policies do not apply


class Way(NamedTuple):
    """One way in: through `via` (outermost first) to a class of pods, reached with `held` at their own ports.

    `clients` are the addresses that can use it, between bounds; `why` says what the difference hangs on.
    `certain` is whether the pods certainly stand behind it. `balanced` is the node of which a controller makes a
    balancer, `machine` the ports of the machines that lead to it, not `written` where the cluster chooses them;
    `anywhere` is whether every machine takes it, or only that of the pod.
    """

    via: tuple[int, ...]
    destination: int
    held: Ranges
    sure: Ranges
    maybe: Ranges
    seen: Seen
    note: str
    why: str = ""
    certain: bool = True
    assumption: str = ""
    balanced: int | None = None
    machine: Ranges = NOTHING
    written: bool = True
    anywhere: bool = False


class Ways:
    """Every way into one cluster; `beyond` adds what carries it, where the scan holds that."""

    def __init__(self, network: Network, beyond: Beyond | None = None) -> None:
        self.network = network
        self.beyond = beyond
        self.endpoints = network.endpoints
        self.graph: Graph = network.endpoints.graph
        self.services = Services(network.endpoints)
        self.gateways = Gateways(network.endpoints)
        self._machines = machines(self.graph) if beyond is None else (EVERYWHERE, EVERYWHERE, "")
        self.ways: dict[int, list[Way]] = {}
        for way in (*self._of_services(), *self._of_ingresses(), *self._of_machines()):
            if way.held:
                self.ways.setdefault(way.destination, []).append(way)
        self._controllers = self._controller_classes()

    def around(self, number: int) -> Beyond | None:
        """What carries a class of pods: the machines, whose groups filter them unless they wear their own."""
        if self.beyond is None or not self.network.grouped >> number & 1:
            return self.beyond
        return self.beyond.apart(OWN_GROUPS)

    def to(self, destination: int) -> list[Way]:
        """The ways to a class of pods."""
        return self.ways.get(destination, [])

    # what publishes

    def _of_services(self) -> Iterator[Way]:
        for index in self.services.nodes:
            exposure = self.graph.peek(index, "exposure")
            if isinstance(exposure, Unknown):
                continue
            local = self.graph.peek(index, "node_local") is True
            seen = Seen.CLIENT if local else Seen.MACHINE
            if exposure == "LoadBalancer":
                yield from self._of_balancer(index, seen)
            if exposure == "NodePort" or (exposure == "LoadBalancer" and self.beyond is not None):
                sure, maybe, why = self._machines
                note = "a port of every machine leads to it"
                way = Way((index,), 0, NOTHING, sure, maybe, seen, note, why, anywhere=not local)
                yield from self._behind(index, way)
            addresses = addresses_of(self.graph.peek(index, "external_addresses"))
            if addresses:
                near = NEAR if not addresses - NEAR else NOTHING
                why = "" if near else "who is routed to its external addresses is not part of this scan"
                way = Way(
                    (index,), 0, NOTHING, near, near or EVERYWHERE, seen, "it answers at external addresses", why
                )
                yield from self._behind(index, way)

    def _of_balancer(self, index: int, seen: Seen) -> Iterator[Way]:
        """Through the load balancer of a service; where its network is in the scan, that says whom it serves."""
        sure, maybe, why = self._balanced(index)
        note = "its load balancer is open to " + ("private networks" if not sure - NEAR else "the internet")
        made = self.beyond is not None and self.beyond.asked(index) is not None
        if made:
            maybe = self._allowed(index) or maybe
            sure = NOTHING if first_unknown(self.graph.peek(index, "source_ranges")) is not None else maybe
            why = why if not sure else ""
            seen = self._seen_behind(index, seen)
        way = Way((index,), 0, NOTHING, sure, maybe, seen, note, why, balanced=index if made else None)
        yield from self._behind(index, way)

    def _seen_behind(self, index: int, seen: Seen) -> Seen:
        """Whom pods see behind a balancer on AWS: the balancer where it sends to their addresses, or keeps no
        client's (Elastic Load Balancing, "Client IP preservation"); else what the machine makes of it."""
        asked = self.beyond.asked(index) if self.beyond is not None else None
        if asked is None or seen is Seen.NOBODY:
            return seen
        if asked["target"] == "ip" or (seen is Seen.CLIENT and asked["flavour"] in ("application", "classic")):
            return Seen.BALANCER
        return seen

    def _allowed(self, index: int) -> Ranges:
        ranges = self.graph.peek(index, "source_ranges")
        try:
            known = isinstance(ranges, list) and ranges and first_unknown(ranges) is None
            return cidrs(ranges) if known else EVERYWHERE
        except ValueError:
            return NOTHING

    def _balanced(self, index: int) -> tuple[Ranges, Ranges, str]:
        """The clients of a load balancer."""
        ranges, internal = self.graph.peek(index, "source_ranges"), self.graph.peek(index, "internal")
        if (why := first_unknown(ranges)) is not None:
            return NOTHING, EVERYWHERE, why.reason
        try:
            allowed = cidrs(ranges) if ranges else EVERYWHERE
        except ValueError as error:
            return NOTHING, EVERYWHERE, str(error)
        if isinstance(internal, Unknown):
            return allowed & NEAR, allowed, internal.reason
        held = allowed & NEAR if internal else allowed
        return held, held, ""

    def _behind(self, service: int, way: Way, port: Value = None) -> Iterator[Way]:
        """A way through a service, once for each class that it selects."""
        chosen = self.services.pods(service)
        if not chosen.maybe:
            return
        machine, written = self.services.at_machines(service, port) if self.beyond is not None else (NOTHING, True)
        for number in bits(chosen.maybe):
            held = self.services.targets(service, number, port)
            seen = Seen.NOBODY if self.endpoints.host.sure >> number & 1 else way.seen
            certain = bool(chosen.sure >> number & 1)
            yield way._replace(
                destination=number, held=held, certain=certain, seen=seen, machine=machine, written=written
            )

    def _of_ingresses(self) -> Iterator[Way]:
        for index in self.endpoints.nodes("ingress"):
            backends, place = self.graph.peek(index, "backends"), self.endpoints.place_of(index)
            if isinstance(backends, Unknown):
                continue
            way = self._of_ingress(index)
            for backend in backends if way is not None else ():
                assert way is not None  # noqa: S101 - told above
                if not self.gateways.granted(index, backend["namespace"], str(backend["service"])):
                    continue
                for service in self.services.named(place, backend["service"], backend["namespace"]):
                    behind = way._replace(via=(index, service))
                    if behind.balanced is not None:
                        local = self.graph.peek(service, "node_local") is True
                        seen = self._seen_behind(index, Seen.CLIENT if local else Seen.MACHINE)
                        behind = behind._replace(seen=seen)
                    yield from self._behind(service, behind, backend["port"])

    def _of_ingress(self, index: int) -> Way | None:
        """The way through an ingress, to no service yet; None for a route that hangs on nothing outside."""
        note = "it sends requests on to the service"
        on = self.gateways.attached(index)
        if on.held is False:
            return None
        asked = self.graph.peek(index, "balancer")
        if not (isinstance(asked, list) and asked):
            sure, maybe, why, assumption = self._clients_of(next(iter(on.gateways), index))
            if on.held is None:
                sure, why, assumption = NOTHING, on.why, ""
            return Way((index,), 0, NOTHING, sure, maybe, Seen.CONTROLLER, note, why, assumption=assumption)
        clients = addresses_of(asked[0]["clients"]) or EVERYWHERE
        if self.beyond is not None:
            return Way((index,), 0, NOTHING, clients, clients, Seen.BALANCER, note, balanced=index)
        sure, maybe, why, assumption = self._clients_of(index)
        if asked[0]["group"] is not None:
            sure, why = NOTHING, "the load balancer of its target group is not part of this scan"
            assumption = ""
        return Way((index,), 0, NOTHING, sure & clients, maybe & clients, Seen.BALANCER, note, why,
                   assumption=assumption)  # fmt: skip

    def _clients_of(self, index: int) -> tuple[Ranges, Ranges, str, str]:
        """Whom the controller of an ingress serves."""
        internal = self.graph.peek(index, "internal")
        if isinstance(internal, Unknown):
            return NEAR, EVERYWHERE, internal.reason, ""
        if internal is None:
            return EVERYWHERE, EVERYWHERE, "", "what carries out the ingresses is reachable from the internet"
        held = NEAR if internal else EVERYWHERE
        return held, held, "", ""

    def _of_machines(self) -> Iterator[Way]:
        """Pods in the network of their machine, and ports of machines that lead to a pod."""
        sure, maybe, why = self._machines
        for number, each in enumerate(self.endpoints.classes):
            if each.traits.host_network is True:
                note = "it listens on the addresses of its machine"
                yield Way((), number, ANYTHING, sure, maybe, Seen.NOBODY, note, why, machine=ANYTHING)
                continue
            ports = list(host_ports(self.graph, each.members[:1]))
            if ports:
                held, machine = union(own for own, _ in ports), union(port for _, port in ports)
                note = "a port of its machine leads to it"
                yield Way((), number, held, sure, maybe, Seen.CLIENT, note, why, machine=machine)

    # what comes through

    def passing(self, way: Way, clients: Ranges) -> Bounds:
        """What clients get through to the pods of a way."""
        inside = self.inside(way, clients)
        outside = self.outside(way, clients) if inside.maybe else None
        if outside is None or outside.verdict is Reach.REACHABLE:
            return inside
        return exactly(NOTHING) if outside.verdict is Reach.UNREACHABLE else inside.unsure(outside.reason)

    def outside(self, way: Way, clients: Ranges, node: int | None = None) -> Answer | None:
        """The cloud's part of a way, as far as the scan holds it; `node` is who has the clients' addresses."""
        beyond = self.beyond
        if beyond is None or (way.balanced is None and not way.machine) or way.seen is Seen.CONTROLLER:
            return None
        allowed = clients & way.maybe
        sources = beyond.ends(clients if clients is INTERNET else allowed, node)
        if way.balanced is not None:
            asked = beyond.asked(way.balanced)
            ip = asked is not None and asked["target"] == "ip"
            held = way.held if ip else way.machine
            beyond = (self.around(way.destination) if ip else None) or beyond
            return beyond.through(way.balanced, sources, held, way.maybe, written=ip or way.written)
        return beyond.to_machine(sources, way.machine, every=not way.anywhere, written=way.written)

    def inside(self, way: Way, clients: Ranges) -> Bounds:
        """The cluster's own part of a way."""
        if not way.maybe & clients:
            return exactly(NOTHING)
        seen = self._seen(way, clients).only(way.held)
        if not way.sure & clients:
            seen = seen.unsure(way.why)
        return seen if way.certain else seen.unsure("whether the service selects it is not known")

    def _seen(self, way: Way, clients: Ranges) -> Bounds:
        if way.seen is Seen.NOBODY:
            return exactly(ANYTHING)
        if way.seen is Seen.CLIENT:
            return self._some(way.destination, (way.sure & clients) or (way.maybe & clients))
        if way.seen is Seen.MACHINE:
            return self._by_machine(way.destination)
        if way.seen is Seen.BALANCER:
            return self._by_balancer(way)
        if self._controllers:
            found = [
                self.network.inward_to(each, way.destination)
                .only(ANYTHING)
                .both(self._to_controller(each, way, clients))
                for each in self._controllers
            ]
            return _union(found)
        told = "the controller of the ingress is not part of this scan"
        return self._whoever(way.destination, told)

    def _to_controller(self, controller: int, way: Way, clients: Ranges) -> Bounds:
        """Whether clients reach a controller at all, where what publishes it is part of the scan."""
        ways = [each for each in self.to(controller) if each.seen is not Seen.CONTROLLER]
        if not way.assumption or not ways:
            return exactly(ANYTHING)
        found = [self.passing(each, clients) for each in ways]
        if any(each.sure for each in found):
            return exactly(ANYTHING)
        why = [reason for each in found for reason in each.why]
        return bounds(NOTHING, ANYTHING if any(each.maybe for each in found) else NOTHING, why)

    def published(self, way: Way) -> bool:
        """Whether what publishes the controller of an ingress is part of the scan, so that nothing is assumed."""
        return any(
            each.seen is not Seen.CONTROLLER for number in self._controllers for each in self.to(number)
        ) and bool(way.assumption)

    def _by_balancer(self, way: Way) -> Bounds:
        """What a balancer on AWS may send, whichever of its addresses it sends from."""
        network = self.network
        known = (
            self.beyond.seen_from(way.balanced)
            if self.beyond is not None and way.balanced is not None
            else NOTHING
        )
        found = [
            network.inward_to(network.pods + each, way.destination)
            for each in bits(network.sources.touching(known or PODS))
        ]
        sure = ANYTHING
        for each in found:
            sure &= each.sure
        maybe = _union(found).maybe
        told = "the policies see the addresses of the load balancer, which some of their rules let in"
        return bounds(sure, maybe, (*(why for each in found for why in each.why), told))

    def _some(self, destination: int, clients: Ranges) -> Bounds:
        """What at least one of these addresses may send."""
        network = self.network
        classes = bits(network.sources.touching(clients))
        return _union([network.inward_to(network.pods + each, destination) for each in classes])

    def _by_machine(self, destination: int) -> Bounds:
        """What any machine may send; that of the pod itself always may."""
        network = self.network
        found = exactly(ANYTHING)
        for each in bits(network.sources.touching(PODS)):
            found = found.both(network.inward_to(network.pods + each, destination))
        if found.sure is ANYTHING:
            return found
        told = "the policies see the address of the machine that the request comes in by"
        return bounds(found.sure, ANYTHING, (*found.why, told))

    def _whoever(self, destination: int, told: str) -> Bounds:
        """What anyone in the cluster may send, and what someone may."""
        network = self.network
        sure, maybe, everyone = NOTHING, NOTHING, network.everyone
        for flow in network.all_to(destination):
            sure |= flow.connections if flow.sources.sure & everyone == everyone else NOTHING
            maybe |= flow.connections
        if network.endpoints.unseen is not None:
            maybe |= network.inward_to(network.endpoints.unseen, destination).maybe
        return bounds(sure, maybe, (told,))

    def _controller_classes(self) -> list[int]:
        """The classes that run a known ingress controller."""
        graph, found = self.graph, []
        for number, each in enumerate(self.endpoints.classes):
            images = [
                graph.peek(container, "image")
                for index in each.members
                for container in graph.targets("contains", index)
            ]
            if any(isinstance(image, str) and any(part in image for part in _CONTROLLERS) for image in images):
                found.append(number)
        return found


def _union(found: Iterable[Bounds]) -> Bounds:
    total = exactly(NOTHING)
    for each in found:
        total = total.either(each)
    return total
