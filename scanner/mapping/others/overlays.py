"""Overlays as Terraform declares them: Tailscale, WireGuard, Aviatrix.

Sources: Tailscale documentation, "Auth keys", "Subnet routers"; the documentation of the Terraform providers
tailscale/tailscale, OJFord/wireguard and AviatrixSystems/aviatrix.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.agents import elsewhere, peer
from scanner.mapping.extract import EMPTY, NONE, TRUE, elements, flag, strings, text
from scanner.mapping.others import tailnet
from scanner.mapping.reader import Reader
from scanner.mapping.table import Fixed, Fold, Join, Row, Skip, Table
from scanner.model.value import Cause, Unknown, Value

# Tailscale


def _marks(reader: Reader) -> Value:
    """Tags that something declares for a device; else the coordination server knows them."""
    folded = list(reader.folded("tailscale_device_tags"))
    if folded:
        return [str(each) for fold in folded for each in elements(fold.get("tags"))]
    return strings("tags")(reader) if reader.has("tags") else elsewhere("which tags it has")(reader)


def _routes(reader: Reader) -> Value:
    """Routes that are switched on for a device; whether its agent offers them is the agent's matter."""
    return [
        str(each)
        for fold in reader.folded("tailscale_device_subnet_routes")
        for each in elements(fold.get("routes"))
        if str(each) not in _DEFAULT
    ]


_DEFAULT = ("0.0.0.0/0", "::/0")


def _is_exit(reader: Reader) -> Value:
    return any(
        str(each) in _DEFAULT
        for fold in reader.folded("tailscale_device_subnet_routes")
        for each in elements(fold.get("routes"))
    )


_DEVICE = peer(
    "tailscale",
    {
        "addresses": lambda reader: strings("addresses")(reader) if reader.has("addresses") else
        elsewhere("which addresses it has")(reader),
        "marks": _marks,
        "user": lambda reader: reader.get("user") or elsewhere("who owns it")(reader),
        "routes": _routes,
        "approved": _routes,
        "exit": _is_exit,
    },
    identity=("id", "node_id", "name", "hostname"),
    name=lambda reader: reader.peek("name") or reader.peek("hostname"),
    tags=lambda _: {},
)  # fmt: skip
_DEVICES = ("data.tailscale_device",)
_TAILSCALE: Table = {
    "tailscale_acl": Row(
        "overlay",
        {
            "dialect": Fixed("tailscale"),
            "grants": tailnet.grants,
            "names": tailnet.names,
            "approves": tailnet.approves,
        },
        identity=("id",),
        name="id",
    ),
    "tailscale_tailnet_key": Row(
        "overlay_key",
        {"dialect": Fixed("tailscale"), "marks": strings("tags"), "reusable": flag("reusable")},
        identity=("id", "key"),
        name="description",
        tags=lambda _: {},
    ),
    "data.tailscale_device": _DEVICE,
    "tailscale_device_subnet_routes": Fold(_DEVICES, "device_id"),
    "tailscale_device_tags": Fold(_DEVICES, "device_id"),
    "tailscale_device_authorization": Fold(_DEVICES, "device_id"),
    "tailscale_device_key": Fold(_DEVICES, "device_id"),
    "data.tailscale_devices": Skip("lists devices that exist"),
    "data.tailscale_4via6": Skip("computes an address"),
    **{
        f"tailscale_{name}": Skip("says nothing of who reaches whom")
        for name in [
            "dns_nameservers",
            "dns_preferences",
            "dns_search_paths",
            "dns_split_nameservers",
            "dns_configuration",
            "contacts",
            "logstream_configuration",
            "oauth_client",
            "posture_integration",
            "tailnet_settings",
            "webhook",
            "aws_external_id",
        ]
    },
}

# WireGuard


def _admitted(reader: Reader) -> Value:
    """Whom a configuration lets in: from a peer come only its allowed addresses, and these are sent to it."""
    return [
        {"key": each.peek("public_key"), "ranges": [str(one) for one in elements(each.get("allowed_ips"))]}
        for each in reader.blocks("peer")
    ]


_WIREGUARD: Table = {
    "data.wireguard_config_document": peer(
        "wireguard",
        {
            "addresses": strings("addresses"),
            "key": lambda reader: reader.peek("private_key"),
            "admits": _admitted,
        },
        identity=("conf",),
        name="id",
    ),
    "wireguard_asymmetric_key": Skip("a key that a configuration uses"),
    "wireguard_preshared_key": Skip("a key that a configuration uses"),
    "data.wireguard_public_key": Skip("a key that a configuration uses"),
}

# Aviatrix


def _transits(reader: Reader) -> Iterator[Value]:
    """The transit gateways that a gateway is attached to, or peers with."""
    yield reader.peek("transit_gw")
    for fold in reader.folded("aviatrix_spoke_transit_attachment"):
        yield fold.peek("transit_gw_name")
    for fold in reader.folded("aviatrix_transit_gateway_peering"):
        yield fold.peek("transit_gateway_name2")


def _domains(reader: Reader) -> Value:
    """The network domains that a gateway is associated with."""
    found = reader.folded("aviatrix_segmentation_network_domain_association")
    return [str(fold.get("network_domain_name")) for fold in found]


def _gateway(routes: str) -> Row:
    return peer(
        "aviatrix",
        {
            "agent_read": TRUE,
            "marks": _domains,
            "routes": strings(routes),
            "user": NONE,
            "key": text("gw_name"),
        },
        {
            "in_network": Join("vpc_id", ("network",)),
            "attached_to": Join("transit_gw_name", ("overlay_peer",), values=_transits),
        },
        identity=("id", "gw_name"),
        name="gw_name",
    )


def _connected(reader: Reader) -> Value:
    """Domains that are connected let through between each other, and each within itself."""
    return [
        {
            "sources": [str(reader.get("domain_name_1"))],
            "targets": [{"selector": str(reader.get("domain_name_2")), "ports": [[0, 65535]]}],
            "protocols": ["any"],
            "via": [],
            "condition": None,
        }
    ]


_AVIATRIX: Table = {
    "aviatrix_spoke_gateway": _gateway("included_advertised_spoke_routes"),
    "aviatrix_transit_gateway": _gateway("customized_spoke_vpc_routes"),
    "aviatrix_spoke_transit_attachment": Fold(("aviatrix_spoke_gateway",), "spoke_gw_name"),
    "aviatrix_transit_gateway_peering": Fold(("aviatrix_transit_gateway",), "transit_gateway_name1"),
    "aviatrix_segmentation_network_domain_association": Fold(("aviatrix_spoke_gateway",), "attachment_name"),
    "aviatrix_segmentation_network_domain": Skip("a domain; what is associated with it says so"),
    "aviatrix_segmentation_network_domain_connection_policy": Row(
        "overlay",
        {"dialect": Fixed("aviatrix"), "grants": _connected, "names": EMPTY, "approves": EMPTY},
        identity=("id",),
        name="id",
    ),
    "aviatrix_distributed_firewalling_policy_list": Row(
        "overlay",
        {
            "dialect": Fixed("aviatrix"),
            "grants": lambda _: Unknown(
                "what its smart groups hold is known to the controller only", Cause.OUTSIDE_SCAN
            ),
            "names": EMPTY,
            "approves": EMPTY,
        },
        identity=("id",),
        name="id",
    ),
}

TABLE: Table = {**_TAILSCALE, **_WIREGUARD, **_AVIATRIX}
