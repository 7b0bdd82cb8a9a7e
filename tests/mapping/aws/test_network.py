from typing import Any

import pytest

from scanner.mapping.aws.network import TABLE
from tests.mapping.build import HIDDEN, UNKNOWN, ask, complete, edges, graph_of, later, told

SG = "aws_security_group.g"


def rules(attributes: dict[str, Any], **others: dict[str, Any]) -> Any:
    return ask(TABLE, SG, attributes, "rules", **others)


def test_every_row_says_all_that_its_kind_asks() -> None:
    assert complete(TABLE) == set()


@pytest.mark.parametrize(
    ("logs", "expected"),
    [
        ({}, False),
        ({"aws_flow_log__f": {"vpc_id": later("aws_vpc.v.id")}}, True),
        ({"aws_flow_log__f": {"subnet_id": later("aws_subnet.s.id")}}, False),
    ],
)
def test_flow_logs_belong_to_the_network_they_name(logs: dict[str, Any], *, expected: bool) -> None:
    assert ask(TABLE, "aws_vpc.v", {"cidr_block": "10.0.0.0/16"}, "flow_logged", **logs) is expected


def test_a_subnet_without_a_log_of_its_own_leaves_the_question_to_its_network() -> None:
    assert ask(TABLE, "aws_subnet.s", {}, "flow_logged") is None
    log = {"aws_flow_log__f": {"subnet_id": later("aws_subnet.s.id")}}
    assert ask(TABLE, "aws_subnet.s", {}, "flow_logged", **log) is True


def test_network_ranges_include_associations_and_say_what_others_choose() -> None:
    more = {
        "aws_vpc_ipv4_cidr_block_association__a": {"vpc_id": later("aws_vpc.v.id"), "cidr_block": "10.1.0.0/16"}
    }
    assert ask(TABLE, "aws_vpc.v", {"cidr_block": "10.0.0.0/16"}, "cidrs", **more) == [
        "10.0.0.0/16",
        "10.1.0.0/16",
    ]
    assert ask(TABLE, "aws_vpc.v", {"ipv4_ipam_pool_id": "ipam"}, "cidrs") == [
        {"$unknown": "the address manager chooses the range"}
    ]
    assert ask(TABLE, "aws_default_vpc.v", {}, "cidrs") == ["172.31.0.0/16"]


@pytest.mark.parametrize(
    ("name", "attributes", "expected"),
    [
        ("aws_subnet.s", {}, False),
        ("aws_subnet.s", {"map_public_ip_on_launch": "true"}, True),
        ("aws_subnet.s", {"map_public_ip_on_launch": HIDDEN}, UNKNOWN),
        ("aws_default_subnet.s", {}, True),
    ],
)
def test_public_by_default(name: str, attributes: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, name, attributes, "public_by_default") == expected


def test_routes_from_blocks_and_resources() -> None:
    graph = graph_of(
        TABLE,
        {
            "aws_vpc.v": {"cidr_block": "10.0.0.0/16"},
            "aws_internet_gateway.i": {"vpc_id": later("aws_vpc.v.id")},
            "aws_nat_gateway.n": {"subnet_id": later("aws_subnet.s.id")},
            "aws_subnet.s": {"vpc_id": later("aws_vpc.v.id")},
            "aws_route_table.t": {
                "vpc_id": later("aws_vpc.v.id"),
                "route": [
                    {
                        "cidr_block": "0.0.0.0/0",
                        "gateway_id": later("aws_internet_gateway.i.id"),
                        "nat_gateway_id": "",
                    }
                ],
            },
            "aws_route.r": {
                "route_table_id": later("aws_route_table.t.id"),
                "destination_cidr_block": "10.9.0.0/16",
                "nat_gateway_id": later("aws_nat_gateway.n.id"),
            },
            "aws_route_table_association.a": {
                "subnet_id": later("aws_subnet.s.id"),
                "route_table_id": later("aws_route_table.t.id"),
            },
        },
    )
    assert told(graph, "aws_route_table.t", "routes") == [
        {"destination": to, "target": target, "target_kind": kind, "propagated": False}
        for to, target, kind in (
            ("0.0.0.0/0", "aws_internet_gateway.i", "internet"),
            ("10.9.0.0/16", "aws_nat_gateway.n", "nat"),
        )
    ]
    assert edges(graph, "routes_to") == {
        ("aws_route_table.t", "aws_internet_gateway.i"),
        ("aws_route_table.t", "aws_nat_gateway.n"),
    }
    assert edges(graph, "routes_by") == {("aws_subnet.s", "aws_route_table.t")}
    assert ("aws_internet_gateway.i", "aws_vpc.v") in edges(graph, "in_network")


def test_main_and_default_tables_route_the_network() -> None:
    graph = graph_of(
        TABLE,
        {
            "aws_vpc.v": {},
            "aws_default_route_table.d": {"default_route_table_id": later("aws_vpc.v.default_route_table_id")},
            "aws_route_table.t": {"vpc_id": later("aws_vpc.v.id")},
            "aws_main_route_table_association.m": {
                "vpc_id": later("aws_vpc.v.id"), "route_table_id": later("aws_route_table.t.id")},
        },
    )  # fmt: skip
    assert edges(graph, "routes_by") == {
        ("aws_vpc.v", "aws_default_route_table.d"),
        ("aws_vpc.v", "aws_route_table.t"),
    }


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("igw-1", "internet"),
        ("vgw-1", "vpn"),
        ("local", "local"),
        (later("aws_vpn_gateway.v.id"), "vpn"),
        (HIDDEN, {"$unknown": HIDDEN.reason}),
    ],
)
def test_what_a_gateway_is(target: object, expected: object) -> None:
    table = {"route": [{"cidr_block": "0.0.0.0/0", "gateway_id": target}]}
    assert ask(TABLE, "aws_route_table.t", table, "routes")[0]["target_kind"] == expected


def test_inline_rules_in_block_or_attribute_form() -> None:
    found = rules(
        {
            "ingress": [
                {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"], "self": False}
            ],
            "egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
        }
    )
    assert [(rule["direction"], rule["protocol"], rule["from"], rule["to"], rule["cidrs"]) for rule in found] == [
        ("out", "any", None, None, ["0.0.0.0/0"]),
        ("in", "tcp", 22, 22, ["0.0.0.0/0"]),
    ]


def test_rules_of_both_resource_forms_fold_in() -> None:
    group = later(f"{SG}.id")
    found = rules(
        {},
        aws_security_group_rule__a={
            "security_group_id": group, "type": "ingress", "protocol": "6", "from_port": "80", "to_port": "80",
            "source_security_group_id": later("aws_security_group.other.id")},
        aws_vpc_security_group_ingress_rule__b={
            "security_group_id": group, "ip_protocol": "-1", "cidr_ipv6": "::/0"},
        aws_vpc_security_group_egress_rule__c={
            "security_group_id": group, "ip_protocol": "udp", "from_port": 53, "to_port": 53,
            "referenced_security_group_id": "sg-1"},
    )  # fmt: skip
    assert [(r["direction"], r["protocol"], r["from"], r["cidrs"], r["groups"]) for r in found] == [
        ("out", "udp", 53, [], ["sg-1"]),
        ("in", "tcp", 80, [], ["aws_security_group.other"]),
        ("in", "any", None, ["::/0"], []),
    ]


def test_no_rule_is_an_empty_list_and_an_unknown_block_stays_in_it() -> None:
    assert rules({}) == []
    assert rules({"ingress": HIDDEN}) == [{"$unknown": HIDDEN.reason}]
    mixed = rules({"ingress": [{"protocol": "tcp", "from_port": 1, "to_port": 1, "cidr_blocks": HIDDEN}]})
    assert mixed[0]["cidrs"] == [{"$unknown": HIDDEN.reason}]


def test_prefix_lists_are_ranges_that_are_not_read() -> None:
    found = rules({"egress": [{"protocol": "tcp", "from_port": 443, "to_port": 443, "prefix_list_ids": ["pl-1"]}]})
    assert found[0]["cidrs"] == [{"$unknown": "the ranges of prefix list pl-1 are not read"}]


def test_the_default_group_holds_what_is_written() -> None:
    name = "aws_default_security_group.d"
    assert ask(TABLE, name, {}, "rules") == []
    assert ask(TABLE, name, {}, "default") is True
    graph = graph_of(TABLE, {name: {"vpc_id": later("aws_vpc.v.id")}, "aws_vpc.v": {}})
    assert edges(graph, "in_network") == {(name, "aws_vpc.v")}


def test_access_lists_are_ordered_by_number() -> None:
    found = ask(
        TABLE,
        "aws_network_acl.l",
        {
            "ingress": [
                {"rule_no": 200, "action": "allow", "protocol": "tcp", "from_port": 1, "to_port": 2,
                 "cidr_block": "0.0.0.0/0", "ipv6_cidr_block": ""},
            ]
        },
        "rules",
        aws_network_acl_rule__r={
            "network_acl_id": later("aws_network_acl.l.id"), "rule_number": 100, "egress": False,
            "protocol": "all", "rule_action": "deny", "cidr_block": "10.0.0.0/8"},
    )  # fmt: skip
    assert [(r["number"], r["action"], r["protocol"], r["cidrs"]) for r in found] == [
        (100, "deny", "any", ["10.0.0.0/8"]),
        (200, "allow", "tcp", ["0.0.0.0/0"]),
    ]


@pytest.mark.parametrize(
    ("attributes", "others", "expected"),
    [
        ({"auto_accept": True}, {}, True),
        ({}, {"aws_vpc_peering_connection_accepter__a": {
            "vpc_peering_connection_id": later("aws_vpc_peering_connection.p.id"), "auto_accept": True}}, True),
        ({"accept_status": "pending-acceptance"}, {}, False),
        ({}, {}, UNKNOWN),
    ],
)  # fmt: skip
def test_peering(attributes: dict[str, Any], others: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, "aws_vpc_peering_connection.p", attributes, "accepted", **others) == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [({}, False), ({"firewall_fail_open": "ENABLED"}, True), ({"firewall_fail_open": HIDDEN}, UNKNOWN)],
)
def test_dns_firewall(attributes: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, "aws_route53_resolver_firewall_config.c", attributes, "fails_open") == expected


def test_network_firewall_continues_only_when_told() -> None:
    def policy(stream: object) -> Any:
        options = {"firewall_policy": [{"stateful_engine_options": [{"stream_exception_policy": stream}]}]}
        return ask(TABLE, "aws_networkfirewall_firewall_policy.p", options, "fails_open")

    assert policy(None) is False
    assert policy("CONTINUE") is True
    assert policy(HIDDEN) == UNKNOWN


def test_an_elastic_address_makes_an_interface_public() -> None:
    name = "aws_network_interface.i"
    assert ask(TABLE, name, {}, "public_address") is False
    eip = {"aws_eip__e": {"network_interface": later("aws_network_interface.i.id")}}
    assert ask(TABLE, name, {}, "public_address", **eip) is True


def test_endpoint_policies_fold_in() -> None:
    allow = '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}}'
    name = "aws_vpc_endpoint.e"
    assert ask(TABLE, name, {}, "statements") == []
    assert len(ask(TABLE, name, {"policy": allow}, "statements")) == 1
    fold = {"aws_vpc_endpoint_policy__p": {"vpc_endpoint_id": later("aws_vpc_endpoint.e.id"), "policy": allow}}
    assert len(ask(TABLE, name, {}, "statements", **fold)) == 1
