"""Every explanation code of AWS's Reachability Analyzer has a topology, or the reason why none can decide it.

The list is that of the Reachability Analyzer guide, "Explanation codes" (all three sections, read 2026-11-22).
"""

from __future__ import annotations

import pytest

from scanner.analysis.network.aws import reach_aws
from scanner.config import Config
from scanner.scan import Target, build, read
from scanner.sources.tree import Tree
from tests.analysis.network.topology import FILES, HERE, end, header

_RUNTIME = "what runs decides, not what is configured"
_HEADER = "a filter on one packet's header; questions here are about ends, which send from their own addresses"
_FILTER = "a filter that the question itself sets"
_MISSING = "data that could not be read: the verdict is possible, with that reason"

UNDECIDED = {
    "BAD_STATE": _RUNTIME,
    "BAD_STATE_ATTACHMENT": "who accepts is told by states and live accounts alone: see test_a_pending_peering",
    "BAD_STATE_VPN": _RUNTIME,
    "TGW_BAD_STATE_VPN": _RUNTIME,
    "GATEWAY_REJECTS_SPOOFED_TRAFFIC": _HEADER,
    "NGW_DEST_ADDRESS_PRESERVATION": _HEADER,
    "IGW_DESTINATION_ADDRESS_IN_VPC_CIDRS": _HEADER,
    "VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION": "S3 and DynamoDB open no sessions",
    "IGW_NAT_REFLECTION": "a limit of the analyzer, not of the network: paths over the internet are judged here",
    "TGW_RTB_ROUTES_ARE_UNKNOWN": _MISSING,
    "UNKNOWN_DESTINATION": _MISSING,
    "UNKNOWN_PEERED_SGS": _MISSING,
    "UNKNOWN_RESOURCE": _MISSING,
    "VPCE_INTRA_VPC_TRAFFIC": "no attribute makes an endpoint open sessions: see test_an_endpoint",
    "NO_PATH": "says that no path was found, for any reason",
    "NO_SOURCE_OR_DESTINATION": "a question about what is not there is a usage error",
    "UNSUPPORTED_COMPONENT": "a limit of the analyzer",
    "COMPONENT_FILTER_RESTRICTION": _FILTER,
    "COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT": _FILTER,
    "FILTER_AT_DESTINATION_DESTINATION_ADDRESS": _FILTER,
    "FILTER_AT_DESTINATION_DESTINATION_PORT_RANGE": _FILTER,
    "FILTER_AT_DESTINATION_PROTOCOL": _FILTER,
    "FILTER_AT_DESTINATION_SOURCE_ADDRESS": _FILTER,
    "FILTER_AT_DESTINATION_SOURCE_PORT_RANGE": _FILTER,
    "FILTER_AT_SOURCE_DESTINATION_ADDRESS": _FILTER,
    "FILTER_AT_SOURCE_DESTINATION_PORT_RANGE": _FILTER,
    "FILTER_AT_SOURCE_PROTOCOL": _FILTER,
    "FILTER_AT_SOURCE_SOURCE_ADDRESS": _FILTER,
    "FILTER_AT_SOURCE_SOURCE_PORT_RANGE": _FILTER,
    "IGW_EXPECTS_PUBLIC_ADDRESS": _FILTER,
}

DECIDED = {
    "BAD_STATE_ROUTE", "CANNOT_ROUTE", "DISCONNECTED_VPCS", "ELBV2_LISTENERS_MISMATCH",
    "ELBV2_LISTENER_HAS_NO_TG", "ELBV2_LISTENER_PORT_RESTRICTION", "ELBV2_LISTENER_REQUIRES_TG_ACCEPT",
    "ELBV2_NO_TARGETS_IN_AZ", "ELBV2_SOURCE_ADDRESS_PRESERVATION", "ELB_ACL_RESTRICTION",
    "ELB_INSTALLED_AZ_RESTRICTION", "ELB_LISTENERS_MISMATCH", "ELB_LISTENER_PORT_RESTRICTION", "ELB_NOT_CROSSZONE",
    "ENI_ADDRESS_RESTRICTION", "ENI_SG_RULES_MISMATCH", "ENI_SOURCE_DEST_CHECK_RESTRICTION",
    "FIREWALL_RULES_RESTRICTION", "GWLB_DESTINATION_PORT_RESTRICTION", "GWLB_PROTOCOL_RESTRICTION",
    "HIGHER_PRIORITY_ROUTE", "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS", "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS",
    "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS",
    "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS", "INGRESS_RTB_NO_PUBLIC_IP", "INGRESS_RTB_TRAFFIC_REDIRECTION",
    "MORE_SPECIFIC_ROUTE", "NGW_REQUIRES_SOURCE_IN_VPC", "NGW_SOURCE_ADDRESS_REASSIGN", "NO_POSSIBLE_DESTINATION",
    "NO_ROUTE_TO_DESTINATION", "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", "PROTOCOL_RESTRICTION",
    "REGIONAL_NGW_ROUTE_AZ_RESTRICTION", "REMAP_EPHEMERAL_PORT", "SG_HAS_NO_RULES", "SG_REFERENCES_NOT_PRESERVED",
    "SG_REFERENCING_SUPPORT", "SUBNET_ACL_RESTRICTION", "TARGET_ADDRESS_RESTRICTION", "TARGET_PORT_RESTRICTION",
    "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", "TGW_ATTACH_VPC_AZ_RESTRICTION", "TGW_ROUTE_AZ_RESTRICTION",
    "TGW_RTB_BAD_STATE_ROUTE", "TGW_RTB_CANNOT_ROUTE", "TGW_RTB_HIGHER_PRIORITY_ROUTE",
    "TGW_RTB_MORE_SPECIFIC_ROUTE", "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", "UNASSOCIATED_COMPONENT",
    "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS", "VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS",
    "VPCE_GATEWAY_PROTOCOL_RESTRICTION", "VPCE_SERVICE_NOT_INSTALLED_IN_AZ",
    "VPC_BLOCK_PUBLIC_ACCESS_ENABLED", "VPC_LOCAL_ROUTE_CIDR_RESTRICTION",
}  # fmt: skip


def test_each_code_that_configuration_decides_has_a_topology():
    shown = {code for path in FILES for code in header(path).get("code", "").split()}

    assert shown == DECIDED


def test_no_code_is_in_both_tables_and_none_is_lost():
    assert not DECIDED & UNDECIDED.keys()
    assert len(DECIDED | UNDECIDED.keys()) == 89


def asked(tmp_path, text, source, target):
    base = [(HERE / "base" / f"{name}.tf").read_text("utf-8") for name in ("vpc", "open", "db", "other")]
    (tmp_path / "main.tf").write_text("\n".join([*base, text]), "utf-8")
    given = Target(Tree(tmp_path))
    graph = build(given, read(given), Config()).graph
    return reach_aws(graph, end(graph, source), end(graph, target), 443)


def test_an_endpoint_opens_no_sessions(tmp_path):
    """VPCE_INTRA_VPC_TRAFFIC, and what its own network sends to it comes in."""
    text = """
    resource "aws_vpc_endpoint" "e" {
      vpc_id             = aws_vpc.v.id
      vpc_endpoint_type  = "Interface"
      service_name       = "com.amazonaws.eu-west-1.sqs"
      subnet_ids         = [aws_subnet.private.id]
      security_group_ids = [aws_security_group.open.id]
    }
    """
    answer = asked(tmp_path, text, "aws_vpc_endpoint.e", "aws_instance.db")

    assert (answer.verdict.value, bool(answer.blocked_by)) == ("unreachable", True)
    assert asked(tmp_path, text, "aws_instance.db", "aws_vpc_endpoint.e").verdict.value == "reachable"


@pytest.mark.parametrize(
    ("accepted", "verdict"),
    [
        ("auto_accept = true", "reachable"),
        ("", "possible"),
        ('accept_status = "pending-acceptance"', "unreachable"),
    ],
)
def test_a_pending_peering_carries_nothing(tmp_path, accepted, verdict):
    """BAD_STATE_ATTACHMENT; VPC Peering Guide, "VPC peering connection lifecycle"."""
    text = f"""
    resource "aws_vpc_peering_connection" "p" {{
      vpc_id      = aws_vpc.v.id
      peer_vpc_id = aws_vpc.o.id
      {accepted}
    }}
    resource "aws_default_route_table" "v" {{
      default_route_table_id = aws_vpc.v.default_route_table_id
      route {{
        cidr_block                = "10.1.0.0/16"
        vpc_peering_connection_id = aws_vpc_peering_connection.p.id
      }}
    }}
    resource "aws_default_route_table" "o" {{
      default_route_table_id = aws_vpc.o.default_route_table_id
      route {{
        cidr_block                = "10.0.0.0/16"
        vpc_peering_connection_id = aws_vpc_peering_connection.p.id
      }}
    }}
    """
    assert asked(tmp_path, text, "aws_instance.db", "aws_instance.o").verdict.value == verdict
