"""The endpoints of a cluster as classes: pods that no policy can tell apart are one bit.

Two workloads are of one class when they agree in place, labels, named ports, service account, addresses and
whether they share their machine's network. A **place** is a namespace of a cluster, or a folder whose objects
name none (whoever applies it chooses one; see `scanner.mapping.kubernetes.connect`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scanner.analysis.network.atoms import NOTHING, Ranges, cidrs
from scanner.analysis.network.labels import LabelBits, Labels
from scanner.analysis.network.stages import Bits, bits
from scanner.graph.columns import Graph
from scanner.model.value import Unknown, Value

_NAME_LABEL = "kubernetes.io/metadata.name"
DEFAULT = "default"
_UNSEEN = "\0"  # the folder of what no folder of the scan holds


class Place(NamedTuple):
    """A namespace, or with None the namespace that those who apply a folder will choose."""

    namespace: str | None
    folder: str = ""


class Port(NamedTuple):
    """A port that a pod gives a name to."""

    name: str
    protocol: str
    number: int


class Traits(NamedTuple):
    """What policies can tell of an endpoint."""

    place: Place
    labels: Labels | Unknown
    ports: tuple[Port, ...] = ()
    account: str = ""
    host_network: bool | Unknown = False
    addresses: Ranges = NOTHING


@dataclass(slots=True)
class Class:
    """Endpoints that agree in every trait; `members` are the indexes of their nodes."""

    traits: Traits
    members: list[int] = field(default_factory=list)


class Endpoints:
    """The classes of one cluster and their indexes. With `compat` the conventions of np-guard hold: what names
    no namespace stands in `default`, and a namespace without a manifest has no labels but its name."""

    def __init__(self, graph: Graph, cluster: str | None, *, compat: bool = False) -> None:
        self.graph = graph
        self.cluster = cluster
        self.compat = compat
        self.classes: list[Class] = []
        self.class_of: dict[int, int] = {}
        self.places: list[Place] = []
        self._place_number: dict[Place, int] = {}
        self._in_place: list[int] = []
        self._pods = LabelBits()
        self._namespaces = LabelBits()
        self._by_traits: dict[Any, int] = {}
        self._mixed = _mixed_folders(self)
        self._manifests = {str(graph.peek(index, "name")): index for index in self.nodes("namespace")}
        self._read_workloads()
        self.unseen = None if compat else self._unseen()
        self.host = _host_bits(self.classes)
        self.written = sum(1 << number for number, each in enumerate(self.classes) if each.traits.addresses)

    def nodes(self, kind: str) -> Iterator[int]:
        """The nodes of a kind that belong to the cluster."""
        table = self.graph.tables.get(kind)
        if table is None:
            return
        for index, provider, account in zip(
            table.nodes, table.columns["provider"], table.columns["account"], strict=True
        ):
            if provider == "kubernetes" and (account if isinstance(account, str) else None) == self.cluster:
                yield index

    def add(self, traits: Traits, member: int | None = None) -> int:
        """The class of traits, a new one where there is none yet; its number."""
        labels = traits.labels
        key = (*traits[:1], id(labels) if isinstance(labels, Unknown) else tuple(sorted(labels.items())),
               *traits[2:4], id(traits.host_network), traits.addresses)  # fmt: skip
        number = self._by_traits.get(key)
        if number is None:
            number = self._by_traits[key] = len(self.classes)
            self.classes.append(Class(traits))
            self._pods.add(labels)
            self._in_place[self._place(traits.place)] |= 1 << number
        if member is not None:
            self.classes[number].members.append(member)
            self.class_of[member] = number
        return number

    def _read_workloads(self) -> None:
        """Each workload to its class; of those that agree in all that is written, the traits are read once."""
        graph = self.graph
        seen: dict[Any, int] = {}
        contains = graph.targets
        table = graph.tables.get("workload")
        columns = [table.columns[name] for name in _TRAITS] if table else []
        row_of = {index: row for row, index in enumerate(table.nodes)} if table else {}
        for index in self.nodes("workload"):
            row = row_of[index]
            written = [column[row] for column in columns]
            ports = tuple(sorted(_named_ports(graph, index))) if contains("contains", index) else ()
            around = tuple(graph.targets("in_namespace", index))
            key = (graph.addresses[index].root, around, ports, *map(_hashable, written))
            number = seen.get(key)
            if number is None:
                number = seen[key] = self.add(_traits(self, index, ports))
            self.classes[number].members.append(index)
            self.class_of[index] = number

    def _unseen(self) -> int | None:
        """The class of a pod outside of the scan, of which nothing is known: what carries out the ingresses."""
        if next(self.nodes("ingress"), None) is None:
            return None
        return self.add(Traits(Place(None, _UNSEEN), Unknown("the labels of a pod outside of this scan")))

    @property
    def everything(self) -> int:
        return (1 << len(self.classes)) - 1

    def place_of(self, index: int) -> Place:
        """Where a node of a namespace stands; the folder counts only where it leaves something open."""
        region = self.graph.peek(index, "region")
        folder = self.graph.addresses[index].root
        if not isinstance(region, str):  # Terraform's provider has no regions, but names the namespace
            named = [self.graph.peek(each, "name") for each in self.graph.targets("in_namespace", index)]
            region = named[0] if len(named) == 1 else region
        if isinstance(region, str):
            return Place(region, folder if folder in self._mixed else "")
        return Place(DEFAULT) if self.compat else Place(None, folder)

    # choosing

    def beside(self, place: Place) -> Bits:
        """The classes that share a place, and those that may."""
        sure = maybe = 0
        for each, held in zip(self.places, self._in_place, strict=True):
            if each.namespace == place.namespace and (each.namespace is not None or each.folder == place.folder):
                sure |= held
            elif each.folder == place.folder and each.folder and None in (each.namespace, place.namespace):
                maybe |= held
        return Bits(sure, sure | maybe)

    def within(self, namespaces: Value) -> Bits:
        """The classes whose namespace a selector chooses."""
        chosen = self._namespaces.select(namespaces)
        sure = maybe = 0
        for number in bits(chosen.maybe):
            maybe |= self._in_place[number]
            if chosen.sure >> number & 1:
                sure |= self._in_place[number]
        return Bits(sure, maybe)

    def labelled(self, selector: Value) -> Bits:
        """The classes whose pods a selector chooses, wherever they stand."""
        return self._pods.select(selector)

    def _place(self, place: Place) -> int:
        number = self._place_number.get(place)
        if number is None:
            number = self._place_number[place] = len(self.places)
            self.places.append(place)
            self._in_place.append(0)
            labels, partial = self.namespace_labels(place)
            self._namespaces.add(labels, partial=partial)
        return number

    def namespace_labels(self, place: Place) -> tuple[Labels | Unknown, bool]:
        """The labels of a place's namespace, and whether it may have more: it was not read."""
        if place.namespace is None:
            return {}, True
        index = self._manifests.get(place.namespace)
        if index is None:
            return {_NAME_LABEL: place.namespace}, not self.compat
        tags = self.graph.peek(index, "tags")
        if isinstance(tags, Unknown):
            return {_NAME_LABEL: place.namespace}, True
        return {**{key: str(value) for key, value in (tags or {}).items()}, _NAME_LABEL: place.namespace}, False


def cluster_of(graph: Graph, index: int) -> str | None:
    """The cluster of a node, None where no manifest names it."""
    account = graph.peek(index, "account")
    return account if isinstance(account, str) else None


def clusters(graph: Graph) -> list[str | None]:
    """The clusters that run something, in order."""
    found: dict[str | None, None] = {}
    for index in graph.nodes("workload"):
        if graph.peek(index, "provider") == "kubernetes":
            found.setdefault(cluster_of(graph, index))
    return list(found)


def _mixed_folders(endpoints: Endpoints) -> frozenset[str]:
    """The folders of which some objects name a namespace and others do not."""
    if endpoints.compat:
        return frozenset()
    graph = endpoints.graph
    named: set[str] = set()
    unnamed: set[str] = set()
    for kind in ("workload", "network_policy"):
        for index in endpoints.nodes(kind):
            if kind == "network_policy" and graph.peek(index, "cluster_wide") is True:
                continue
            side = named if isinstance(graph.peek(index, "region"), str) else unnamed
            side.add(graph.addresses[index].root)
    return frozenset(named & unnamed)


_TRAITS = ("region", "selector", "service_account_name", "host_network", "addresses")


def _hashable(value: Value) -> Any:
    """What is written as a key; a value that is not known is like no other."""
    if type(value) is list:
        if len(value) == 1 and type(value[0]) is dict:
            return tuple(sorted(value[0].items()))
        return tuple(map(_hashable, value)) if value else ()
    return tuple(sorted(value.items())) if type(value) is dict else value


def _traits(endpoints: Endpoints, index: int, ports: tuple[Port, ...]) -> Traits:
    graph = endpoints.graph
    selector = graph.peek(index, "selector")
    labels = selector if isinstance(selector, Unknown) else (selector[0] if selector else {})
    account = graph.peek(index, "service_account_name")
    shared = graph.peek(index, "host_network")
    return Traits(
        endpoints.place_of(index),
        labels,
        ports,
        account if isinstance(account, str) else "",
        shared if isinstance(shared, (bool, Unknown)) else False,
        _addresses(graph.peek(index, "addresses")),
    )


def _named_ports(graph: Graph, index: int) -> Iterator[Port]:
    for container in graph.targets("contains", index):
        ports = graph.peek(container, "ports") if graph.kind(container).has("ports") else None
        for port in ports if isinstance(ports, list) else ():
            if isinstance(port["name"], str) and isinstance(port["port"], int):
                yield Port(port["name"], str(port["protocol"]), port["port"])


def _addresses(texts: Value) -> Ranges:
    try:
        return cidrs(each for each in texts if isinstance(each, str)) if isinstance(texts, list) else NOTHING
    except ValueError:
        return NOTHING


def _host_bits(classes: list[Class]) -> Bits:
    """The classes that share their machine's network, and those that may."""
    sure = maybe = 0
    for number, each in enumerate(classes):
        shared = each.traits.host_network
        if isinstance(shared, Unknown):
            maybe |= 1 << number
        elif shared:
            sure |= 1 << number
    return Bits(sure, sure | maybe)
