"""Networks of EC2, spelled as Terraform's state would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.aws.live.spelling import QUIET, Live, Spelling, Spellings, block, equal, tags
from scanner.model.resource import Resource
from scanner.model.value import Value


def _plain(live: Live, me: str, **more: Value) -> dict[str, Value]:
    """What every resource of EC2 says: its id, which stands at `me`, its ARN and its tags."""
    return {"id": live.get(me), "arn": live.arn, "tags": tags(live.get("Tags")), **more}


def _six(associations: list[Any]) -> Iterator[str]:
    for each in associations:
        if each.get("Ipv6CidrBlockState", {}).get("State", "associated") == "associated":
            yield each["Ipv6CidrBlock"]


def _vpc(live: Live) -> Iterator[Resource]:
    type_ = "aws_default_vpc" if live.get("IsDefault") else "aws_vpc"
    six = list(_six(live.list("Ipv6CidrBlockAssociationSet")))
    told = _plain(live, "VpcId", cidr_block=live.get("CidrBlock"), ipv6_cidr_block=six[0] if six else None)
    yield live.made(type_, told)
    for each in live.list("CidrBlockAssociationSet"):
        if each.get("CidrBlock") != live.get("CidrBlock"):
            more = {"vpc_id": live.get("VpcId"), "cidr_block": each["CidrBlock"]}
            yield live.fold("aws_vpc_ipv4_cidr_block_association", each["CidrBlock"], more)


def _subnet(live: Live) -> Iterator[Resource]:
    type_ = "aws_default_subnet" if live.get("DefaultForAz") else "aws_subnet"
    six = list(_six(live.list("Ipv6CidrBlockAssociationSet")))
    told = _plain(
        live, "SubnetId", vpc_id=live.get("VpcId"), cidr_block=live.get("CidrBlock"),
        ipv6_cidr_block=six[0] if six else None, availability_zone=live.get("AvailabilityZone"),
        map_public_ip_on_launch=live.get("MapPublicIpOnLaunch", False), ipv6_native=live.get("Ipv6Native", False),
        assign_ipv6_address_on_creation=live.get("AssignIpv6AddressOnCreation", False),
    )  # fmt: skip
    yield live.made(type_, told)


_HOPS = {
    "NatGatewayId": "nat_gateway_id",
    "EgressOnlyInternetGatewayId": "egress_only_gateway_id",
    "TransitGatewayId": "transit_gateway_id",
    "VpcPeeringConnectionId": "vpc_peering_connection_id",
    "NetworkInterfaceId": "network_interface_id",
    "CarrierGatewayId": "carrier_gateway_id",
    "LocalGatewayId": "local_gateway_id",
    "CoreNetworkArn": "core_network_arn",
}


def _route(route: dict[str, Any]) -> dict[str, Value] | None:
    """One route as an inline block; None for the local one and for those that a gateway announces."""
    gateway = route.get("GatewayId")
    if gateway == "local" or route.get("Origin") == "EnableVgwRoutePropagation":
        return None
    told = {
        "cidr_block": route.get("DestinationCidrBlock"),
        "ipv6_cidr_block": route.get("DestinationIpv6CidrBlock"),
        "destination_prefix_list_id": route.get("DestinationPrefixListId"),
    }
    found = {name: value for name, value in told.items() if value}
    if gateway and gateway.startswith("vpce-"):
        return {**found, "vpc_endpoint_id": gateway}
    if gateway:
        return {**found, "gateway_id": gateway}
    return {**found, **{name: route[path] for path, name in _HOPS.items() if route.get(path)}}


def _route_table(live: Live) -> Iterator[Resource]:
    routes = [found for each in live.list("Routes") if (found := _route(each)) is not None]
    gateways = [each["GatewayId"] for each in live.list("PropagatingVgws")]
    me = live.get("RouteTableId")
    told = _plain(live, "RouteTableId", vpc_id=live.get("VpcId"), route=routes, propagating_vgws=gateways)
    yield live.made("aws_route_table", told)
    for each in live.list("Associations"):
        part = str(each.get("RouteTableAssociationId"))
        if each.get("Main"):
            yield live.fold("aws_main_route_table_association", part,
                            {"vpc_id": live.get("VpcId"), "route_table_id": me})  # fmt: skip
        else:
            ends = {"subnet_id": each.get("SubnetId"), "gateway_id": each.get("GatewayId")}
            yield live.fold("aws_route_table_association", part, {**ends, "route_table_id": me})


# filters


def _permission(permission: dict[str, Any], own: str) -> dict[str, Value]:
    groups = [each["GroupId"] for each in permission.get("UserIdGroupPairs", ()) if "GroupId" in each]
    words = [each["Description"] for name in ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs", "PrefixListIds")
             for each in permission.get(name, ()) if each.get("Description")]  # fmt: skip
    return {
        "protocol": permission.get("IpProtocol"),
        "from_port": permission.get("FromPort"),
        "to_port": permission.get("ToPort"),
        "cidr_blocks": [each["CidrIp"] for each in permission.get("IpRanges", ())],
        "ipv6_cidr_blocks": [each["CidrIpv6"] for each in permission.get("Ipv6Ranges", ())],
        "prefix_list_ids": [each["PrefixListId"] for each in permission.get("PrefixListIds", ())],
        "security_groups": [each for each in groups if each != own],
        "self": own in groups,
        "description": words[0] if words else None,
    }


def _security_group(live: Live) -> Iterator[Resource]:
    own = str(live.get("GroupId"))
    type_ = "aws_default_security_group" if live.get("GroupName") == "default" else "aws_security_group"
    told = _plain(
        live, "GroupId", name=live.get("GroupName"), description=live.get("Description"), vpc_id=live.get("VpcId"),
        ingress=[_permission(each, own) for each in live.list("IpPermissions")],
        egress=[_permission(each, own) for each in live.list("IpPermissionsEgress")],
        **{"$node": {"applied": own in live.world.worn}},
    )  # fmt: skip
    yield live.made(type_, told)


_LAST = 32767  # the entry that denies the rest; Terraform does not show it


def _entry(entry: dict[str, Any]) -> dict[str, Value]:
    ports = entry.get("PortRange") or {}
    return {
        "rule_no": entry["RuleNumber"],
        "action": entry["RuleAction"],
        "protocol": entry["Protocol"],
        "from_port": ports.get("From", 0),
        "to_port": ports.get("To", 0),
        "cidr_block": entry.get("CidrBlock"),
        "ipv6_cidr_block": entry.get("Ipv6CidrBlock"),
    }


def _network_acl(live: Live) -> Iterator[Resource]:
    entries = [each for each in live.list("Entries") if each["RuleNumber"] < _LAST]
    told = _plain(
        live, "NetworkAclId", vpc_id=live.get("VpcId"),
        subnet_ids=[each["SubnetId"] for each in live.list("Associations")],
        ingress=[_entry(each) for each in entries if not each.get("Egress")],
        egress=[_entry(each) for each in entries if each.get("Egress")],
    )  # fmt: skip
    if live.get("IsDefault"):  # Terraform knows its network by this name
        yield live.made("aws_default_network_acl", {**told, "default_network_acl_id": live.get("VpcId")})
    else:
        yield live.made("aws_network_acl", told)


def _prefix_list(live: Live) -> Iterator[Resource]:
    told = _plain(live, "PrefixListId", name=live.get("PrefixListName"))
    if live.get("OwnerId") == "AWS":
        yield live.made("data.aws_ec2_managed_prefix_list", told)
        return
    entries = live.get("GetManagedPrefixListEntries")
    told["entry"] = [{"cidr": each["Cidr"]} for each in entries] if isinstance(entries, list) else entries
    yield live.made("aws_ec2_managed_prefix_list", told)


# gateways


def _attached(live: Live) -> Value:
    found = [each["VpcId"] for each in live.list("Attachments") if each.get("VpcId")]
    return found[0] if found else None


def _gateway(type_: str, name: str) -> Spelling:
    return Spelling((type_,), lambda live: iter([live.made(type_, _plain(live, name, vpc_id=_attached(live)))]))


def _vpn_gateway(live: Live) -> Iterator[Resource]:
    attached = [each["VpcId"] for each in live.list("VpcAttachments") if each.get("State") in (None, "attached")]
    yield live.made("aws_vpn_gateway", _plain(live, "VpnGatewayId", vpc_id=attached[0] if attached else None))


_GONE = ("deleted", "deleting", "failed", "rejected", "expired")


def _nat(live: Live) -> Iterator[Resource]:
    if live.get("State") in _GONE:
        return
    addresses = live.list("NatGatewayAddresses")
    first: dict[str, Any] = addresses[0] if addresses else {}
    yield live.made("aws_nat_gateway", _plain(
        live, "NatGatewayId", subnet_id=live.get("SubnetId"), vpc_id=live.get("VpcId"),
        connectivity_type=live.get("ConnectivityType", "public"), public_ip=first.get("PublicIp"),
        private_ip=first.get("PrivateIp"), allocation_id=first.get("AllocationId")))  # fmt: skip


def _endpoint(live: Live) -> Iterator[Resource]:
    if str(live.get("State", "")).lower() in _GONE:
        return
    yield live.made("aws_vpc_endpoint", _plain(
        live, "VpcEndpointId", vpc_id=live.get("VpcId"), service_name=live.get("ServiceName"),
        vpc_endpoint_type=live.get("VpcEndpointType"), policy=live.get("PolicyDocument"),
        subnet_ids=live.list("SubnetIds"), route_table_ids=live.list("RouteTableIds"),
        security_group_ids=[each["GroupId"] for each in live.list("Groups")],
        private_dns_enabled=live.get("PrivateDnsEnabled")))  # fmt: skip


def _endpoint_service(live: Live) -> Iterator[Resource]:
    yield live.made("aws_vpc_endpoint_service", _plain(
        live, "ServiceId", service_name=live.get("ServiceName"),
        acceptance_required=live.get("AcceptanceRequired"),
        network_load_balancer_arns=live.list("NetworkLoadBalancerArns")))  # fmt: skip


def _peering(live: Live) -> Iterator[Resource]:
    status = live.get("Status.Code")
    if status in _GONE:
        return
    yield live.made("aws_vpc_peering_connection", _plain(
        live, "VpcPeeringConnectionId", vpc_id=live.get("RequesterVpcInfo.VpcId"),
        peer_vpc_id=live.get("AccepterVpcInfo.VpcId"), accept_status=status,
        auto_accept=equal(status, "active")))  # fmt: skip


def _transit(live: Live) -> Iterator[Resource]:
    options = live.get("Options", {})
    yield live.made("aws_ec2_transit_gateway", _plain(
        live, "TransitGatewayId", default_route_table_association=options.get("DefaultRouteTableAssociation"),
        default_route_table_propagation=options.get("DefaultRouteTablePropagation"),
        auto_accept_shared_attachments=options.get("AutoAcceptSharedAttachments"),
        security_group_referencing_support=options.get("SecurityGroupReferencingSupport")))  # fmt: skip


def _transit_attachment(live: Live) -> Iterator[Resource]:
    if live.get("State") in _GONE:
        return
    yield live.made("aws_ec2_transit_gateway_vpc_attachment", _plain(
        live, "TransitGatewayAttachmentId", transit_gateway_id=live.get("TransitGatewayId"),
        vpc_id=live.get("VpcId"), subnet_ids=live.list("SubnetIds")))  # fmt: skip


_TRANSIT_TIES = {
    "GetTransitGatewayRouteTableAssociations": "aws_ec2_transit_gateway_route_table_association",
    "GetTransitGatewayRouteTablePropagations": "aws_ec2_transit_gateway_route_table_propagation",
}


def _transit_table(live: Live) -> Iterator[Resource]:
    """A table with what is associated with it, what announces to it, and the routes that were added by hand."""
    me = live.get("TransitGatewayRouteTableId")
    yield live.made("aws_ec2_transit_gateway_route_table", _plain(
        live, "TransitGatewayRouteTableId", transit_gateway_id=live.get("TransitGatewayId")))  # fmt: skip
    for operation, type_ in _TRANSIT_TIES.items():
        tied = live.get(operation)
        for each in tied if isinstance(tied, list) else ():
            attachment = each.get("TransitGatewayAttachmentId")
            ends = {"transit_gateway_attachment_id": attachment, "transit_gateway_route_table_id": me}
            yield live.fold(type_, f"{type_}/{attachment}", ends)
    routes = live.get("SearchTransitGatewayRoutes")
    for each in routes if isinstance(routes, list) else ():
        if each.get("Type") == "static" and each.get("DestinationCidrBlock"):
            hops = [one.get("TransitGatewayAttachmentId") for one in each.get("TransitGatewayAttachments") or ()]
            told = {"destination_cidr_block": each["DestinationCidrBlock"], "transit_gateway_route_table_id": me}
            hop: dict[str, Value] = {"transit_gateway_attachment_id": hops[0]} if hops else {"blackhole": True}
            yield live.fold("aws_ec2_transit_gateway_route", str(each["DestinationCidrBlock"]), {**told, **hop})


def _vpn(live: Live) -> Iterator[Resource]:
    yield live.made("aws_vpn_connection", _plain(
        live, "VpnConnectionId", vpn_gateway_id=live.get("VpnGatewayId"),
        transit_gateway_id=live.get("TransitGatewayId"), customer_gateway_id=live.get("CustomerGatewayId"),
        static_routes_only=live.get("Options.StaticRoutesOnly")))  # fmt: skip
    for each in live.list("Routes"):
        if each.get("State") not in _GONE and each.get("DestinationCidrBlock"):
            cidr = str(each["DestinationCidrBlock"])
            told = {"vpn_connection_id": live.get("VpnConnectionId"), "destination_cidr_block": cidr}
            yield live.fold("aws_vpn_connection_route", cidr, told)


# addresses and interfaces


def _interface(live: Live) -> Iterator[Resource]:
    """Interfaces that stand for themselves; those that came with a machine or belong to a service are part of it,
    as in Terraform."""
    attachment = live.get("Attachment", {})
    own = attachment.get("DeleteOnTermination") and attachment.get("InstanceId")
    if live.get("RequesterManaged") or own or live.get("InterfaceType") not in (None, "interface"):
        return
    addresses = [each["PrivateIpAddress"] for each in live.list("PrivateIpAddresses")]
    attached = block(instance=attachment["InstanceId"]) if attachment.get("InstanceId") else None
    me = live.get("NetworkInterfaceId")
    told = {
        "id": me, "arn": live.arn, "tags": tags(live.get("TagSet")), "subnet_id": live.get("SubnetId"),
        "security_groups": [each["GroupId"] for each in live.list("Groups")], "attachment": attached,
        "private_ips": addresses, "source_dest_check": live.get("SourceDestCheck"),
        "ipv6_addresses": [each["Ipv6Address"] for each in live.list("Ipv6Addresses")],
    }  # fmt: skip
    yield live.made("aws_network_interface", told)


def _address(live: Live) -> Iterator[Resource]:
    yield live.made("aws_eip", {
        "id": live.get("AllocationId") or live.get("PublicIp"), "arn": live.arn,
        "allocation_id": live.get("AllocationId"), "tags": tags(live.get("Tags")),
        "public_ip": live.get("PublicIp"), "instance": live.get("InstanceId") or None,
        "network_interface": live.get("NetworkInterfaceId") or None})  # fmt: skip


def _flow_log(live: Live) -> Iterator[Resource]:
    watched = str(live.get("ResourceId", ""))
    told = _plain(live, "FlowLogId", log_destination=live.get("LogDestination"),
                  log_group_name=live.get("LogGroupName"), traffic_type=live.get("TrafficType"))  # fmt: skip
    field = {"vpc": "vpc_id", "subnet": "subnet_id", "eni": "eni_id"}.get(watched.partition("-")[0])
    if field:
        yield live.made("aws_flow_log", {**told, field: watched})


def _block(live: Live) -> Iterator[Resource]:
    told = {"internet_gateway_block_mode": live.get("InternetGatewayBlockMode", "off")}
    yield live.made("aws_vpc_block_public_access_options", told)


# EC2 API, ByoipCidr: what is not announced, and what is not the account's any more.
_INSIDE = "provisioned-not-publicly-advertisable"
_NOT_OURS = {"deprovisioned", "failed-deprovision", "failed-provision"}


def _range(live: Live) -> Iterator[Resource]:
    """A range of one's own, with the AS numbers of one's own that announce it, if any are associated."""
    if live.get("State") in _NOT_OURS:
        return
    own = [str(each["Asn"]) for each in live.list("AsnAssociations") if each.get("State") == "associated"]
    node: dict[str, Value] = {"announced": live.get("State") != _INSIDE, **({"origins": own} if own else {})}
    told: dict[str, Value] = {"id": live.get("Cidr"), "cidr": live.get("Cidr"), "$node": node}
    yield live.made("aws_vpc_ipam_pool_cidr", told)


SPELLINGS: Spellings = {
    "AWS::EC2::VPC": Spelling(("aws_vpc", "aws_default_vpc", "aws_vpc_ipv4_cidr_block_association"), _vpc),
    "AWS::EC2::Subnet": Spelling(("aws_subnet", "aws_default_subnet"), _subnet),
    "AWS::EC2::RouteTable": Spelling(
        ("aws_route_table", "aws_main_route_table_association", "aws_route_table_association"), _route_table),
    "AWS::EC2::SecurityGroup": Spelling(("aws_security_group", "aws_default_security_group"), _security_group),
    "AWS::EC2::NetworkAcl": Spelling(("aws_network_acl", "aws_default_network_acl"), _network_acl),
    "AWS::EC2::PrefixList": Spelling(("aws_ec2_managed_prefix_list", "data.aws_ec2_managed_prefix_list"),
                                     _prefix_list),
    "AWS::EC2::InternetGateway": _gateway("aws_internet_gateway", "InternetGatewayId"),
    "AWS::EC2::EgressOnlyInternetGateway": _gateway("aws_egress_only_internet_gateway",
                                                    "EgressOnlyInternetGatewayId"),
    "AWS::EC2::NatGateway": Spelling(("aws_nat_gateway",), _nat),
    "AWS::EC2::VPCEndpoint": Spelling(("aws_vpc_endpoint",), _endpoint),
    "AWS::EC2::VPCEndpointService": Spelling(("aws_vpc_endpoint_service",), _endpoint_service),
    "AWS::EC2::VPCPeeringConnection": Spelling(("aws_vpc_peering_connection",), _peering),
    "AWS::EC2::TransitGateway": Spelling(("aws_ec2_transit_gateway",), _transit),
    "AWS::EC2::TransitGatewayVpcAttachment": Spelling(
        ("aws_ec2_transit_gateway_vpc_attachment",), _transit_attachment),
    "AWS::EC2::TransitGatewayRouteTable": Spelling(
        ("aws_ec2_transit_gateway_route_table", "aws_ec2_transit_gateway_route", *_TRANSIT_TIES.values()),
        _transit_table),
    "AWS::EC2::VPNGateway": Spelling(("aws_vpn_gateway",), _vpn_gateway),
    "AWS::EC2::VPNConnection": Spelling(("aws_vpn_connection", "aws_vpn_connection_route"), _vpn),
    "AWS::EC2::NetworkInterface": Spelling(("aws_network_interface",), _interface),
    "AWS::EC2::EIP": Spelling(("aws_eip",), _address),
    "AWS::EC2::FlowLog": Spelling(("aws_flow_log",), _flow_log),
    "AWS::EC2::VPCBlockPublicAccessOptions": Spelling(("aws_vpc_block_public_access_options",), _block),
    "AWS::EC2::ByoipCidr": Spelling(("aws_vpc_ipam_pool_cidr",), _range),
    "AWS::EC2::KeyPair": QUIET,
}  # fmt: skip
