"""Azure networks: virtual networks, subnets, security groups, interfaces, gateways, endpoints, names."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from scanner.mapping.extract import (
    EMPTY,
    FALSE,
    NONE,
    PLAIN_LINE,
    each,
    elements,
    gathered,
    is_written,
    marked,
    named,
    no_flag,
    outside,
    strings,
    truth,
    whole,
)
from scanner.mapping.reader import Reader
from scanner.mapping.table import Edge, Fixed, Fold, Join, Row, Skip, Table
from scanner.model.logic import every
from scanner.model.value import Cause, Unknown, Value

_GROUP = ("azurerm_network_security_group",)
_NETWORK = ("azurerm_virtual_network",)
_EVERYONE = ("*", "any", "internet", "0.0.0.0/0", "0.0.0.0", "::/0")  # noqa: S104 - compared, not bound
_SUBNET = Join("subnet_id", ("subnet",))
_HOPS = {
    "internet": "internet",
    "virtualnetworkgateway": "vpn",
    "vnetlocal": "local",
    "virtualappliance": "interface",
    "none": "blackhole",
}


def _flow_logged(reader: Reader) -> Value:
    return any(truth(log.get("enabled", True)) for log in reader.folded("azurerm_network_watcher_flow_log"))


def _subnet_flow_logged(reader: Reader) -> Value:
    return True if _flow_logged(reader) else None


# security groups: rules by priority; the rules that Azure adds at the end (65000 and up) are left out


def _rules(reader: Reader) -> Value:
    pairs = ((source, rule) for source in _sources(reader) for rule in _each(source))
    return marked(reader, pairs, *_FAR, order=lambda rule: rule["number"])


_FAR = ("source_address_prefix", "source_address_prefixes", "destination_port_range", "destination_port_ranges")


def _sources(reader: Reader) -> Iterator[Reader]:
    yield from reader.folded("azurerm_network_security_rule")
    yield from reader.blocks("security_rule")


def _each(rule: Reader) -> Iterator[Value]:
    inward = rule.peek("direction")
    direction: Value = inward if isinstance(inward, Unknown) else "in" if str(inward) == "Inbound" else "out"
    far = "source" if isinstance(inward, Unknown) or direction == "in" else "destination"
    action = rule.peek("access")
    shown = {
        "direction": direction,
        "protocol": _protocol(rule.peek("protocol")),
        "action": action if isinstance(action, Unknown) else str(action).lower(),
        "description": rule.peek("description"),
        "number": whole(rule.peek("priority")),
    }
    ranges = _ports(rule)
    groups = [named(one) for one in elements(rule.peek(f"{far}_application_security_group_ids"))]
    cidrs: list[Value] = []
    for one in (*elements(rule.peek(f"{far}_address_prefixes")), *elements(rule.peek(f"{far}_address_prefix"))):
        _sort_in(one, cidrs, groups)
    for first, last in ranges:
        yield {**shown, "from": first, "to": last, "cidrs": cidrs, "groups": groups}


def _sort_in(prefix: Value, cidrs: list[Value], groups: list[Value]) -> None:
    """A prefix is a range, everyone, or a service tag such as VirtualNetwork."""
    if isinstance(prefix, Unknown):
        cidrs.append(prefix)
    elif prefix == "":
        return  # written as an attribute, the argument that is not used is empty
    elif str(prefix).lower() in _EVERYONE:
        cidrs.extend(one for one in ("0.0.0.0/0", "::/0") if one not in cidrs)
    elif str(prefix)[:1].isdigit() or ":" in str(prefix):
        cidrs.append(prefix)
    else:
        groups.append(prefix)


def _protocol(value: Value) -> Value:
    if isinstance(value, Unknown):
        return value
    name = str(value).lower()
    return "any" if name == "*" else name


def _ports(rule: Reader) -> list[tuple[Value, Value]]:
    """Destination port ranges, (null, null) for all."""
    listed = elements(rule.peek("destination_port_ranges")) + elements(rule.peek("destination_port_range"))
    return [_range(one) for one in listed if isinstance(one, Unknown) or one != ""] or [(None, None)]


def _range(value: Value) -> tuple[Value, Value]:
    if isinstance(value, Unknown):
        return value, value
    first, _, last = str(value).partition("-")
    return (None, None) if first == "*" else (_port(first), _port(last or first))


def _port(text: str) -> Value:
    found = whole(text.strip())
    return found if isinstance(found, int) else Unknown(f"{text!r} is no port", Cause.OUTSIDE_SCAN)


def _routes(reader: Reader) -> Value:
    blocks = chain(reader.blocks("route"), reader.folded("azurerm_route"))
    return gathered(_route(block) for block in blocks)


def _route(block: Reader) -> dict[str, Value]:
    kind = block.peek("next_hop_type")
    return {
        "destination": block.peek("address_prefix"),
        "target": named(block.peek("next_hop_in_ip_address")),
        "target_kind": kind if isinstance(kind, Unknown) else _HOPS.get(str(kind).lower()),
    }


def _public(reader: Reader) -> Value:
    """Whether an address is given to any of its configurations: a reference to one is enough."""
    return any(is_written(block.peek("public_ip_address_id")) for block in reader.blocks("ip_configuration"))


def _only_reports(reader: Reader) -> Value:
    """Whether traffic with addresses and names that Microsoft knows to be hostile passes: alerts alone are the
    default (Azure Firewall documentation, "Threat intelligence-based filtering"). A policy decides where there is
    one, and what it says of intrusions."""
    policy = reader.fold("azurerm_firewall_policy")
    if policy is None:
        if reader.has("firewall_policy_id"):
            return _ELSEWHERE
        return str(reader.get("threat_intel_mode", "Alert")) != "Deny"
    if str(policy.get("threat_intelligence_mode", "Alert")) != "Deny":
        return True
    return str(policy.get("intrusion_detection.mode", "Deny")) != "Deny"


_ELSEWHERE = Unknown("its policy is not part of the scan", Cause.OUTSIDE_SCAN)


def _gateway_role(reader: Reader) -> Value:
    return "direct" if str(reader.get("type", "Vpn")).lower() == "expressroute" else "vpn"


def _circuit_encrypted(reader: Reader) -> Value:
    """Null where a port of one's own says whether MACsec is on; a circuit of a service provider cannot have it
    (Azure documentation, "ExpressRoute encryption")."""
    return None if reader.peek("express_route_port_id") is not None else PLAIN_LINE


def _port_encrypted(reader: Reader) -> Value:
    """MACsec, by a key on both links."""
    return every(("link1", "link2"), lambda link: reader.has(f"{link}.macsec_cak_keyvault_secret_id"))


def _services(reader: Reader) -> Value:
    kinds = [one for block in reader.blocks("private_service_connection")
             for one in elements(block.peek("subresource_names"))]  # fmt: skip
    return ", ".join(str(_plain(kind)) for kind in kinds) or "private link"


def _plain(value: Value) -> Value:
    return "?" if isinstance(value, Unknown) else value


def _zone(*, private: bool) -> Row:
    return Row("dns_zone", {"private": Fixed(private), "signed": NONE if private else FALSE, "query_logged": NONE})


def _record(kind: str) -> Row:
    return Row(
        "dns_record",
        {"record": Fixed(kind), "values": strings("records", "record")},
        {"forwards_to": Join("target_resource_id", ("address", "distribution", "load_balancer", "api"))},
        identity=(),
    )


_NETWORKS: Table = {
    "azurerm_virtual_network": Row(
        "network",
        {"cidrs": strings("address_space"), "default": FALSE, "flow_logged": _flow_logged},
    ),
    "azurerm_subnet": Row(
        "subnet",
        # machines get public addresses one by one, never from the subnet
        {
            "cidrs": strings("address_prefixes", "address_prefix"),
            "public_by_default": FALSE,
            "flow_logged": _subnet_flow_logged,
        },
        {"in_network": Join("virtual_network_name", ("network",))},
    ),
    "azurerm_network_watcher_flow_log": (
        Fold((*_NETWORK, "azurerm_subnet", "azurerm_network_interface", *_GROUP), "target_resource_id"),
        Fold(_GROUP, "network_security_group_id"),
    ),
    "azurerm_network_watcher": Skip("where flow logs are managed"),
    "azurerm_network_security_group": Row("security_group", {"rules": _rules, "default": FALSE}),
    "azurerm_network_security_rule": Fold(_GROUP, "network_security_group_name"),
    "azurerm_application_security_group": Skip("a name for interfaces, used in rules"),
    "azurerm_subnet_network_security_group_association": Edge(
        "filters", Join("network_security_group_id", ("security_group",)), _SUBNET
    ),
    "azurerm_network_interface_security_group_association": Edge(
        "uses",
        Join("network_interface_id", ("network_interface",)),
        Join("network_security_group_id", ("security_group",)),
    ),
    "azurerm_network_interface": Row(
        "network_interface",
        {"public_address": _public},
        {"in_subnet": Join("ip_configuration", ("subnet",), values=each("ip_configuration", "subnet_id"))},
    ),
    "azurerm_network_interface_backend_address_pool_association": Skip("which pool an interface is in"),
    "azurerm_public_ip": Row("address", identity=("id", "name", "ip_address")),
    "azurerm_public_ip_prefix": Skip("reserves addresses"),
    # "Create a custom IP address prefix": the origin of the public cloud
    "azurerm_custom_ip_prefix": Row(
        "address_range",
        {"prefix": "cidr", "announced": no_flag("internet_advertising_disabled"), "origins": Fixed(["8075"])},
        identity=("id", "name", "cidr"),
    ),
    "azurerm_route_table": Row("route_table", {"routes": _routes}),
    "azurerm_route": Fold(("azurerm_route_table",), "route_table_name"),
    "azurerm_subnet_route_table_association": Edge("routes_by", _SUBNET, Join("route_table_id", ("route_table",))),
    "azurerm_nat_gateway": Row("gateway", {"role": Fixed("nat")}),
    "azurerm_nat_gateway_public_ip_association": Skip("which address a gateway sends from"),
    "azurerm_subnet_nat_gateway_association": Edge(
        "in_subnet", Join("nat_gateway_id", ("gateway",)), _SUBNET
    ),
    "azurerm_virtual_network_gateway": Row(
        "gateway",
        {"role": _gateway_role},
        {"in_subnet": Join("ip_configuration", ("subnet",), values=each("ip_configuration", "subnet_id"))},
    ),
    "azurerm_local_network_gateway": Row("gateway", {"role": Fixed("customer")}),
    "azurerm_express_route_circuit": Row(
        "gateway", {"role": Fixed("direct"), "line_encrypted": _circuit_encrypted}
    ),
    "azurerm_express_route_port": Row("gateway", {"role": Fixed("direct"), "line_encrypted": _port_encrypted}),
    "azurerm_vpn_gateway": Row("gateway", {"role": Fixed("vpn")}),
    "azurerm_virtual_hub": Row("gateway", {"role": Fixed("transit")}),
    "azurerm_virtual_wan": Skip("a name for hubs"),
    "azurerm_virtual_network_gateway_connection": Skip("a tunnel between two gateways"),
    "azurerm_virtual_network_peering": Row(
        "peering",
        {"accepted": outside("the other network must declare the same peering")},
        {
            "in_network": (
                Join("virtual_network_name", ("network",)),
                Join("remote_virtual_network_id", ("network",)),
            )
        },
    ),
    "azurerm_private_endpoint": Row(
        "endpoint", {"service": _services, "statements": EMPTY}, {"in_subnet": _SUBNET}
    ),
    "azurerm_private_link_service": Row(
        "endpoint", {"service": Fixed("private link service"), "statements": EMPTY}
    ),
    "azurerm_bastion_host": Row(
        "endpoint",
        {"service": Fixed("bastion"), "statements": EMPTY},
        {"in_subnet": Join("ip_configuration", ("subnet",), values=each("ip_configuration", "subnet_id"))},
    ),
    "azurerm_firewall": Row(
        "firewall",
        {"fails_open": FALSE, "only_reports": _only_reports},
        {"in_subnet": Join("ip_configuration", ("subnet",), values=each("ip_configuration", "subnet_id"))},
    ),
    **{
        f"azurerm_firewall_{name}": Skip("rules of a firewall")
        for name in ("policy_rule_collection_group", "application_rule_collection",
                     "nat_rule_collection", "network_rule_collection")
    },
    "azurerm_firewall_policy": Fold(("azurerm_firewall",), "firewall_policy_id", named=True),
    "azurerm_network_ddos_protection_plan": Skip("protects from floods"),
    "azurerm_dns_zone": _zone(private=False),
    "azurerm_private_dns_zone": _zone(private=True),
    "azurerm_private_dns_zone_virtual_network_link": Skip("lets a network resolve a private zone"),
    **{
        f"azurerm_{lead}dns_{kind}_record": _record(kind.upper())
        for lead in ("", "private_")
        for kind in ("a", "aaaa", "cname", "mx", "txt", "srv", "ptr")
    },
    **{f"azurerm_dns_{kind}_record": _record(kind.upper()) for kind in ("ns", "caa")},
}  # fmt: skip

_ASKED = "asks the subscription for something that exists"
_READ = (
    "virtual_network subnet network_security_group network_interface public_ip public_ips route_table dns_zone"
    " private_dns_zone virtual_network_gateway network_watcher application_security_group nat_gateway"
)
TABLE: Table = {**_NETWORKS, **{f"data.azurerm_{name}": Skip(_ASKED) for name in _READ.split()}}
