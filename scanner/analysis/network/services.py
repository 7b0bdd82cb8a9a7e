"""Services of a cluster: which classes of pods stand behind them, and at which ports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.analysis.network.atoms import ANYTHING, NOTHING, Ranges, connections, union
from scanner.analysis.network.endpoints import Endpoints, Place
from scanner.analysis.network.stages import NONE, Bits
from scanner.model.value import Unknown, Value


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
        the pods."""
        found = [NOTHING]
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
