"""Tiers of the cluster network: what is declared, what follows from the thing itself, and which one counts.

Declared: configuration selector, then tag or label, then the subnet or namespace it stands in (DESIGN section 2).
Inferred: from what a thing is and whether it faces outward. The declared tier counts where there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from scanner.graph.columns import Graph
from scanner.model.layer import Layer, Tier
from scanner.model.settings import TierSelector
from scanner.model.value import Unknown, Value

_KEYS = ("layerproof.dev/tier", "layerproof:tier", "network-tier", "tier")
_WORDS = {tier.value: tier for tier in Tier if tier is not Tier.UNDECLARED}
_STANDING = frozenset({Layer.CLUSTER_NETWORK, Layer.COMPUTE, Layer.APPLICATION_NETWORK})
_AROUND = ("in_subnet", "in_namespace", "in_network")

_CORE = frozenset({
    "object_store", "volume", "snapshot", "file_system", "database", "table", "cache", "queue", "topic", "stream",
    "backup_plan", "backup_vault", "log_group", "registry", "key", "secret", "parameter", "trail",
    "identity_provider", "cluster", "detector",
})  # fmt: skip
_INTERNAL = frozenset({"instance", "instance_group", "function", "node_group", "container_service", "workload"})
# Kinds whose facing outward is one attribute: the attribute, and the value that means "outward".
_FACING = {
    "load_balancer": ("internal", False),
    "instance": ("public_address", True),
    "node_group": ("public_address", True),
    "container_service": ("public_address", True),
    "api": ("private", False),
    "dns_zone": ("private", False),
}


def place_tiers(graph: Graph, selectors: Sequence[TierSelector]) -> None:
    """Fill `declared_tiers`, `inferred_tiers` and `tiers`, and say of each root whether any tier is declared."""
    for index in range(len(graph)):
        graph.declared_tiers[index] = _configured(graph, index, selectors) or _tagged(graph, index)
    direct = list(graph.declared_tiers)
    for index in range(len(graph)):
        if direct[index] is None:
            graph.declared_tiers[index] = _surrounding(graph, index, direct)
        graph.inferred_tiers[index] = _inferred(graph, index)
        graph.tiers[index] = graph.declared_tiers[index] or graph.inferred_tiers[index] or Tier.UNDECLARED
    _roots(graph)


def _configured(graph: Graph, index: int, selectors: Sequence[TierSelector]) -> Tier | None:
    for selector in selectors:
        if _selected(graph, index, selector):
            return selector.tier
    return None


def _selected(graph: Graph, index: int, selector: TierSelector) -> bool:
    if not fnmatchcase(graph.kind(index).name, selector.kind):
        return False
    if not graph.addresses[index].matches(selector.address):
        return False
    tags = graph.peek(index, "tags") if selector.tags else {}
    if not isinstance(tags, dict):
        return not selector.tags
    return all(_is(tags.get(key), glob) for key, glob in selector.tags.items())


def _is(value: Value, glob: str) -> bool:
    return isinstance(value, str) and fnmatchcase(value, glob)


def _tagged(graph: Graph, index: int) -> Tier | None:
    tags = graph.peek(index, "tags")
    if not isinstance(tags, dict) or not tags:
        return None
    for key, value in tags.items():
        if isinstance(key, str) and key.lower() in _KEYS and isinstance(value, str):
            tier = _WORDS.get(value.lower())
            if tier is not None:
                return tier
    return None


def _surrounding(graph: Graph, index: int, direct: Sequence[Tier | None]) -> Tier | None:
    for relation in _AROUND:
        found = {direct[target] for target in graph.targets(relation, index)} - {None}
        if len(found) == 1:
            return found.pop()
    return None


def _inferred(graph: Graph, index: int) -> Tier | None:
    kind = graph.kind(index).name
    if kind in _FACING:
        attribute, outward = _FACING[kind]
        value = graph.peek(index, attribute)
        if isinstance(value, bool):
            if value is outward:
                return Tier.EXTERNAL
            return Tier.CORE if kind == "load_balancer" else Tier.INTERNAL
    if kind == "subnet":
        return _subnet(graph, index)
    if kind in ("distribution", "waf"):
        return Tier.EXTERNAL
    if kind == "service":
        return _service(graph, index)
    if kind == "ingress":
        return _ingress(graph, index)
    if kind in _CORE:
        return Tier.CORE
    return Tier.INTERNAL if kind in _INTERNAL and kind not in _FACING else None


def _subnet(graph: Graph, index: int) -> Tier | None:
    """External where its route table leads to an internet gateway; internal where it is known not to."""
    for table in graph.targets("routes_by", index):
        for gateway in graph.targets("routes_to", table):
            if graph.kind(gateway).name == "gateway" and graph.peek(gateway, "role") == "internet":
                return Tier.EXTERNAL
        if graph.why_open("routes_to", table) is None and not isinstance(graph.peek(table, "routes"), Unknown):
            return Tier.INTERNAL
    return None


def _service(graph: Graph, index: int) -> Tier | None:
    exposure, internal = graph.peek(index, "exposure"), graph.peek(index, "internal")
    if isinstance(exposure, Unknown) or isinstance(internal, Unknown):
        return None
    if exposure in ("LoadBalancer", "NodePort"):
        return Tier.CORE if internal is True else Tier.EXTERNAL
    return Tier.INTERNAL


def _ingress(graph: Graph, index: int) -> Tier | None:
    """External unless it serves private networks; one that routes calls inside a mesh only is internal."""
    internal, parents = graph.peek(index, "internal"), graph.peek(index, "parents")
    if isinstance(internal, Unknown) or isinstance(parents, Unknown):
        return None
    if parents and all(each["kind"] in ("mesh", "Service") for each in parents):
        return Tier.INTERNAL
    return Tier.CORE if internal is True else Tier.EXTERNAL


def _roots(graph: Graph) -> None:
    """Whether any node of a root says its tier; null where the root has none that stands in a network."""
    standing: set[tuple[str, str]] = set()
    declared: set[tuple[str, str]] = set()
    perhaps: dict[tuple[str, str], Unknown] = {}
    for index, address in enumerate(graph.addresses):
        key = (address.scheme, address.root if address.scheme == "tf" else ".")
        if graph.layers[index] in _STANDING:
            standing.add(key)
        if graph.declared_tiers[index] is not None:
            declared.add(key)
        why = _unreadable(graph.peek(index, "tags"))
        if why is not None:
            perhaps.setdefault(key, why)
    for index in graph.nodes("root"):
        address = graph.addresses[index]
        key = (address.scheme, address.root)
        told: Value = key in declared if key in standing else None
        graph.set(index, "tiers_declared", perhaps[key] if told is False and key in perhaps else told)


def _unreadable(tags: Value) -> Unknown | None:
    """The unknown value of a tag that names a tier; None where there is none."""
    if not isinstance(tags, dict):
        return None
    for key, value in tags.items():
        if key.lower() in _KEYS and isinstance(value, Unknown):
            return value
    return None
