"""Networks and machines: what EC2 lists."""

from __future__ import annotations

from scanner.sources.aws.operation import Detail, Listing

_OWN = {"OwnerIds": ["self"]}
_TRANSIT_TABLE = {"TransitGatewayRouteTableId": "{TransitGatewayRouteTableId}"}


def ec2(
    operation: str, type_: str, items: str, name: str, details: tuple[Detail, ...] = (), **more: object
) -> Listing:
    """A listing of EC2, whose items have ids instead of ARNs; `name` is the resource part of the ARN."""
    arn = "arn:{@partition}:ec2:{@region}:{@account}:" + name
    return Listing("ec2", operation, f"AWS::EC2::{type_}", items, arn, details=details, **more)  # type: ignore[arg-type]  # the fields of Listing


def _setting(operation: str, field: str, type_: str) -> Listing:
    """A setting of the region: an answer without a list."""
    return ec2(operation, type_, f"[{{{field}: {field}}}]", f"setting/{type_}")


LISTINGS = (
    ec2("DescribeInstances", "Instance", "Reservations[].Instances[]", "instance/{InstanceId}", page=1000),
    ec2("DescribeVolumes", "Volume", "Volumes", "volume/{VolumeId}", page=1000),
    ec2("DescribeSnapshots", "Snapshot", "Snapshots", "snapshot/{SnapshotId}", page=1000,
        parameters=_OWN),
    # One more listing tells which of them everyone may restore; asking each for its permissions would take a
    # call per snapshot, of which there are tens of thousands.
    ec2("DescribeSnapshots", "Snapshot", "Snapshots[].{SnapshotId: SnapshotId, Public: `true`}",
        "snapshot/{SnapshotId}", page=1000, parameters={**_OWN, "RestorableByUserIds": ["all"]}),
    # a resource of its own: where it may not be listed, what it would say of each snapshot is unknown, no more
    ec2("DescribeLockedSnapshots", "SnapshotLock", "Snapshots", "snapshot/{SnapshotId}/lock",
        parameters={"MaxResults": 1000}),
    ec2("DescribeImages", "Image", "Images", "image/{ImageId}", parameters={"Owners": ["self"]}),
    ec2("DescribeVpcs", "VPC", "Vpcs", "vpc/{VpcId}"),
    ec2("DescribeSubnets", "Subnet", "Subnets", "subnet/{SubnetId}", page=1000),
    ec2("DescribeRouteTables", "RouteTable", "RouteTables", "route-table/{RouteTableId}"),
    ec2("DescribeSecurityGroups", "SecurityGroup", "SecurityGroups", "security-group/{GroupId}", page=1000),
    ec2("DescribeNetworkAcls", "NetworkAcl", "NetworkAcls", "network-acl/{NetworkAclId}"),
    ec2("DescribeInternetGateways", "InternetGateway", "InternetGateways", "internet-gateway/{InternetGatewayId}"),
    ec2("DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateway", "EgressOnlyInternetGateways",
        "egress-only-internet-gateway/{EgressOnlyInternetGatewayId}"),
    ec2("DescribeNatGateways", "NatGateway", "NatGateways", "natgateway/{NatGatewayId}"),
    ec2("DescribeVpcEndpoints", "VPCEndpoint", "VpcEndpoints", "vpc-endpoint/{VpcEndpointId}"),
    ec2("DescribeVpcEndpointServiceConfigurations", "VPCEndpointService", "ServiceConfigurations",
        "vpc-endpoint-service/{ServiceId}", details=(
            Detail("DescribeVpcEndpointServicePermissions", {"ServiceId": "{ServiceId}"},
                   answer="AllowedPrincipals"),)),
    ec2("DescribeVpcPeeringConnections", "VPCPeeringConnection", "VpcPeeringConnections",
        "vpc-peering-connection/{VpcPeeringConnectionId}"),
    ec2("DescribeNetworkInterfaces", "NetworkInterface", "NetworkInterfaces",
        "network-interface/{NetworkInterfaceId}"),
    ec2("DescribeAddresses", "EIP", "Addresses", "elastic-ip/{AllocationId}"),
    ec2("DescribeFlowLogs", "FlowLog", "FlowLogs", "vpc-flow-log/{FlowLogId}"),
    ec2("DescribeTransitGateways", "TransitGateway", "TransitGateways", "transit-gateway/{TransitGatewayId}"),
    ec2("DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachment", "TransitGatewayVpcAttachments",
        "transit-gateway-attachment/{TransitGatewayAttachmentId}"),
    ec2("DescribeTransitGatewayRouteTables", "TransitGatewayRouteTable", "TransitGatewayRouteTables",
        "transit-gateway-route-table/{TransitGatewayRouteTableId}", details=(
            Detail("GetTransitGatewayRouteTableAssociations", _TRANSIT_TABLE, answer="Associations"),
            Detail("GetTransitGatewayRouteTablePropagations", _TRANSIT_TABLE,
                   answer="TransitGatewayRouteTablePropagations"),
            Detail("SearchTransitGatewayRoutes", {
                **_TRANSIT_TABLE, "Filters": [{"Name": "state", "Values": ["active", "blackhole"]}],
            }, answer="Routes"),
        )),
    ec2("DescribeVpnGateways", "VPNGateway", "VpnGateways", "vpn-gateway/{VpnGatewayId}"),
    ec2("DescribeVpnConnections", "VPNConnection", "VpnConnections", "vpn-connection/{VpnConnectionId}",
        secret=("CustomerGatewayConfiguration", "Options.TunnelOptions[].PreSharedKey")),
    ec2("DescribeManagedPrefixLists", "PrefixList", "PrefixLists", "prefix-list/{PrefixListId}", details=(
        Detail("GetManagedPrefixListEntries", {"PrefixListId": "{PrefixListId}"}, answer="Entries",
               when="OwnerId != 'AWS'"),)),
    ec2("DescribeLaunchTemplates", "LaunchTemplate", "LaunchTemplates", "launch-template/{LaunchTemplateId}",
        details=(Detail("DescribeLaunchTemplateVersions",
                        {"LaunchTemplateId": "{LaunchTemplateId}", "Versions": ["$Default", "$Latest"]},
                        answer="LaunchTemplateVersions"),),
        secret=("DescribeLaunchTemplateVersions[].LaunchTemplateData.UserData",)),
    ec2("DescribeKeyPairs", "KeyPair", "KeyPairs", "key-pair/{KeyPairId}"),
    ec2("DescribeByoipCidrs", "ByoipCidr", "ByoipCidrs", "byoip/{Cidr}", parameters={"MaxResults": 100}),
    _setting("GetEbsEncryptionByDefault", "EbsEncryptionByDefault", "EbsEncryptionByDefault"),
    _setting("GetSnapshotBlockPublicAccessState", "State", "SnapshotBlockPublicAccess"),
    ec2("DescribeVpcBlockPublicAccessOptions", "VPCBlockPublicAccessOptions", "[VpcBlockPublicAccessOptions]",
        "setting/VPCBlockPublicAccessOptions"),
)  # fmt: skip
