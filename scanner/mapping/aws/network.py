"""AWS networks: VPCs, subnets, routes, gateways, peerings, endpoints, interfaces, flow logs."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws import filters, gateways
from scanner.mapping.aws.offered import offered_to_all
from scanner.mapping.aws.policy import statements
from scanner.mapping.extract import (
    EMPTY,
    NAME_TAG,
    TRUE,
    each,
    elements,
    flag,
    gathered,
    marked,
    named,
    paths,
    strings,
    text,
    truth,
)
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Edge, Fixed, Fold, Join, Row, Skip, Table
from scanner.model.value import Cause, Unknown, Value

IN_NETWORK = gateways.IN_NETWORK

# The argument of a route that names its next hop, and what stands there. A gateway_id is either an internet
# gateway, a virtual private gateway or the word "local": see `_gateway_kind`.
_HOPS = {
    "gateway_id": "internet",
    "nat_gateway_id": "nat",
    "egress_only_gateway_id": "egress-only",
    "transit_gateway_id": "transit",
    "transit_gateway_attachment_id": "transit",
    "vpc_peering_connection_id": "peering",
    "vpc_endpoint_id": "endpoint",
    "network_interface_id": "interface",
    "instance_id": "instance",
    "carrier_gateway_id": "carrier",
    "local_gateway_id": "local-gateway",
    "core_network_arn": "core-network",
}
_DESTINATIONS = (
    "cidr_block",
    "ipv6_cidr_block",
    "destination_cidr_block",
    "destination_ipv6_cidr_block",
    "destination_prefix_list_id",
    "prefix_list_id",
)
_PREFIX_KINDS = {"igw-": "internet", "vgw-": "vpn", "eigw-": "egress-only", "vpce-": "endpoint", "local": "local"}


def _network_cidrs(reader: Reader) -> Value:
    """Ranges written here and by association resources; an address manager's or Amazon's own choice is unknown."""
    own = [*elements(reader.peek("cidr_block")), *elements(reader.peek("ipv6_cidr_block"))]
    if reader.has("ipv4_ipam_pool_id") and not own:
        own.append(Unknown("the address manager chooses the range"))
    if truth(reader.get("assign_generated_ipv6_cidr_block", False)):
        own.append(Unknown("Amazon chooses the IPv6 range"))
    return [*own, *gathered(_associated_cidrs(reader))]


def _associated_cidrs(reader: Reader) -> Iterator[Value]:
    for fold in reader.folded("aws_vpc_ipv4_cidr_block_association"):
        yield from elements(fold.peek("cidr_block"))
    for fold in reader.folded("aws_vpc_ipv6_cidr_block_association"):
        yield from elements(fold.peek("ipv6_cidr_block"))


def _flow_logged(reader: Reader) -> Value:
    return reader.fold("aws_flow_log") is not None


def _subnet_flow_logged(reader: Reader) -> Value:
    """True with a flow log of its own; null without: the network's own log is judged at the network."""
    return True if reader.fold("aws_flow_log") is not None else None


def _network(cidrs: Extract, *, default: bool) -> Row:
    return Row(
        "network",
        {"cidrs": cidrs, "default": Fixed(default), "flow_logged": _flow_logged, "group_given": TRUE},
        {"logs_to": Join("", ("log_group", "object_store", "stream"), values=_flow_destinations)},
        # its default table, list and group have ids of their own, by which adopting them names the network
        identity=("id", "arn", "default_route_table_id", "default_network_acl_id", "default_security_group_id"),
        name=NAME_TAG,
    )


def _flow_destinations(reader: Reader) -> Iterator[Value]:
    for log in reader.folded("aws_flow_log"):
        yield from elements(log.peek("log_destination"))
        yield from elements(log.peek("log_group_name"))


def _subnet(public: Extract) -> Row:
    return Row(
        "subnet",
        {
            "cidrs": strings("cidr_block", "ipv6_cidr_block"),
            "public_by_default": public,
            "flow_logged": _subnet_flow_logged,
        },
        {"in_network": IN_NETWORK},
        identity=("id", "arn"),
        name=NAME_TAG,
    )


def _routes(reader: Reader) -> Value:
    """Inline routes and route resources alike; the local route, which every table has, is left out."""
    return marked(reader, _each_route(reader), *_DESTINATIONS)


def _each_route(reader: Reader) -> Iterator[tuple[Reader, Value]]:
    for block in reader.blocks("route"):
        yield block, route_of(block)
    for gateway in elements(reader.peek("propagating_vgws")):
        yield reader, _propagated(gateway)
    for fold in reader.folded("aws_vpn_gateway_route_propagation"):
        yield fold, _propagated(fold.peek("vpn_gateway_id"))
    for type in _ROUTE_RESOURCES:
        for fold in reader.folded(type):
            yield fold, route_of(fold)


_ROUTE_RESOURCES = ("aws_route", "aws_ec2_transit_gateway_route", "aws_ec2_transit_gateway_prefix_list_reference")


def _propagated(gateway: Value) -> dict[str, Value]:
    return {"destination": None, "target": named(gateway), "target_kind": "vpn", "propagated": True}


def route_of(route: Reader) -> dict[str, Value]:
    destination = next((value for path in _DESTINATIONS if (value := _peek(route, path)) is not None), None)
    found: dict[str, Value] = {"destination": destination, "propagated": False}
    for path, kind in _HOPS.items():
        target = _peek(route, path)
        if target is not None:
            shown = named(target)
            told = _gateway_kind(shown) if path == "gateway_id" else kind
            return {**found, "target": shown, "target_kind": told}
    return {**found, "target": None, "target_kind": "blackhole"}


def _peek(reader: Reader, path: str) -> Value:
    """The value at a path; the empty text counts as not written (attribute syntax needs every field)."""
    value = reader.peek(path)
    return None if isinstance(value, str) and not value else value


def _gateway_kind(target: Value) -> Value:
    if isinstance(target, Unknown):
        return target
    name = str(target)
    for prefix, kind in _PREFIX_KINDS.items():
        if name.startswith(prefix):
            return kind
    if "aws_vpn_gateway." in name:
        return "vpn"
    if "aws_internet_gateway." in name:
        return "internet"
    return Unknown("the kind of this gateway cannot be told from its name", Cause.OUTSIDE_SCAN)


def _next_hops(reader: Reader) -> Iterator[Value]:
    for block in reader.blocks("route"):
        yield from _hop(block)
    yield from elements(reader.peek("propagating_vgws"))
    for type in (*_ROUTE_RESOURCES, "aws_vpn_gateway_route_propagation"):
        for fold in reader.folded(type):
            yield from _hop(fold)
            yield from elements(fold.peek("vpn_gateway_id"))


def _hop(route: Reader) -> Iterator[Value]:
    for path in _HOPS:
        target = _peek(route, path)
        if isinstance(target, Unknown) or target not in (None, "local"):
            yield target


def _route_table(network: Join, **more: Join) -> Row:
    return Row(
        "route_table",
        {"routes": _routes},
        {"in_network": network, "routes_to": Join("", values=_next_hops), **more},
        identity=("id", "arn"),
        name=NAME_TAG,
    )


def _endpoint_statements(reader: Reader) -> Value:
    fold = reader.fold("aws_vpc_endpoint_policy")
    holder = fold if fold is not None and not reader.has("policy") else reader
    return statements(holder.get("policy"))


def _interface_public(reader: Reader) -> Value:
    """An interface that is declared by itself has a public address only through an Elastic IP."""
    if reader.fold("aws_eip") is not None:
        return True
    return reader.fold("aws_eip_association") is not None


_ENDPOINT = Row(
    "endpoint",
    {"service": text("service_name"), "statements": _endpoint_statements},
    {
        "in_network": IN_NETWORK,
        "in_subnet": (
            Join("subnet_ids", ("subnet",)),
            Join("subnet_configuration", ("subnet",), values=each("subnet_configuration", "subnet_id")),
        ),
        "uses": Join("security_group_ids", ("security_group",)),
        # a gateway endpoint adds routes of its own to these tables
        "routes_to": Join("route_table_ids", ("route_table",), reverse=True),
        "forwards_to": Join("service_name", ("endpoint",)),
    },
    identity=("id", "arn"),
    name=NAME_TAG,
)

_INTERFACE = Row(
    "network_interface",
    {"public_address": _interface_public},
    {
        "in_subnet": Join("subnet_id", ("subnet",)),
        "uses": Join("security_groups", ("security_group",)),
        "has_interface": Join("attachment", ("instance",), reverse=True, values=each("attachment", "instance")),
    },
    identity=("id", "arn"),
    name=NAME_TAG,
)

_BY_IPAM = Unknown("an IPv6 range is announced where its pool is publicly advertisable", Cause.OUTSIDE_SCAN)


def _announced(reader: Reader) -> Value:
    """A range comes from elsewhere where its owner has authorized it, and is announced unless its pool is not
    publicly advertisable, which an IPv4 range cannot be (EC2 User Guide, "Bring your own IP addresses")."""
    if reader.block("cidr_authorization_context") is None:
        return False
    return _BY_IPAM if ":" in str(reader.get("cidr")) else True


def _origins(reader: Reader) -> Value:
    """AS numbers of Amazon that must all be authorized (EC2 User Guide, "Prerequisites for BYOIP"); a live account
    also tells of the customer's own."""
    region = reader.resource.scope.region
    if not isinstance(region, str) or region.startswith("cn-"):
        return Unknown("which of Amazon's AS numbers announce it hangs on its region", Cause.OUTSIDE_SCAN)
    return ["8987"] if region.startswith("us-gov-") else ["16509", "14618"]


_RANGE = Row(
    "address_range",
    {"prefix": "cidr", "announced": _announced, "origins": _origins},
    identity=("id", "cidr"),
    name="cidr",
)

_NETWORKS: Table = {
    "aws_vpc": _network(_network_cidrs, default=False),
    # adopting the default network does not change its range, which is the same in every region
    "aws_default_vpc": _network(lambda reader: reader.get("cidr_block", "172.31.0.0/16").split(), default=True),
    "aws_vpc_ipv4_cidr_block_association": Fold(("aws_vpc", "aws_default_vpc"), "vpc_id"),
    "aws_vpc_ipv6_cidr_block_association": Fold(("aws_vpc", "aws_default_vpc"), "vpc_id"),
    "aws_subnet": _subnet(flag("map_public_ip_on_launch")),
    "aws_default_subnet": _subnet(flag("map_public_ip_on_launch", absent=True)),
    "aws_flow_log": (
        Fold(("aws_vpc", "aws_default_vpc"), "vpc_id"),
        Fold(("aws_subnet", "aws_default_subnet"), "subnet_id"),
    ),
    "aws_vpc_dhcp_options": Skip("name servers and domain names: no path opens or closes by them"),
    "aws_vpc_dhcp_options_association": Skip("see aws_vpc_dhcp_options"),
    "aws_vpc_block_public_access_options": Fold(("aws_vpc", "aws_default_vpc"), "", scope="region"),
    "aws_vpc_block_public_access_exclusion": (
        Fold(("aws_vpc", "aws_default_vpc"), "vpc_id"),
        Fold(("aws_subnet", "aws_default_subnet"), "subnet_id"),
    ),
    "aws_vpc_ipam": Skip("plans address ranges"),
    "aws_vpc_ipam_pool": Skip("plans address ranges"),
    "aws_vpc_ipam_pool_cidr": _RANGE,
    "aws_vpc_ipam_scope": Skip("plans address ranges"),
    "aws_ec2_subnet_cidr_reservation": Skip("plans address ranges"),
}

_ROUTES: Table = {
    "aws_route_table": _route_table(IN_NETWORK),
    # default_route_table_id is an attribute of the network, so the reference leads there
    "aws_default_route_table": _route_table(
        Join("default_route_table_id", ("network",)),
        routes_by=Join("default_route_table_id", ("network",), reverse=True),
    ),
    "aws_route": Fold(("aws_route_table", "aws_default_route_table"), "route_table_id"),
    "aws_vpn_gateway_route_propagation": Fold(("aws_route_table", "aws_default_route_table"), "route_table_id"),
    "aws_route_table_association": Edge(
        "routes_by",
        # with a gateway it routes what comes in through it
        Join("subnet_id", ("subnet", "gateway"), values=paths("subnet_id", "gateway_id")),
        Join("route_table_id", ("route_table",)),
    ),
    "aws_main_route_table_association": Edge(
        "routes_by", Join("vpc_id", ("network",)), Join("route_table_id", ("route_table",))
    ),
    "aws_ec2_transit_gateway_route_table": _route_table(
        Join("transit_gateway_id", ("network",)), attached_to=Join("transit_gateway_id", ("gateway",))
    ),
    **{
        f"aws_ec2_transit_gateway_{name}": Fold(
            ("aws_ec2_transit_gateway_route_table", "aws_ec2_transit_gateway"), "transit_gateway_route_table_id"
        )
        for name in ("route", "prefix_list_reference")
    },
}

_ENDPOINTS: Table = {
    "aws_vpc_endpoint": _ENDPOINT,
    "aws_vpc_endpoint_policy": Fold(("aws_vpc_endpoint",), "vpc_endpoint_id"),
    "aws_vpc_endpoint_subnet_association": Edge(
        "in_subnet", Join("vpc_endpoint_id", ("endpoint",)), Join("subnet_id", ("subnet",))
    ),
    "aws_vpc_endpoint_security_group_association": Edge(
        "uses", Join("vpc_endpoint_id", ("endpoint",)), Join("security_group_id", ("security_group",))
    ),
    "aws_vpc_endpoint_route_table_association": Edge(
        "routes_to", Join("route_table_id", ("route_table",)), Join("vpc_endpoint_id", ("endpoint",))
    ),
    "aws_vpc_endpoint_service": Row(
        "endpoint",
        {"service": text("service_name"), "statements": EMPTY, "offered_to_all": offered_to_all},
        {"forwards_to": Join("network_load_balancer_arns", ("load_balancer",))},
        identity=("id", "arn", "service_name"),
        name=NAME_TAG,
    ),
    "aws_vpc_endpoint_service_allowed_principal": Fold(("aws_vpc_endpoint_service",), "vpc_endpoint_service_id"),
    "aws_ec2_instance_connect_endpoint": Row(
        "endpoint",
        {"service": Fixed("ec2-instance-connect"), "statements": EMPTY},
        {"in_subnet": Join("subnet_id", ("subnet",)), "uses": Join("security_group_ids", ("security_group",))},
        name=NAME_TAG,
    ),
    "aws_eip": (
        Row("address", identity=("id", "allocation_id", "public_ip"), name=NAME_TAG),
        Fold(("aws_instance", "aws_spot_instance_request"), "instance"),
        Fold(("aws_network_interface",), "network_interface"),
    ),
    "aws_eip_association": (
        Fold(("aws_instance", "aws_spot_instance_request"), "instance_id"),
        Fold(("aws_network_interface",), "network_interface_id"),
    ),
    "aws_network_interface": _INTERFACE,
    "aws_network_interface_attachment": Edge(
        "has_interface",
        Join("instance_id", ("instance",)),
        Join("network_interface_id", ("network_interface",)),
    ),
    "aws_network_interface_sg_attachment": Edge(
        "uses",
        Join("network_interface_id", ("network_interface", "instance")),
        Join("security_group_id", ("security_group",)),
    ),
}

_ASKED = "asks the account for something that exists; its parts are unknown where they are used"
_NAMES = (
    "availability_zone availability_zones vpc vpcs subnet subnets route_table route_tables security_group"
    " security_groups internet_gateway nat_gateway nat_gateways vpc_endpoint vpc_endpoint_service"
    " vpc_peering_connection vpc_peering_connections vpn_gateway ec2_transit_gateway"
    " ec2_transit_gateway_vpc_attachment prefix_list eip eips network_interface"
    " network_interfaces network_acls ip_ranges customer_gateway dx_gateway route53_resolver_rules"
)
_DATA: Table = {f"data.aws_{name}": Skip(_ASKED) for name in _NAMES.split()}

TABLE: Table = {
    **_NETWORKS,
    **_ROUTES,
    **gateways.TABLE,
    **_ENDPOINTS,
    **filters.TABLE,
    **_DATA,
    "aws_ec2_tag": Skip("one tag on a resource that is managed elsewhere"),
}
