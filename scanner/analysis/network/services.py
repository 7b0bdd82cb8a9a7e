"""Services of a cluster: which classes of pods stand behind them, and at which ports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.analysis.network.atoms import ANYTHING, NOTHING, Ranges, connections, union
from scanner.analysis.network.endpoints import Endpoints, Place
from scanner.analysis.network.stages import NONE, Bits
from scanner.model.value import Unknown, Value

# What the API server chooses node ports from unless it is told otherwise (Kubernetes documentation, "Service").
CHOSEN = (30000, 32767)


class Services:
    """The services of one cluster by place and name."""

    def __init__(self, endpoints: Endpoints) -> None:
        self.endpoints = endpoints
        self.graph = endpoints.graph
        self.nodes = list(endpoints.nodes("service"))
        self._named: dict[tuple[str | None, str], list[int]] = {}
        for index in self.nodes:
            place = endpoints.place_of(index)
            self._named.setdefault((place.namespace, str(self.graph.peek(index, "name"))), []).append(index)

    def named(self, place: Place, name: str, namespace: Value = None) -> list[int]:
        """The services of a name in a place, or in a namespace that is named."""
        where = namespace if isinstance(namespace, str) and namespace else place.namespace
        found = self._named.get((where, name), [])
        if where is None:
            return [each for each in found if self.endpoints.place_of(each).folder == place.folder]
        return found

    def pods(self, index: int) -> Bits:
        """The classes that a service selects."""
        selectors = self.graph.peek(index, "selector")
        around = self.endpoints.beside(self.endpoints.place_of(index))
        if isinstance(selectors, Unknown):
            return Bits(0, around.maybe)
        found = NONE
        for labels in selectors:
            found = found.either(self.endpoints.labelled({"labels": labels}))
        return found.both(around)

    def targets(self, index: int, number: int, wanted: Any = None, *, own: bool = False) -> Ranges:
        """The connections of a class of pods that a service sends to, of all its ports or of those that are
        `wanted` by name, port or target port (only by the service's `own` port). A named target is looked up at
        the pods. Through the name of a headless service its pods are reached at their own ports (Kubernetes
        documentation, "Headless Services")."""
        found = [NOTHING]
        if own and self.graph.peek(index, "headless") is True:
            return connections("any", wanted) if isinstance(wanted, int) else ANYTHING
        ports = self.graph.peek(index, "ports")
        if isinstance(ports, Unknown):
            return ANYTHING
        for port in ports:
            known = (port["port"],) if own else (port["name"], port["port"], port["target"])
            if wanted is None or wanted in known:
                found += self._at(port, number)
        return union(found)

    def _at(self, port: Value, number: int) -> Iterator[Ranges]:
        protocol, target = str(port["protocol"]), port["target"]
        if isinstance(target, int):
            yield connections(protocol, target)
            return
        for each in self.endpoints.classes[number].traits.ports:
            if each.name == target and each.protocol == protocol:
                yield connections(protocol, each.number)

    def at_machines(self, index: int, wanted: Any = None) -> tuple[Ranges, bool]:
        """The ports of every machine that lead to a service's ports, of all or those that are `wanted`; and
        whether they are written, where the cluster does not choose them. None for a service that has none."""
        ports = self.graph.peek(index, "ports")
        if self.graph.peek(index, "exposure") not in ("NodePort", "LoadBalancer"):
            return NOTHING, True
        if isinstance(ports, Unknown):
            return connections("any", *CHOSEN), False
        chosen = [each for each in ports if wanted is None or wanted in (each["name"], each["port"])]
        held = [_node_port(each) for each in chosen]
        return union([NOTHING, *held]), all(isinstance(each["node_port"], int) for each in chosen)


def _node_port(port: Value) -> Ranges:
    number, protocol = port["node_port"], str(port["protocol"])
    return connections(protocol, number) if isinstance(number, int) else connections(protocol, *CHOSEN)
