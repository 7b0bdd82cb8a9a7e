"""Which routes of a cluster hang on a gateway, and to which services they may send.

Source: Gateway API, "API specification": a route is attached where a listener of its parent lets in its kind and
its namespace, and their host names meet; a backend in another namespace needs a ReferenceGrant there. Istio,
"Virtual Service": one that is bound to no gateway routes calls inside the mesh only.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from scanner.analysis.network.endpoints import Endpoints, Place
from scanner.analysis.network.labels import LabelBits
from scanner.model.value import Unknown, Value

_ELSEWHERE = "the gateway that it hangs on is not part of this scan"


class Attached(NamedTuple):
    """Whether a route hangs on a gateway (None: not known), the gateways that it does, and why not."""

    held: bool | None
    gateways: tuple[int, ...] = ()
    why: str = ""


class Gateways:
    """The gateways, routes and grants of one cluster."""

    def __init__(self, endpoints: Endpoints) -> None:
        self.endpoints = endpoints
        self.graph = endpoints.graph
        self._named: dict[tuple[str | None, str], list[int]] = {}
        for index in endpoints.nodes("ingress"):
            if self.graph.peek(index, "listeners") != []:
                place = endpoints.place_of(index)
                self._named.setdefault((place.namespace, str(self.graph.peek(index, "name"))), []).append(index)
        self._grants = list(endpoints.nodes("reference_grant"))

    def attached(self, route: int) -> Attached:
        """On which gateways a route hangs; what needs none is held by whatever carries it out."""
        parents = self.graph.peek(route, "parents")
        if parents is None:
            return Attached(held=True)
        if isinstance(parents, Unknown):
            return Attached(None, why=parents.reason)
        found: list[Attached] = [self._on(route, each) for each in parents if each["kind"] == "Gateway"]
        gateways = tuple(index for each in found for index in each.gateways)
        if any(each.held for each in found):
            return Attached(held=True, gateways=gateways)
        unsure = next((each for each in found if each.held is None), None)
        if unsure is not None:
            return unsure
        if any(each["kind"] not in ("Gateway", "Service", "ServiceEntry", "mesh") for each in parents):
            return Attached(None, why="what it hangs on is no gateway that is understood")
        told = found[0].why if found else "it routes calls inside the cluster only"
        return Attached(held=False, why=told)

    def _on(self, route: int, parent: dict[str, Any]) -> Attached:
        place = self.endpoints.place_of(route)
        namespace = parent["namespace"] if isinstance(parent["namespace"], str) else place.namespace
        gateways = self._named.get((namespace, str(parent["name"])), [])
        if not gateways:
            return Attached(None, why=_ELSEWHERE)
        unsure = False
        for gateway in gateways:
            listeners = self.graph.peek(gateway, "listeners")
            if isinstance(listeners, Unknown):
                return Attached(None, why=listeners.reason)
            said = [self._lets(route, place, gateway, parent, each) for each in listeners]
            if True in said:
                return Attached(held=True, gateways=(gateway,))
            unsure = unsure or None in said
        if unsure:
            return Attached(None, why="the labels of its namespace are not part of this scan")
        return Attached(held=False, why="no listener of its gateway lets it in")

    def _lets(
        self, route: int, place: Place, gateway: int, parent: dict[str, Any], listener: dict[str, Any]
    ) -> bool | None:
        kind = str(self.graph.peek(route, "type")).rpartition("/")[2]
        if kind not in listener["kinds"]:
            return False
        if parent["section"] is not None and parent["section"] != listener["name"]:
            return False
        if parent["port"] is not None and parent["port"] != listener["port"]:
            return False
        if not self._meet(listener["hostname"], self.graph.peek(route, "hosts")):
            return False
        if listener["from"] == "All":
            return True
        if listener["from"] == "Same":
            return place.namespace == self.endpoints.place_of(gateway).namespace
        if listener["from"] != "Selector" or listener["selector"] is None:
            return False
        return self._chosen(place, listener["selector"])

    def _chosen(self, place: Place, selector: Any) -> bool | None:
        labels, partial = self.endpoints.namespace_labels(place)
        held = LabelBits()
        held.add(labels, partial=partial)
        found = held.select(selector)
        return True if found.sure else None if found.maybe else False

    def _meet(self, hostname: Value, hosts: Value) -> bool:
        """Whether a listener's host name and a route's meet; each may begin with `*.`; one without takes all."""
        if not isinstance(hostname, str) or not hostname or not isinstance(hosts, list) or not hosts:
            return True
        return any(_fits(hostname, str(each)) or _fits(str(each), hostname) for each in hosts)

    def granted(self, route: int, namespace: Value, service: str) -> bool:
        """Whether a route may send to a service of a namespace: its own, or one whose grants let it."""
        place = self.endpoints.place_of(route)
        kind = str(self.graph.peek(route, "type"))
        if (
            not isinstance(namespace, str)
            or namespace in ("", place.namespace)
            or "gateway.networking" not in kind
        ):
            return True
        for index in self._grants:
            if self.endpoints.place_of(index).namespace != namespace:
                continue
            sources, services = self.graph.peek(index, "sources"), self.graph.peek(index, "services")
            if isinstance(sources, Unknown) or isinstance(services, Unknown):
                return True
            named = {"kind": kind.rpartition("/")[2], "namespace": place.namespace}
            if named in sources and (not services or service in services):
                return True
        return False


def _fits(pattern: str, host: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) > len(pattern) - 1
    return pattern == host
