"""Reachability from a state: everything is named by ids, and the verdicts are those of the same configuration."""

from __future__ import annotations

import json

import pytest

from scanner.analysis.network.atoms import INTERNET
from scanner.analysis.network.aws import reach_aws
from scanner.config import Config
from scanner.graph.choose import choose
from scanner.scan import Target, build, read
from scanner.sources.tree import Tree

ANY = {"protocol": "-1", "from_port": 0, "to_port": 0, "self": False, "security_groups": [],
       "ipv6_cidr_blocks": [], "prefix_list_ids": [], "cidr_blocks": ["0.0.0.0/0"], "description": ""}  # fmt: skip
THINGS = {
    "aws_vpc.v": {
        "id": "vpc-1", "cidr_block": "10.0.0.0/16", "default_route_table_id": "rtb-0",
        "default_network_acl_id": "acl-0", "default_security_group_id": "sg-0", "ipv6_cidr_block": "",
    },
    "aws_internet_gateway.i": {"id": "igw-1", "vpc_id": "vpc-1"},
    "aws_subnet.a": {
        "id": "subnet-1", "vpc_id": "vpc-1", "cidr_block": "10.0.1.0/24", "availability_zone": "eu-west-1a",
        "map_public_ip_on_launch": False, "ipv6_cidr_block": "", "assign_ipv6_address_on_creation": False,
    },
    "aws_subnet.b": {
        "id": "subnet-2", "vpc_id": "vpc-1", "cidr_block": "10.0.2.0/24", "availability_zone": "eu-west-1b",
        "map_public_ip_on_launch": False, "ipv6_cidr_block": "", "assign_ipv6_address_on_creation": False,
    },
    "aws_default_route_table.d": {
        "id": "rtb-0", "default_route_table_id": "rtb-0", "vpc_id": "vpc-1",
        "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1", "nat_gateway_id": ""}],
    },
    "aws_route_table.local": {"id": "rtb-2", "vpc_id": "vpc-1", "route": []},
    "aws_route_table_association.b": {"id": "rtbassoc-1", "subnet_id": "subnet-2", "route_table_id": "rtb-2"},
    "aws_security_group.open": {"id": "sg-1", "vpc_id": "vpc-1", "ingress": [ANY], "egress": [ANY]},
    "aws_security_group.inner": {
        "id": "sg-2", "vpc_id": "vpc-1", "egress": [],
        "ingress": [{**ANY, "cidr_blocks": [], "security_groups": ["sg-1"]}],
    },
    "aws_instance.web": {
        "id": "i-1", "subnet_id": "subnet-1", "vpc_security_group_ids": ["sg-1"], "private_ip": "10.0.1.7",
        "associate_public_ip_address": True, "source_dest_check": True, "ipv6_address_count": 0,
        "ipv6_addresses": [],
    },
    "aws_instance.db": {
        "id": "i-2", "subnet_id": "subnet-2", "vpc_security_group_ids": ["sg-2"], "private_ip": "10.0.2.7",
        "associate_public_ip_address": True, "source_dest_check": True, "ipv6_address_count": 0,
        "ipv6_addresses": [],
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    tree = tmp_path_factory.mktemp("state")
    resources = [
        {
            "mode": "managed", "type": name.split(".")[0], "name": name.split(".")[1],
            "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
            "instances": [{"schema_version": 0, "attributes": attributes}],
        }
        for name, attributes in THINGS.items()
    ]  # fmt: skip
    state = {"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x", "outputs": {}}
    (tree / "terraform.tfstate").write_text(json.dumps({**state, "resources": resources}), "utf-8")
    target = Target(Tree(tree))
    return build(target, read(target), Config()).graph


@pytest.mark.parametrize(
    ("source", "target", "port", "verdict"),
    [
        ("internet", "aws_instance.web", 443, "reachable"),
        ("internet", "aws_instance.db", 443, "unreachable"),
        ("aws_instance.web", "aws_instance.db", 5432, "reachable"),
        ("aws_instance.db", "aws_instance.web", 22, "unreachable"),
        ("aws_instance.web", "internet", 443, "reachable"),
    ],
)
def test_ids_name_what_references_name(graph, source, target, port, verdict):
    ends = [INTERNET if each == "internet" else choose(graph, each)[0] for each in (source, target)]

    assert reach_aws(graph, ends[0], ends[1], port).verdict.value == verdict
