"""VPC Lattice spelled as Terraform's state would. Each is known by its ARN, which all but their ties name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.aws.live.spelling import Live, Spelling, Spellings, block
from scanner.model.resource import Resource
from scanner.model.value import Unknown, Value

_GONE = ("DELETE_IN_PROGRESS", "CREATE_FAILED")  # ties that carry nothing


def _network(live: Live) -> Iterator[Resource]:
    yield live.made("aws_vpclattice_service_network", {
        "id": live.get("id"), "arn": live.arn, "name": live.get("name")})  # fmt: skip


def _networked(live: Live) -> Iterator[Resource]:
    if live.get("status") not in _GONE:
        yield live.made("aws_vpclattice_service_network_vpc_association", {
            "id": live.get("id"), "arn": live.arn, "service_network_identifier": live.get("serviceNetworkArn"),
            "vpc_identifier": live.get("vpcId"),
            "security_group_ids": live.get("SecurityGroupIds", [])})  # fmt: skip


def _offered(live: Live) -> Iterator[Resource]:
    if live.get("status") not in _GONE:
        yield live.made("aws_vpclattice_service_network_service_association", {
            "id": live.get("id"), "arn": live.arn, "service_identifier": live.get("serviceArn"),
            "service_network_identifier": live.get("serviceNetworkArn")})  # fmt: skip


def _service(live: Live) -> Iterator[Resource]:
    yield live.made("aws_vpclattice_service", {
        "id": live.get("id"), "arn": live.arn, "name": live.get("name"),
        "auth_type": live.get("AuthType", "NONE")})  # fmt: skip


def _listener(live: Live) -> Iterator[Resource]:
    action = live.get("DefaultAction")
    yield live.made("aws_vpclattice_listener", {
        "id": live.get("id"), "arn": live.arn, "name": live.get("name"), "service_identifier": live.under,
        "port": live.get("port"), "protocol": live.get("protocol"),
        "default_action": action if isinstance(action, Unknown) else _action(live, action or {})})  # fmt: skip


def _action(live: Live, action: dict[str, Any]) -> Value:
    """Where the listener sends what no rule of its own takes; groups by ARN (the answer has ids or ARNs)."""
    lead = ":".join(live.arn.split(":")[:5])

    def named(group: str) -> str:
        return group if group.startswith("arn:") else f"{lead}:targetgroup/{group}"

    groups: list[Value] = [
        {"target_group_identifier": named(each["targetGroupIdentifier"]), "weight": each.get("weight")}
        for each in (action.get("forward") or {}).get("targetGroups") or ()
    ]
    return block(
        forward=block(target_groups=groups) if groups else None, fixed_response=action.get("fixedResponse")
    )


def _group(live: Live) -> Iterator[Resource]:
    yield live.made("aws_vpclattice_target_group", {
        "id": live.get("id"), "arn": live.arn, "name": live.get("name"), "type": live.get("type"),
        "config": block(port=live.get("port"), protocol=live.get("protocol"),
                        vpc_identifier=live.get("vpcIdentifier"))})  # fmt: skip


def _target(live: Live) -> Iterator[Resource]:
    yield live.made("aws_vpclattice_target_group_attachment", {
        "target_group_identifier": live.under,
        "target": block(id=live.get("id"), port=live.get("port"))})  # fmt: skip


SPELLINGS: Spellings = {
    "AWS::VpcLattice::ServiceNetwork": Spelling(("aws_vpclattice_service_network",), _network),
    "AWS::VpcLattice::ServiceNetworkVpcAssociation": Spelling(
        ("aws_vpclattice_service_network_vpc_association",), _networked),
    "AWS::VpcLattice::ServiceNetworkServiceAssociation": Spelling(
        ("aws_vpclattice_service_network_service_association",), _offered),
    "AWS::VpcLattice::Service": Spelling(("aws_vpclattice_service",), _service),
    "AWS::VpcLattice::Listener": Spelling(("aws_vpclattice_listener",), _listener),
    "AWS::VpcLattice::TargetGroup": Spelling(("aws_vpclattice_target_group",), _group),
    "AWS::VpcLattice::Target": Spelling(("aws_vpclattice_target_group_attachment",), _target),
}  # fmt: skip
