"""VPC Lattice of a live account, as the same nodes and ties that its Terraform gives.

Members are held to botocore's models; what the listings leave out is told by the Get operations (VPC Lattice API
reference, ServiceSummary has no authType, ServiceNetworkVpcAssociationSummary no securityGroupIds).
"""

from __future__ import annotations

from typing import Any

import pytest

from scanner.sources.aws.unit import Item
from tests.audit.made import ACCOUNT, REGION, read, snapshot
from tests.audit.test_spelled import shaped
from tests.cli.running import run

LEAD = f"arn:aws:vpc-lattice:{REGION}:{ACCOUNT}"
VPC = f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-1"
GROUP = f"{LEAD}:targetgroup/tg-00000000000000001"
UNREAD = {"status": "denied", "action": "vpc-lattice:GetService", "reason": "not authorized"}


def item(shape: str, kind: str, part: str, under: str = "", **told: Any) -> Item:
    shaped("vpc-lattice", shape, {key: value for key, value in told.items() if key[0].islower()})
    arn = part if part.startswith("arn:") else f"{LEAD}:{part}"
    return Item(f"AWS::VpcLattice::{kind}", arn, ACCOUNT, REGION, {"arn": arn, **told}, under)


def items(group: str, **service: Any) -> list[Item]:
    network = item("ServiceNetworkSummary", "ServiceNetwork", "servicenetwork/sn-1", id="sn-1", name="shared")
    offered = item("ServiceSummary", "Service", "service/svc-1", id="svc-1", name="prices", **service)
    tie = {"serviceNetworkArn": network.id, "status": "ACTIVE"}
    forward = shaped("vpc-lattice", "RuleAction",
                     {"forward": {"targetGroups": [{"targetGroupIdentifier": group, "weight": 100}]}})  # fmt: skip
    return [
        network, offered,
        item("ServiceNetworkVpcAssociationSummary", "ServiceNetworkVpcAssociation",
             "servicenetworkvpcassociation/snva-1", network.id, id="snva-1", vpcId="vpc-1",
             SecurityGroupIds=["sg-1"], **tie),
        item("ServiceNetworkServiceAssociationSummary", "ServiceNetworkServiceAssociation",
             "servicenetworkserviceassociation/snsa-1", network.id, serviceArn=offered.id, **tie),
        item("ListenerSummary", "Listener", "service/svc-1/listener/listener-1", offered.id, id="listener-1",
             name="https", protocol="HTTPS", port=443, DefaultAction=forward),
        item("TargetGroupSummary", "TargetGroup", GROUP, id="tg-00000000000000001", name="machines",
             type="INSTANCE", protocol="HTTP", port=8080, vpcIdentifier="vpc-1"),
        item("TargetSummary", "Target", f"{GROUP}/target/i-1:8080", GROUP, id="i-1", port=8080, status="HEALTHY"),
    ]  # fmt: skip


def graph(tmp_path, *given: Item) -> dict[str, Any]:
    machine = Item("AWS::EC2::Instance", f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1", ACCOUNT, REGION,
                   {"InstanceId": "i-1", "VpcId": "vpc-1"})  # fmt: skip
    network = Item("AWS::EC2::VPC", VPC, ACCOUNT, REGION, {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"})
    live = snapshot(tmp_path / "s.jsonl.gz", read("vpc-lattice", *given), read("ec2", machine, network))
    done = run("graph", str(live), "--format", "json")
    assert done.code == 0, done.err
    found: dict[str, Any] = done.json
    return found


def ends(shown: dict[str, Any], relation: str) -> set[tuple[str, str]]:
    """The ends of a relation, by the last part of their ARNs."""
    return {(source.rpartition("/")[2], target.rpartition("/")[2])
            for source, targets in shown["relations"][relation].items() for target in targets}  # fmt: skip


@pytest.mark.parametrize("group", [GROUP, "tg-00000000000000001"])
def test_a_service_leads_to_its_machines(tmp_path, group) -> None:
    """A listener names its groups by id or by ARN (API reference, WeightedTargetGroup)."""
    shown = graph(tmp_path, *items(group, AuthType="AWS_IAM"))
    assert ("listener-1", "svc-1") in ends(shown, "listens_on")
    assert {("listener-1", "tg-00000000000000001"), ("tg-00000000000000001", "i-1")} <= ends(shown, "forwards_to")
    assert {("svc-1", "sn-1"), ("snva-1", "sn-1")} <= ends(shown, "attached_to")
    assert ("snva-1", "vpc-1") in ends(shown, "in_network")


@pytest.mark.parametrize(("told", "authorized"), [("AWS_IAM", True), ("NONE", False)])
def test_a_service_may_ask_for_signatures(tmp_path, told, authorized) -> None:
    (service,) = graph(tmp_path, *items(GROUP, AuthType=told))["kinds"]["api"]
    assert service["authorized"] is authorized


def test_what_may_not_be_read_is_unknown(tmp_path) -> None:
    given = items(GROUP)
    given[1].unread["AuthType"] = UNREAD
    (service,) = graph(tmp_path, *given)["kinds"]["api"]
    assert "authorized" not in service  # the graph is written without what is unknown


def test_a_live_service_is_reached_over_its_network(tmp_path) -> None:
    """VPC Lattice User Guide, "How VPC Lattice works": clients of an associated VPC reach the service, and no
    interface endpoint is asked for."""
    subnet = Item("AWS::EC2::Subnet", f"arn:aws:ec2:{REGION}:{ACCOUNT}:subnet/subnet-1", ACCOUNT, REGION,
                  {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"})  # fmt: skip
    network = Item("AWS::EC2::VPC", VPC, ACCOUNT, REGION, {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"})
    placed = {"VpcId": "vpc-1", "SubnetId": "subnet-1", "PrivateIpAddress": "10.0.0.9"}
    client = Item("AWS::EC2::Instance", f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-2", ACCOUNT, REGION,
                  {"InstanceId": "i-2", **placed})  # fmt: skip
    lattice, machines = read("vpc-lattice", *items(GROUP)), read("ec2", network, subnet, client)
    live = snapshot(tmp_path / "s.jsonl.gz", lattice, machines)
    told = run("ask", "reach", "*i-2", "*svc-1", "--in", live).out
    assert "execute-api" not in told
    assert "snva-1" in told
