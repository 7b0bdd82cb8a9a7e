"""The Gateway API: whom the listeners of a gateway let hang on them, what routes hang on, and who may send where.

Source: Gateway API, "API specification" (Gateway: listeners, allowedRoutes; CommonRouteSpec: parentRefs;
ReferenceGrant). A listener lets in routes of its own namespace unless it says otherwise, of the kinds that fit its
protocol unless it lists some.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.kubernetes.reading import IN_NAMESPACE, mapping, row, selected, sequence
from scanner.mapping.reader import Reader
from scanner.model.value import Value

_KINDS = {
    "HTTP": ["HTTPRoute", "GRPCRoute"],
    "HTTPS": ["HTTPRoute", "GRPCRoute"],
    "TLS": ["TLSRoute", "TCPRoute"],
    "TCP": ["TCPRoute"],
    "UDP": ["UDPRoute"],
}
# Classes of clouds that say in their name whom their gateways serve (Google Cloud, "GatewayClass capabilities").
_INSIDE = ("gke-l7-rilb", "gke-l7-cross-regional-internal-managed", "gke-l7-rilb-mc")
_OUTSIDE = ("gke-l7-gxlb", "gke-l7-global-external-managed", "gke-l7-regional-external-managed", "gke-l7-gxlb-mc",
            "gke-l7-global-external-managed-mc")  # fmt: skip


def internal(reader: Reader) -> Value:
    """Whether the class of a gateway serves private networks only; null where what carries it out decides."""
    name = str(reader.get("spec.gatewayClassName"))
    return True if name in _INSIDE else False if name in _OUTSIDE else None


def listeners(reader: Reader) -> Value:
    """The listeners of a gateway."""
    found: list[Value] = []
    for each in reader.blocks("spec.listeners"):
        protocol = str(each.get("protocol", "")).upper()
        allowed = mapping(each.get("allowedRoutes"))
        namespaces = mapping(allowed.get("namespaces"))
        kinds = [str(mapping(kind).get("kind")) for kind in sequence(allowed.get("kinds"))]
        selector = namespaces.get("selector")
        found.append(
            {
                "name": each.get("name"),
                "port": each.get("port"),
                "protocol": protocol,
                "hostname": each.get("hostname"),
                "kinds": kinds or _KINDS.get(protocol, []),
                "from": str(namespaces.get("from") or "Same"),
                "selector": None if selector is None else selected(selector),
            }
        )
    return found


def parents(reader: Reader) -> Value:
    """What a route hangs on: gateways, listener sets of them, or services of the mesh."""
    return [
        {
            "kind": str(held.get("kind") or "Gateway"),
            "name": held.get("name"),
            "namespace": held.get("namespace"),
            "section": held.get("sectionName"),
            "port": held.get("port"),
        }
        for held in map(mapping, sequence(reader.get("spec.parentRefs")))
    ]


def _sources(reader: Reader) -> Iterator[Value]:
    for each in reader.blocks("spec.from"):
        yield {"kind": str(each.get("kind")), "namespace": each.get("namespace")}


def _services(reader: Reader) -> Value:
    """The services that are named; empty for all of them, none at all where only other kinds are named."""
    named = [mapping(each) for each in sequence(reader.get("spec.to"))]
    services = [each.get("name") for each in named if each.get("kind") == "Service"]
    if not services:
        return ["/"]  # no service is called so
    return [] if None in services else services


GRANT = row(
    "reference_grant",
    {"sources": lambda reader: list(_sources(reader)), "services": _services},
    {"in_namespace": IN_NAMESPACE},
)
