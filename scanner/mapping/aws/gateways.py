"""AWS gateways: internet, NAT, VPN, Direct Connect, transit gateways with attachments, peerings, core networks."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.defaults import written_or_default
from scanner.mapping.extract import (
    EMPTY,
    FALSE,
    NAME_TAG,
    NONE,
    PLAIN_LINE,
    TRUE,
    elements,
    text,
    told,
    truth,
    whole,
)
from scanner.mapping.reader import Reader
from scanner.mapping.table import Edge, Fixed, Fold, Join, Row, Skip, Table
from scanner.model.value import Cause, Unknown, Value

IN_NETWORK = Join("vpc_id", ("network",))


def _gateway(role: str, *, network: str = "vpc_id", subnet: str = "") -> Row:
    relations: dict[str, Join | tuple[Join, ...]] = {}
    if network:
        relations["in_network"] = Join(network, ("network",))
    if subnet:
        relations["in_subnet"] = Join(subnet, ("subnet",))
    return Row("gateway", {"role": Fixed(role)}, relations, identity=("id", "arn"), name=NAME_TAG)


# Proposals that are broken or too short (NIST SP 800-77r1, section 3; groups below 14 have under 2048 bits).
_WEAK = {
    "ike_versions": frozenset({"ikev1"}),
    "phase1_dh_group_numbers": frozenset({"2"}),
    "phase2_dh_group_numbers": frozenset({"2", "5"}),
    "phase1_integrity_algorithms": frozenset({"SHA1"}),
    "phase2_integrity_algorithms": frozenset({"SHA1"}),
}


def _weak_proposals(reader: Reader) -> Value:
    """What a tunnel is told to accept and should not; a list that is not written admits what AWS does today."""
    found: list[Value] = []
    for tunnel in ("tunnel1", "tunnel2"):
        for name, weak in _WEAK.items():
            given = elements(reader.get(f"{tunnel}_{name}"))
            found += [f"{name.replace('_', ' ')} {each}" for each in given if str(each) in weak]
    return list(dict.fromkeys(found))


# Dedicated connections of these speeds can encrypt on the wire (Direct Connect User Guide, "MAC Security").
_FAST = frozenset({"10Gbps", "100Gbps", "400Gbps"})


def _line_encrypted(reader: Reader) -> Value:
    """MACsec, asked for when the line is ordered; lines that are too slow cannot have it."""
    if reader.get("bandwidth") not in _FAST:
        return PLAIN_LINE
    return truth(written_or_default("aws_dx_connection", "request_macsec")(reader))


def _accepts_anyone(reader: Reader) -> Value:
    return written_or_default("aws_ec2_transit_gateway", "auto_accept_shared_attachments")(reader) == "enable"


def _connections_logged(reader: Reader) -> Value:
    return truth(written_or_default("aws_ec2_client_vpn_endpoint", "connection_log_options.enabled")(reader))


def _accepted(reader: Reader) -> Value:
    """Active when one side accepts by itself; otherwise someone outside the configuration must."""
    if truth(reader.get("auto_accept", False)):
        return True
    for accepter in reader.folded("aws_vpc_peering_connection_accepter"):
        if truth(accepter.get("auto_accept", False)):
            return True
    status = reader.get("accept_status")
    if status is not None:
        return str(status) == "active"
    return Unknown("the owner of the other network accepts it", Cause.OUTSIDE_SCAN)


def _attachment(line: str = "", **relations: Join) -> Row:
    """A transit gateway's attachment."""
    tied = {"attached_to": Join("transit_gateway_id", ("gateway",)), **relations}
    return Row("attachment", {}, tied, identity=("id", line) if line else ("id",), name=NAME_TAG)


def _of_attachment(relation: str) -> Edge:
    """A VPN connection's attachment answers to the connection; a default table to its transit gateway."""
    return Edge(
        relation,
        Join("transit_gateway_attachment_id", ("attachment", "gateway")),
        Join("transit_gateway_route_table_id", ("route_table", "gateway")),
    )


def _lattice_targets(reader: Reader) -> Iterator[Value]:
    for action in reader.blocks("default_action"):
        for forward in action.blocks("forward"):
            for group in forward.blocks("target_groups"):
                yield from elements(group.peek("target_group_identifier"))


TABLE: Table = {
    "aws_ec2_transit_gateway_route_table_association": _of_attachment("routes_by"),
    "aws_ec2_transit_gateway_route_table_propagation": _of_attachment("announces_to"),
    "aws_internet_gateway": _gateway("internet"),
    "aws_internet_gateway_attachment": Edge(
        "in_network", Join("internet_gateway_id", ("gateway",)), Join("vpc_id", ("network",))
    ),
    "aws_egress_only_internet_gateway": _gateway("egress-only"),
    "aws_nat_gateway": _gateway("nat", subnet="subnet_id"),
    "aws_carrier_gateway": _gateway("carrier"),
    "aws_vpn_gateway": _gateway("vpn"),
    "aws_vpn_gateway_attachment": Edge(
        "in_network", Join("vpn_gateway_id", ("gateway",)), Join("vpc_id", ("network",))
    ),
    "aws_vpn_connection": Row(
        "gateway",
        {"role": Fixed("vpn"), "weak_proposals": told("tunnel1_ike_versions", _weak_proposals)},
        {
            "attached_to": (Join("transit_gateway_id", ("gateway",)), Join("vpn_gateway_id", ("gateway",))),
            "forwards_to": Join("customer_gateway_id", ("gateway",)),
        },
        identity=("id", "arn", "transit_gateway_attachment_id"),
        name=NAME_TAG,
    ),
    "aws_vpn_connection_route": Fold(("aws_vpn_connection",), "vpn_connection_id"),
    "aws_customer_gateway": _gateway("customer", network=""),
    "aws_ec2_client_vpn_endpoint": Row(
        "gateway",
        {"role": Fixed("client-vpn"), "logged": told("connection_log_options", _connections_logged)},
        {"in_network": Join("vpc_id", ("network",)), "uses": Join("security_group_ids", ("security_group",))},
        identity=("id", "arn"),
        name=NAME_TAG,
    ),
    "aws_ec2_client_vpn_network_association": Edge(
        "in_subnet", Join("client_vpn_endpoint_id", ("gateway",)), Join("subnet_id", ("subnet",))
    ),
    "aws_ec2_client_vpn_authorization_rule": Fold(("aws_ec2_client_vpn_endpoint",), "client_vpn_endpoint_id"),
    "aws_ec2_client_vpn_route": Skip("a route that VPN clients learn"),
    "aws_ec2_transit_gateway": Row(
        "gateway",
        {
            "role": Fixed("transit"),
            "accepts_anyone": told("auto_accept_shared_attachments", _accepts_anyone),
        },
        identity=("id", "arn", "association_default_route_table_id"),
        name=NAME_TAG,
    ),
    "aws_ec2_transit_gateway_vpc_attachment": (
        _attachment(in_network=IN_NETWORK, in_subnet=Join("subnet_ids", ("subnet",))),
        Edge("in_network", Join("transit_gateway_id", ("gateway",)), Join("vpc_id", ("network",))),
    ),
    "aws_ec2_transit_gateway_vpc_attachment_accepter": Fold(
        ("aws_ec2_transit_gateway_vpc_attachment",), "transit_gateway_attachment_id"
    ),
    "aws_ec2_transit_gateway_peering_attachment": _attachment(
        forwards_to=Join("peer_transit_gateway_id", ("gateway",))
    ),
    "aws_ec2_transit_gateway_peering_attachment_accepter": Fold(
        ("aws_ec2_transit_gateway_peering_attachment",), "transit_gateway_attachment_id"
    ),
    "aws_ec2_transit_gateway_connect": _attachment(forwards_to=Join("transport_attachment_id", ("attachment",))),
    "aws_dx_gateway": _gateway("direct", network=""),
    "aws_dx_connection": Row(
        "gateway",
        {"role": Fixed("direct"), "line_encrypted": told("request_macsec", _line_encrypted)},
        identity=("id", "arn"),
        name=NAME_TAG,
    ),
    "aws_dx_lag": _gateway("direct", network=""),
    "aws_dx_gateway_association": Edge(
        "routes_to", Join("dx_gateway_id", ("gateway",)), Join("associated_gateway_id", ("gateway",))
    ),
    "aws_vpc_peering_connection": Row(
        "peering",
        {"accepted": _accepted},
        {"in_network": (Join("vpc_id", ("network",)), Join("peer_vpc_id", ("network",)))},
        identity=("id",),
        name=NAME_TAG,
    ),
    "aws_vpc_peering_connection_accepter": Fold(("aws_vpc_peering_connection",), "vpc_peering_connection_id"),
    "aws_vpc_peering_connection_options": Fold(("aws_vpc_peering_connection",), "vpc_peering_connection_id"),
    # the core network of Cloud WAN: segments stand in its policy, attachments join them by tags
    "aws_networkmanager_core_network": Row(
        "gateway", {"role": Fixed("core-network")}, identity=("id", "arn"), name=NAME_TAG
    ),
    "aws_networkmanager_core_network_policy_attachment": Fold(
        ("aws_networkmanager_core_network",), "core_network_id"
    ),
    "aws_networkmanager_vpc_attachment": Row(
        "attachment",
        {},
        {
            "attached_to": Join("core_network_id", ("gateway",)),
            "in_network": Join("vpc_arn", ("network",)),
            "in_subnet": Join("subnet_arns", ("subnet",)),
        },
        identity=("id", "arn"),
        name=NAME_TAG,
    ),
    "aws_networkmanager_attachment_accepter": Skip("accepts an attachment to a core network"),
    "aws_networkmanager_global_network": Skip("holds core networks"),
    # VPC Lattice: services that networks meet through a service network, whatever their routes
    "aws_vpclattice_service_network": Row(
        "gateway", {"role": Fixed("service-network")}, identity=("id", "arn", "name")
    ),
    "aws_vpclattice_service_network_vpc_association": Row(
        "attachment",
        {},
        {
            "attached_to": Join("service_network_identifier", ("gateway",)),
            "in_network": Join("vpc_identifier", ("network",)),
            "uses": Join("security_group_ids", ("security_group",)),
        },
        identity=("id", "arn"),
        name=NAME_TAG,
    ),
    "aws_vpclattice_service_network_service_association": Edge(
        "attached_to", Join("service_identifier", ("api",)), Join("service_network_identifier", ("gateway",))
    ),
    "aws_vpclattice_service": Row(
        "api",
        {
            "authorized": lambda reader: str(reader.get("auth_type", "NONE")) == "AWS_IAM",
            "private": TRUE,
            "access_logged": NONE,
            "tls_policy": NONE,
            "statements": EMPTY,
        },
        identity=("id", "arn"),
    ),
    "aws_vpclattice_listener": Row(
        "listener",
        {
            "port": lambda reader: whole(reader.get("port", 443 if reader.get("protocol") == "HTTPS" else 80)),
            "protocol": text("protocol"),
            "encrypted": lambda reader: str(reader.get("protocol")).startswith(("HTTPS", "TLS")),
            "redirects": FALSE,
            "tls_policy": NONE,
        },
        {
            "listens_on": Join("service_identifier", ("api",)),
            "forwards_to": Join("", ("target_group",), values=_lattice_targets),
        },
        identity=("id", "arn"),
    ),
    "aws_vpclattice_target_group": Row(
        "target_group",
        {"protocol": text("config.protocol")},
        {"in_network": Join("config.vpc_identifier", ("network",))},
        identity=("id", "arn"),
    ),
    "aws_vpclattice_target_group_attachment": (
        Edge(
            "forwards_to",
            Join("target_group_identifier", ("target_group",)),
            Join("target.id", ("instance", "load_balancer", "function")),
        ),
        Fold(("aws_vpclattice_target_group",), "target_group_identifier"),
    ),
    **{
        f"aws_vpclattice_{name}": Skip("who may call a service, and where calls are logged")
        for name in ("auth_policy", "access_log_subscription", "resource_policy", "listener_rule")
    },
}
