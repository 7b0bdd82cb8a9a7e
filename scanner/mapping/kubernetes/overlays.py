"""Overlays inside clusters: what Tailscale's operator publishes and routes; peers of Kilo and of WireGuard's.

Sources: Tailscale documentation, "Kubernetes operator" (cluster ingress, Connector; the tag of proxies is tag:k8s
unless another is named); Kilo documentation, "Peer"; jodevsa/wireguard-operator, "WireguardPeer".
"""

from __future__ import annotations

from typing import Any

from scanner.mapping.agents import elsewhere, peer
from scanner.mapping.extract import TRUE
from scanner.mapping.kubernetes.reading import annotation, identity, label, mapping, texts
from scanner.mapping.reader import Reader
from scanner.mapping.table import Part, Row, Table
from scanner.model.value import Undetermined, Value

_TAG = "tag:k8s"
_CLASS = "tailscale"


def _marks(reader: Reader) -> Value:
    said = annotation(reader, "tailscale.com/tags")
    return [each.strip() for each in said.split(",")] if said else [_TAG]


def _exposed(reader: Reader) -> bool:
    """Whether the operator publishes a service or an ingress to the tailnet."""
    try:
        if reader.resource.type.endswith("/Ingress"):
            return bool(reader.get("spec.ingressClassName") == _CLASS)
        said = annotation(reader, "tailscale.com/expose") or label(reader, "tailscale.com/expose")
        return bool(said == "true" or reader.get("spec.loadBalancerClass") == _CLASS)
    except Undetermined:
        return False


PROXY = Part(
    peer(
        "tailscale",
        {"agent_read": TRUE, "addresses": elsewhere("which addresses it has"), "marks": _marks},
        name=lambda reader: annotation(reader, "tailscale.com/hostname") or reader.peek("metadata.name"),
        tags=lambda _: {},
    ),
    "tailscale",
    edge="runs_on",
    reverse=True,
    when=_exposed,
)


def _routed(reader: Reader) -> Value:
    return texts(reader.get("spec.subnetRouter.advertiseRoutes"))


def _admits(reader: Reader) -> Value:
    spec = mapping(reader.get("spec"))
    return [{"key": spec.get("publicKey"), "ranges": texts(spec.get("allowedIPs"))}]


def _connector(reader: Reader) -> Value:
    return texts(reader.get("spec.tags")) or [_TAG]


def _row(dialect: str, attributes: dict[str, Any]) -> Row:
    return peer(dialect, attributes, identity=identity, name="metadata.name", tags="metadata.labels")


TABLE: Table = {
    "tailscale.com/Connector": _row(
        "tailscale",
        {
            "agent_read": TRUE,
            "addresses": elsewhere("which addresses it has"),
            "marks": _connector,
            "routes": _routed,
            "exit": lambda reader: reader.get("spec.exitNode") is True,
        },
    ),
    "kilo.squat.ai/Peer": _row(
        "wireguard",
        {
            "addresses": lambda reader: texts(reader.get("spec.allowedIPs")),
            "key": lambda reader: reader.peek("spec.publicKey"),
            "admits": _admits,
        },
    ),
    "vpn.wireguard-operator.io/WireguardPeer": _row(
        "wireguard",
        {
            "addresses": elsewhere("which addresses it has"),
            "key": lambda reader: reader.peek("spec.publicKey"),
        },
    ),
}
