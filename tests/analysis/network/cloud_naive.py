"""A second evaluator of AWS networks: one packet at a time, straight from the documents; no sets of addresses.

Sources: VPC User Guide ("Route priority", "Control traffic to your resources using security groups", "Control
subnet traffic with network access control lists", "NAT gateway basics", "Connect to the internet using an internet
gateway"); VPC Peering Guide ("Unsupported VPC peering configurations"); Transit Gateway Guide ("How transit
gateways work", "How Network ACLs work with transit gateways"). It shares no code with the engine.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

# Some hosts of the internet, one of each range that rules name and one of none; the last is also the public
# address of whoever has one, which no rule can name before it is given.
HOSTS = ("8.8.8.8", "9.9.9.9", "77.7.7.7")
# Ports that clients, and NAT gateways for them, ask from (1024-65535): one of each part that an entry may cut off.
EPHEMERAL = (1024, 20000, 40000, 61000)


class Route(NamedTuple):
    destination: str
    kind: str  # internet, nat, peering, transit, blackhole
    target: str = ""


class Entry(NamedTuple):
    way: str
    number: int
    allow: bool
    protocol: str
    first: int
    last: int
    cidr: str


class Rule(NamedTuple):
    way: str
    protocol: str
    first: int
    last: int
    cidr: str = ""
    group: str = ""


@dataclass
class Subnet:
    vpc: str
    cidr: str
    zone: str
    table: str = ""
    acl: str = ""


@dataclass
class Machine:
    subnet: str
    address: str
    public: bool
    groups: list[str]


class Nat(NamedTuple):
    subnet: str
    public: bool


class Attachment(NamedTuple):
    subnets: list[str]
    table: str = ""  # that it asks; "" the default one, which every attachment announces to


@dataclass
class Estate:
    """Everything by name."""

    vpcs: dict[str, str] = field(default_factory=dict)  # name: range
    gateways: set[str] = field(default_factory=set)  # networks with an internet gateway
    mains: dict[str, str] = field(default_factory=dict)  # network: table
    subnets: dict[str, Subnet] = field(default_factory=dict)
    tables: dict[str, list[Route]] = field(default_factory=dict)
    acls: dict[str, list[Entry]] = field(default_factory=dict)
    groups: dict[str, list[Rule]] = field(default_factory=dict)
    machines: dict[str, Machine] = field(default_factory=dict)
    nats: dict[str, Nat] = field(default_factory=dict)
    peerings: dict[str, tuple[str, str]] = field(default_factory=dict)
    transit: dict[str, Attachment] = field(default_factory=dict)  # network: attachment
    transit_tables: dict[str, list[Route]] = field(default_factory=dict)  # targets are networks


class Packet(NamedTuple):
    source: str
    destination: str
    port: int  # destination's
    origin: str  # the machine or NAT gateway that sends it, "" for the internet
    groups: frozenset[str] = frozenset()  # that the fabric still knows the sender by


def reaches(estate: Estate, source: str, target: str, port: int) -> bool:
    """Whether a TCP session gets from one end to the other; an end is a machine's name or `internet`."""
    if source == "internet":
        return any(_from_internet(estate, host, target, port) for host in HOSTS)
    if target == "internet":
        return any(_session(estate, source, host, port) for host in HOSTS)
    if _session(estate, source, estate.machines[target].address, port):
        return True
    far = estate.machines[target]
    public = HOSTS[-1]
    return far.public and _session(estate, source, public, port) and _from_internet(estate, public, target, port)


def _session(estate: Estate, source: str, address: str, port: int) -> bool:
    """From a machine to an address: the packet, and an answer to some port of the client's."""
    machine = estate.machines[source]
    packet = Packet(machine.address, address, port, source, frozenset(machine.groups))
    return any(_goes_and_returns(estate, packet, machine, own, other) for own in EPHEMERAL for other in EPHEMERAL)


def _goes_and_returns(estate: Estate, packet: Packet, machine: Machine, own: int, other: int) -> bool:
    """`own` is the client's port, `other` that of a NAT gateway on the way."""
    arrived = _carry(estate, packet, machine.subnet, 0)
    if arrived is None or not _group_lets(estate, machine, "out", packet, arrived):
        return False
    last, nats = arrived
    target = _machine_at(estate, last.destination)
    if target is None:  # the internet
        near = nats[-1].subnet if nats else machine.subnet
        reply = Packet(packet.destination, "", own if not nats else other, "")
        if not _enters(estate, near, reply):
            return False
    else:
        if not _admits(estate, target, last):
            return False
        back = other if nats else own
        reply = Packet(target.address, last.source, back, _name(estate, target))
        found = _carry(estate, reply, target.subnet, 0, reply=True, behind=nats[-1].subnet if nats else "")
        if found is None:
            return False
    return all(
        _carry(estate, Packet(packet.destination, packet.source, own, "reply"), nat.subnet, 0, reply=True)
        is not None
        for nat in nats[:1]
    )


def _from_internet(estate: Estate, host: str, target: str, port: int) -> bool:
    machine = estate.machines[target]
    subnet = estate.subnets[machine.subnet]
    if not machine.public or subnet.vpc not in estate.gateways:
        return False
    packet = Packet(host, machine.address, port, "")
    if not _enters(estate, machine.subnet, packet) or not _admits(estate, machine, packet):
        return False
    return any(
        _carry(estate, Packet(machine.address, host, own, target), machine.subnet, 0, reply=True) is not None
        for own in EPHEMERAL
    )


# one packet


Arrival = tuple[Packet, list[Nat]]


def _carry(
    estate: Estate, packet: Packet, at: str, depth: int, *, reply: bool = False, behind: str = ""
) -> Arrival | None:
    """The packet as it arrives, with the NAT gateways that it passed; None where it is dropped on its way."""
    if depth > 8:
        return None
    subnet = estate.subnets[at]
    kind, target = _route(estate, subnet, packet.destination)
    if kind == "local":
        return _inside(estate, packet, at, behind)
    if kind == "internet":
        return _to_internet(estate, packet, at)
    if kind == "nat" and not reply:
        return _through_nat(estate, packet, at, target, depth)
    if kind == "peering":
        return _over_peering(estate, packet, at, target, behind)
    if kind == "transit":
        return _over_transit(estate, packet, at, depth, reply=reply, behind=behind)
    return None


def _route(estate: Estate, subnet: Subnet, address: str) -> tuple[str, str]:
    """The longest prefix; of the table that the subnet is associated with, else of the network's main one."""
    name = subnet.table or estate.mains.get(subnet.vpc, "")
    found = [(_length(estate.vpcs[subnet.vpc]), "local", "")] if _in(address, estate.vpcs[subnet.vpc]) else []
    found += [
        (_length(each.destination), each.kind, each.target)
        for each in estate.tables.get(name, ())
        if _in(address, each.destination)
    ]
    return max(found, key=lambda each: each[0])[1:] if found else ("", "")


def _inside(estate: Estate, packet: Packet, at: str, behind: str) -> Arrival | None:
    """To whoever has the address, in the packet's network; the lists of both subnets, none inside one."""
    there = behind or next(
        (
            each.subnet
            for each in estate.machines.values()
            if each.address == packet.destination and estate.subnets[each.subnet].vpc == estate.subnets[at].vpc
        ),
        "",
    )
    if not there or estate.subnets[there].vpc != estate.subnets[at].vpc:
        return None
    if there != at and not (_leaves(estate, at, packet) and _enters(estate, there, packet)):
        return None
    return packet, []


def _to_internet(estate: Estate, packet: Packet, at: str) -> Arrival | None:
    """An attached gateway, a sender with a public address, a destination that is no private one."""
    public = estate.nats[packet.origin].public if packet.origin in estate.nats else (
        packet.origin in estate.machines and estate.machines[packet.origin].public
    )  # fmt: skip
    private = ipaddress.ip_address(packet.destination) in ipaddress.ip_network("10.0.0.0/8")
    if estate.subnets[at].vpc not in estate.gateways or not public or private:
        return None
    if not _leaves(estate, at, packet):
        return None
    return packet._replace(groups=frozenset()), []


def _through_nat(estate: Estate, packet: Packet, at: str, name: str, depth: int) -> Arrival | None:
    nat = estate.nats[name]
    if packet.origin in estate.nats:
        return None
    if nat.subnet != at and not (_leaves(estate, at, packet) and _enters(estate, nat.subnet, packet)):
        return None
    address = str(ipaddress.ip_network(estate.subnets[nat.subnet].cidr)[200])
    sent = packet._replace(source=address, origin=name, groups=frozenset())
    arrived = _carry(estate, sent, nat.subnet, depth + 1)
    return None if arrived is None else (arrived[0], [nat, *arrived[1]])


def _over_peering(estate: Estate, packet: Packet, at: str, name: str, behind: str) -> Arrival | None:
    """To the other network's own addresses only."""
    here = estate.subnets[at].vpc
    if here not in estate.peerings[name]:
        return None
    other = next(each for each in estate.peerings[name] if each != here)
    there = behind or next(
        (each.subnet for each in estate.machines.values() if each.address == packet.destination), ""
    )
    if not there or estate.subnets[there].vpc != other:
        return None
    if not (_leaves(estate, at, packet) and _enters(estate, there, packet)):
        return None
    return packet, []


def _over_transit(
    estate: Estate, packet: Packet, at: str, depth: int, *, reply: bool, behind: str
) -> Arrival | None:
    """By the attachment's subnet in the sender's zone, its table, and the other attachment's subnet."""
    subnet = estate.subnets[at]
    attachment = estate.transit.get(subnet.vpc)
    if attachment is None:
        return None
    doors = [each for each in attachment.subnets if estate.subnets[each].zone == subnet.zone]
    if not doors or not _leaves(estate, at, packet) or not _enters(estate, doors[0], packet):
        return None  # of one subnet, too, both directions are asked
    routes = [(_length(cidr), 1, vpc) for vpc, cidr in estate.vpcs.items()
              if vpc in estate.transit and not attachment.table and _in(packet.destination, cidr)]  # fmt: skip
    routes += [
        (_length(each.destination), 2, each.target if each.kind != "blackhole" else "")
        for each in estate.transit_tables.get(attachment.table, ())
        if _in(packet.destination, each.destination)
    ]
    if not routes:
        return None
    vpc = max(routes, key=lambda each: each[:2])[2]
    if vpc not in estate.transit or depth > 4:
        return None
    far = estate.transit[vpc].subnets
    door = next((each for each in far if estate.subnets[each].zone == subnet.zone), far[0])
    sent = packet._replace(groups=frozenset())
    return _carry(estate, sent, door, depth + 1, reply=reply, behind=behind)


# filters


def _leaves(estate: Estate, subnet: str, packet: Packet) -> bool:
    return _listed(estate, subnet, "out", packet.destination, packet.port)


def _enters(estate: Estate, subnet: str, packet: Packet) -> bool:
    return _listed(estate, subnet, "in", packet.source, packet.port)


def _listed(estate: Estate, subnet: str, way: str, far: str, port: int) -> bool:
    name = estate.subnets[subnet].acl
    if not name:
        return True
    for entry in sorted(estate.acls[name], key=lambda each: each.number):
        if entry.way != way or not _in(far, entry.cidr):
            continue
        if entry.protocol == "-1" or (entry.protocol == "tcp" and entry.first <= port <= entry.last):
            return entry.allow
    return False


def _group_lets(estate: Estate, machine: Machine, way: str, packet: Packet, arrived: Arrival) -> bool:
    """Whether the sender's groups let it out; a group that a rule names is known where nothing hid the path."""
    last, _ = arrived
    target = _machine_at(estate, last.destination)
    seen = frozenset(target.groups) if target is not None and last.groups else frozenset()
    return _ruled(estate, machine, way, packet.destination, packet.port, seen)


def _admits(estate: Estate, target: Machine, packet: Packet) -> bool:
    return _ruled(estate, target, "in", packet.source, packet.port, packet.groups)


def _ruled(estate: Estate, machine: Machine, way: str, far: str, port: int, seen: frozenset[str]) -> bool:
    for group in machine.groups:
        for rule in estate.groups[group]:
            if rule.way != way or not (rule.protocol == "-1" or rule.first <= port <= rule.last):
                continue
            if rule.group in seen if rule.group else _in(far, rule.cidr):
                return True
    return False


# addresses


def _in(address: str, cidr: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(cidr)


def _length(cidr: str) -> int:
    return ipaddress.ip_network(cidr).prefixlen


def _machine_at(estate: Estate, address: str) -> Machine | None:
    return next((each for each in estate.machines.values() if each.address == address), None)


def _name(estate: Estate, machine: Machine) -> str:
    return next(name for name, each in estate.machines.items() if each is machine)


def told(estate: Estate) -> dict[str, Any]:
    """The estate for a message."""
    return {name: getattr(estate, name) for name in estate.__dataclass_fields__}
