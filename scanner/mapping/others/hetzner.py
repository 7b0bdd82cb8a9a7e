"""Hetzner Cloud: servers, firewalls, networks, balancers (documentation of the provider hcloud and of the API).

A firewall lets in what its rules say and lets out everything unless it has rules for that; a server without one is
not filtered.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.extract import FALSE, NONE, each, elements, flag, marked, strings, text, truth, whole
from scanner.mapping.reader import Reader
from scanner.mapping.secrets import secrets_in_text
from scanner.mapping.starting import machine_fetches
from scanner.mapping.table import Fixed, Fold, Join, Row, Skip, Table
from scanner.model.value import Unknown, Value

_TLS = {"https": True, "http": False}  # what travels in other protocols, the balancer does not see


def _rules(reader: Reader) -> Value:
    pairs = ((block, _rule(block)) for block in reader.blocks("rule"))
    return marked(reader, pairs, "source_ips", "destination_ips")


def _rule(block: Reader) -> Value:
    first, last = _ports(block.peek("port"))
    return {
        "direction": block.peek("direction"),
        "protocol": block.peek("protocol"),
        "from": first,
        "to": last,
        "cidrs": elements(block.peek("source_ips")) + elements(block.peek("destination_ips")),
        "groups": [],
        "action": "allow",
        "description": block.peek("description"),
    }


def _ports(port: Value) -> tuple[Value, Value]:
    """`80`, `80-85`, or `any`; none where the protocol has none."""
    if isinstance(port, Unknown):
        return port, port
    low, _, high = str(port or "any").partition("-")
    return (None, None) if low == "any" else (whole(low), whole(high or low))


def _applied(reader: Reader) -> Value:
    """Whether it, or an attachment for it, says whom it filters; selectors choose servers that come later too."""
    if reader.block("apply_to") is not None:
        return True
    return True if reader.fold("hcloud_firewall_attachment") is not None else None


def _public(reader: Reader) -> Value:
    """Servers get addresses of both versions unless `public_net` says otherwise."""
    block = reader.block("public_net")
    if block is None:
        return True
    return truth(block.get("ipv4_enabled", True)) or truth(block.get("ipv6_enabled", True))


def _start_script(reader: Reader) -> Value:
    script = reader.get("user_data")
    return secrets_in_text(script, "user_data") if isinstance(script, str) else []


def _attached(reader: Reader) -> Iterator[Value]:
    """The servers that a firewall names itself, or an attachment names for it."""
    yield from each("apply_to", "server")(reader)
    for fold in reader.folded("hcloud_firewall_attachment"):
        yield from elements(fold.peek("server_ids"))


def _service_port(reader: Reader) -> Value:
    usual = {"http": 80, "https": 443}.get(str(reader.get("protocol")))
    return whole(reader.get("listen_port", usual))


TABLE: Table = {
    "hcloud_firewall": Row(
        "security_group",
        {"rules": _rules, "default": FALSE, "applied": _applied},
        {"uses": Join("", ("instance",), reverse=True, values=_attached)},
        tags="labels",
    ),
    "hcloud_firewall_attachment": Fold(("hcloud_firewall",), "firewall_id"),
    "hcloud_server": Row(
        "instance",
        {
            "template": FALSE,
            "public_address": _public,
            "tokens_required": NONE,  # its metadata service hands out no credentials
            "metadata_hops": NONE,
            "disks_encrypted": NONE,  # no setting: the system inside decides
            "monitored": NONE,
            "literal_secrets": _start_script,
            "fetches_code": machine_fetches("user_data"),
            "image": text("image"),
        },
        {
            "uses": Join("firewall_ids", ("security_group",)),
            "in_network": Join("", ("network",), values=each("network", "network_id")),
            "in_subnet": Join("", ("subnet",), values=each("network", "subnet_id")),
        },
        tags="labels",
    ),
    "hcloud_network": Row(
        "network", {"cidrs": strings("ip_range"), "default": FALSE, "flow_logged": NONE}, tags="labels"
    ),
    "hcloud_network_subnet": Row(
        "subnet",
        {"cidrs": strings("ip_range"), "public_by_default": FALSE, "flow_logged": NONE},
        {"in_network": Join("network_id", ("network",))},
        tags=lambda reader: {},
    ),
    "hcloud_load_balancer": Row(
        "load_balancer",
        {
            "flavour": Fixed("application"),
            "internal": lambda reader: any(
                not truth(fold.get("enable_public_interface", True))
                for fold in reader.folded("hcloud_load_balancer_network")
            ),
            "access_logged": NONE,  # the service keeps no such log
            "deletion_protected": flag("delete_protection"),
            "drops_invalid_headers": NONE,
            "fails_open": NONE,
        },
        tags="labels",
    ),
    "hcloud_load_balancer_network": Fold(("hcloud_load_balancer",), "load_balancer_id"),
    "hcloud_load_balancer_service": Row(
        "listener",
        {
            "port": _service_port,
            "protocol": lambda reader: str(reader.get("protocol")).upper(),
            "encrypted": lambda reader: _TLS.get(str(reader.get("protocol"))),
            "redirects": FALSE,  # a service of HTTPS does that itself, and then none of HTTP stands there
            "tls_policy": NONE,  # chosen by the service
        },
        {"listens_on": Join("load_balancer_id", ("load_balancer",))},
        tags=lambda reader: {},
    ),
    "hcloud_volume": Row(
        "volume", {"encrypted": NONE, "customer_key": NONE, "placement": Fixed("managed")}, tags="labels"
    ),
    "hcloud_load_balancer_target": Skip("a server behind a load balancer"),
    "hcloud_volume_attachment": Skip("a volume at a server"),
    "hcloud_server_network": Skip("a server in a network"),
    "hcloud_network_route": Skip("a route between servers of one network"),
    "hcloud_ssh_key": Skip("a public key"),
    "hcloud_placement_group": Skip("keeps servers apart"),
    "hcloud_rdns": Skip("a name for an address"),
    "hcloud_primary_ip": Skip("an address"),
    "hcloud_floating_ip": Skip("an address"),
    "hcloud_floating_ip_assignment": Skip("an address at a server"),
    "hcloud_managed_certificate": Skip("a certificate that the service keeps"),
    **{
        f"data.hcloud_{name}": Skip("asks the project for something that exists")
        for name in [
            "certificate",
            "datacenter",
            "firewall",
            "image",
            "images",
            "load_balancer",
            "location",
            "locations",
            "network",
            "server",
            "servers",
            "server_type",
            "server_types",
            "ssh_key",
            "ssh_keys",
            "volume",
        ]
    },
}
