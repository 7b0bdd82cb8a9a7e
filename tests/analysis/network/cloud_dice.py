"""Random AWS estates: as the naive evaluator knows them, and as Terraform."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

from tests.analysis.network.cloud_naive import (
    Attachment,
    Entry,
    Estate,
    Machine,
    Nat,
    Route,
    Rule,
    Subnet,
)

PORTS = (22, 443, 5432)
_PUBLIC = ("0.0.0.0/0", "0.0.0.0/0", "8.8.8.0/24", "9.9.9.0/24")


def estate(dice: random.Random) -> Estate:
    """One to three networks with everything that joins, routes and filters."""
    found = Estate()
    for number in range(dice.randint(1, 3)):
        _network(found, dice, number)
    names = list(found.vpcs)
    for number, one in enumerate(names):
        for other in names[number + 1 :]:
            if dice.random() < 0.5:
                found.peerings[f"p{one}{other}"] = (one, other)
    if len(names) > 1 and dice.random() < 0.6:
        _transit(found, dice)
    for name in names:
        _tables(found, dice, name)
    for name in names:
        _machines(found, dice, name)
    return found


def _network(found: Estate, dice: random.Random, number: int) -> None:
    name = f"v{number}"
    found.vpcs[name] = f"10.{number}.0.0/16"
    if dice.random() < 0.8:
        found.gateways.add(name)
    for count in range(dice.randint(1, 3)):
        subnet = f"{name}s{count}"
        found.subnets[subnet] = Subnet(name, f"10.{number}.{count}.0/24", dice.choice("aab"))
        if dice.random() < 0.3:
            found.acls[f"{subnet}l"] = _list(dice)
            found.subnets[subnet].acl = f"{subnet}l"
    if dice.random() < 0.5:
        own = [each for each in found.subnets if found.subnets[each].vpc == name]
        found.nats[f"{name}n"] = Nat(dice.choice(own), dice.random() < 0.7)


def _list(dice: random.Random) -> list[Entry]:
    entries = []
    for way in ("in", "out"):
        numbers = dice.sample(range(1, 200), dice.randint(1, 4))
        for number in numbers:
            protocol = dice.choice(("-1", "-1", "tcp"))
            first, last = dice.choice(((1024, 65535), (32768, 60999), (0, 65535), (443, 443), (22, 22), (0, 1023)))
            cidr = dice.choice((*_PUBLIC, "10.0.0.0/8", "10.0.0.0/16", "10.1.0.0/16", "10.0.1.0/24"))
            if protocol == "-1":
                first = last = 0
            entries.append(Entry(way, number, dice.random() < 0.8, protocol, first, last, cidr))
    return entries


def _transit(found: Estate, dice: random.Random) -> None:
    for name in found.vpcs:
        if dice.random() < 0.85:
            own = [each for each in found.subnets if found.subnets[each].vpc == name]
            by_zone = {found.subnets[each].zone: each for each in dice.sample(own, len(own))}
            chosen = dice.sample(sorted(by_zone.values()), dice.randint(1, len(by_zone)))
            table = f"{name}t" if dice.random() < 0.4 else ""
            found.transit[name] = Attachment(chosen, table)
    wide = (*found.vpcs.values(), "0.0.0.0/0", "10.0.0.0/8", "10.1.1.0/24")
    for name, attachment in found.transit.items():
        if attachment.table:
            found.transit_tables[f"{name}t"] = [
                Route(
                    each,
                    dice.choice(("attachment", "attachment", "blackhole")),
                    dice.choice(sorted(found.transit)),
                )
                for each in dice.sample(wide, 3)
            ]


def _tables(found: Estate, dice: random.Random, vpc: str) -> None:
    own = [each for each in found.subnets if found.subnets[each].vpc == vpc]
    count = dice.randint(1, len(own) + 1)
    for number in range(count):
        found.tables[f"{vpc}r{number}"] = list(_routes(found, dice, vpc))
    for each in own:
        if dice.random() < 0.75:
            found.subnets[each].table = f"{vpc}r{dice.randrange(count)}"
    if dice.random() < 0.4:
        found.mains[vpc] = f"{vpc}r{dice.randrange(count)}"


def _routes(found: Estate, dice: random.Random, vpc: str) -> list[Route]:
    hops = [("internet", vpc)] * 2 if vpc in found.gateways else []
    hops += [("nat", f"{vpc}n")] * 2 if f"{vpc}n" in found.nats else []
    hops += [("peering", name) for name, ends in found.peerings.items() if vpc in ends]
    hops += [("transit", "")] * 2 if vpc in found.transit else []
    wide = ["0.0.0.0/0", "0.0.0.0/0", "8.8.8.0/24", "9.9.9.0/24", "10.0.0.0/8",
            *(each for name, each in found.vpcs.items() if name != vpc), "10.1.1.0/24", "10.2.0.0/24"]  # fmt: skip
    wide = [each for each in wide if not each.startswith(found.vpcs[vpc][:5])]
    routes = []
    for destination in dict.fromkeys(dice.choices(wide, k=dice.randint(1, 6))):
        if hops:
            kind, target = dice.choice(hops)
            routes.append(Route(destination, kind, target))
    return routes


def _machines(found: Estate, dice: random.Random, vpc: str) -> None:
    own = [each for each in found.subnets if found.subnets[each].vpc == vpc]
    groups = [f"{vpc}g{number}" for number in range(dice.randint(1, 2))]
    for group in groups:
        found.groups[group] = [_rule(found, dice, groups) for _ in range(dice.randint(2, 6))]
    for number in range(dice.randint(1, 2)):
        subnet = dice.choice(own)
        prefix = found.subnets[subnet].cidr.rsplit(".", 1)[0]
        worn = dice.sample(groups, dice.randint(1, len(groups)))
        found.machines[f"{vpc}m{number}"] = Machine(subnet, f"{prefix}.{10 + number}", dice.random() < 0.5, worn)


def _rule(found: Estate, dice: random.Random, groups: list[str]) -> Rule:
    way = dice.choice(("in", "out"))
    if dice.random() < 0.5:
        first = last = 0
        protocol = "-1"
    else:
        protocol, first, last = "tcp", *dice.choice(((22, 22), (443, 443), (0, 65535), (400, 6000)))
    if dice.random() < 0.25:
        known = [*groups, *(each for each in found.groups)]
        return Rule(way, protocol, first, last, group=dice.choice(known))
    cidr = dice.choice((*_PUBLIC, "10.0.0.0/8", "10.0.0.0/16", "10.1.0.0/16", "10.0.0.0/24", "10.0.1.10/32"))
    return Rule(way, protocol, first, last, cidr=cidr)


# as Terraform


def terraform(found: Estate) -> str:
    """The estate in Terraform's JSON."""
    resources: dict[str, dict[str, Any]] = {}
    for type_, name, arguments in _resources(found):
        resources.setdefault(type_, {})[name] = arguments
    return json.dumps({"resource": resources})


def _id(type_: str, name: str) -> str:
    return f"${{{type_}.{name}.id}}"


def _resources(found: Estate) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, cidr in found.vpcs.items():
        yield "aws_vpc", name, {"cidr_block": cidr}
    for name in sorted(found.gateways):
        yield "aws_internet_gateway", name, {"vpc_id": _id("aws_vpc", name)}
    for name, table in found.mains.items():
        main = {"vpc_id": _id("aws_vpc", name), "route_table_id": _id("aws_route_table", table)}
        yield "aws_main_route_table_association", name, main
    for name, subnet in found.subnets.items():
        where = {"vpc_id": _id("aws_vpc", subnet.vpc), "availability_zone": f"eu-west-1{subnet.zone}"}
        yield "aws_subnet", name, {**where, "cidr_block": subnet.cidr}
        if subnet.table:
            tied = {"subnet_id": _id("aws_subnet", name), "route_table_id": _id("aws_route_table", subnet.table)}
            yield "aws_route_table_association", name, tied
    for name, routes in found.tables.items():
        listed = [{"cidr_block": each.destination, **_hop(each)} for each in routes]
        yield "aws_route_table", name, {"vpc_id": _id("aws_vpc", name[:2]), "route": listed}
    for name, entries in found.acls.items():
        subnets = [_id("aws_subnet", name.removesuffix("l"))]
        ways = {way: [_entry(each) for each in entries if each.way == word]
                for way, word in (("ingress", "in"), ("egress", "out"))}  # fmt: skip
        yield "aws_network_acl", name, {"vpc_id": _id("aws_vpc", name[:2]), "subnet_ids": subnets, **ways}
    for name, rules in found.groups.items():
        yield "aws_security_group", name, {"vpc_id": _id("aws_vpc", name[:2])}
        for number, rule in enumerate(rules):
            yield "aws_security_group_rule", f"{name}_{number}", _group_rule(name, rule)
    for name, machine in found.machines.items():
        yield (
            "aws_instance",
            name,
            {
                "subnet_id": _id("aws_subnet", machine.subnet),
                "private_ip": machine.address,
                "associate_public_ip_address": machine.public,
                "vpc_security_group_ids": [_id("aws_security_group", each) for each in machine.groups],
            },
        )
    for name, nat in found.nats.items():
        kind = "public" if nat.public else "private"
        yield "aws_nat_gateway", name, {"subnet_id": _id("aws_subnet", nat.subnet), "connectivity_type": kind}
    for name, (one, other) in found.peerings.items():
        ends = {"vpc_id": _id("aws_vpc", one), "peer_vpc_id": _id("aws_vpc", other), "auto_accept": True}
        yield "aws_vpc_peering_connection", name, ends
    if found.transit:
        yield "aws_ec2_transit_gateway", "t", {}
        yield from _attachments(found)


def _hop(route: Route) -> dict[str, str]:
    return {
        "internet": {"gateway_id": _id("aws_internet_gateway", route.target)},
        "nat": {"nat_gateway_id": _id("aws_nat_gateway", route.target)},
        "peering": {"vpc_peering_connection_id": _id("aws_vpc_peering_connection", route.target)},
        "transit": {"transit_gateway_id": _id("aws_ec2_transit_gateway", "t")},
    }[route.kind]


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "rule_no": entry.number,
        "protocol": entry.protocol,
        "action": "allow" if entry.allow else "deny",
        "cidr_block": entry.cidr,
        "from_port": entry.first,
        "to_port": entry.last,
    }


def _group_rule(name: str, rule: Rule) -> dict[str, Any]:
    group = {"source_security_group_id": _id("aws_security_group", rule.group)}
    return {
        "type": "ingress" if rule.way == "in" else "egress",
        "security_group_id": _id("aws_security_group", name),
        "protocol": rule.protocol,
        "from_port": rule.first,
        "to_port": rule.last,
        **(group if rule.group else {"cidr_blocks": [rule.cidr]}),
    }


def _attachments(found: Estate) -> Iterator[tuple[str, str, dict[str, Any]]]:
    kind, table_kind = "aws_ec2_transit_gateway_vpc_attachment", "aws_ec2_transit_gateway_route_table"
    gateway = _id("aws_ec2_transit_gateway", "t")
    for name, attachment in found.transit.items():
        yield (
            kind,
            name,
            {
                "transit_gateway_id": gateway,
                "vpc_id": _id("aws_vpc", name),
                "subnet_ids": [_id("aws_subnet", each) for each in attachment.subnets],
                "transit_gateway_default_route_table_association": not attachment.table,
            },
        )
        if not attachment.table:
            continue
        table = {"transit_gateway_route_table_id": _id(table_kind, attachment.table)}
        yield table_kind, attachment.table, {"transit_gateway_id": gateway}
        tied = {"transit_gateway_attachment_id": _id(kind, name), **table}
        yield "aws_ec2_transit_gateway_route_table_association", name, tied
        for number, route in enumerate(found.transit_tables[attachment.table]):
            hop = {"transit_gateway_attachment_id": _id(kind, route.target)}
            told = {"blackhole": True} if route.kind == "blackhole" else hop
            static = {"destination_cidr_block": route.destination, **table, **told}
            yield "aws_ec2_transit_gateway_route", f"{name}_{number}", static
