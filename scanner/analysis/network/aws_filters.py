"""AWS packet filters: security groups and network access lists, applied to sets of packets.

A load is what is still on its way: boxes of source addresses, destination addresses and connections. Each filter
is asked in one of two moods: without hope, an unknown rule lets nothing through and an unknown denial stops
everything it could; with hope, the other way round. What comes through without hope is certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from scanner.analysis.network.atoms import (
    ANYTHING,
    EVERYWHERE,
    INTERNET,
    NOTHING,
    STREAMS,
    Ranges,
    by_protocol,
    connections,
    union,
)
from scanner.analysis.network.aws_world import Group, Listing, World, parsed
from scanner.analysis.network.verdict import Step
from scanner.model.cidr import NETWORK_RANGE
from scanner.model.value import Unknown, Value

# Ports that clients ask from: NAT gateways, balancers and functions use 1024-65535, Linux and Windows parts of it
# (VPC User Guide, "Ephemeral ports").
CLIENT_PORTS = (1024, 65535)
CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"


class Box(NamedTuple):
    """Packets from some addresses to some addresses over some connections."""

    source: Ranges
    destination: Ranges
    held: Ranges


Load = tuple[Box, ...]


class Passed(NamedTuple):
    """What a filter lets through, the place of what decided, and what it hangs on where something is unknown."""

    load: Load
    step: Step
    why: tuple[str, ...] = ()


def load_of(source: Ranges, destination: Ranges, held: Ranges) -> Load:
    return (Box(source, destination, held),) if source and destination and held else ()


def held_of(load: Load) -> Ranges:
    """All connections of a load."""
    return union(box.held for box in load) if load else NOTHING


def sources_of(load: Load) -> Ranges:
    return union(box.source for box in load) if load else NOTHING


def destinations_of(load: Load) -> Ranges:
    return union(box.destination for box in load) if load else NOTHING


def toward(load: Load, addresses: Ranges) -> Load:
    """The part of a load that goes to some addresses."""
    return tuple(box._replace(destination=part) for box in load if (part := box.destination & addresses))


def only(load: Load, held: Ranges) -> Load:
    """The part of a load that goes over some connections."""
    return tuple(box._replace(held=part) for box in load if (part := box.held & held))


def answers(load: Load) -> Load:
    """The replies to a load: the other way, to the ports that clients ask from."""
    found = []
    for box in load:
        parts = [
            connections(number, *CLIENT_PORTS) if connections(number) <= STREAMS else connections(number)
            for number, _ in by_protocol(box.held)
        ]
        found.append(Box(box.destination, box.source, union(parts)))
    return tuple(found)


# rules


def rule_connections(rule: Value) -> tuple[Ranges, Unknown | None]:
    """The connections of a rule; all that they may be, and why, where they are not known."""
    kind, first, last = rule["protocol"], rule["from"], rule["to"]
    if isinstance(kind, Unknown):
        return ANYTHING, kind
    name = str(kind)
    why = next((each for each in (first, last) if isinstance(each, Unknown)), None)
    try:
        whole = connections(name)
        if name == "icmp":  # of either family
            return whole | connections("icmpv6"), None
        if why is not None or first is None or not whole <= STREAMS:
            return whole, why
        return connections(name, int(first), int(first if last is None else last)), None
    except (TypeError, ValueError):
        return ANYTHING, Unknown(f"{name} {first}-{last} is no range of ports")


class Peer(NamedTuple):
    """The other end as a security group sees it: its groups where the path keeps them, and who it is."""

    groups: tuple[Group, ...] = ()
    why: Unknown | None = None
    kept: bool = True
    cloudfront: bool = False
    service: str = ""


def through_groups(
    world: World, groups: Sequence[Group], why: Unknown | None, way: str, load: Load, peer: Peer, *, hope: bool
) -> Passed:
    """What the security groups of an interface let through; `why` says why it may wear more of them."""
    found: list[Box] = []
    reasons: list[str] = []
    step = Step(groups[0].place if groups else None, _closed(way, groups), "rules")
    used: Step | None = None
    for group in groups:
        for position, rule in enumerate(group.rules):
            if isinstance(rule, Unknown) or not _goes(rule, way, hope=hope):
                continue
            if world.without and world.gone(group.place, f"rules[{position}]"):
                continue
            part, doubt = _admitted(world, group, rule, way, load, peer, hope=hope)
            if part:
                found.extend(part)
                used = used or Step(group.place, _opened(way, group, rule), f"rules[{position}]")
            reasons += doubt
    unknowns = [each for each in (why, *(group.why for group in groups)) if each is not None]
    if unknowns and hope and not found:
        found.extend(load)
        reasons += [each.reason for each in unknowns]
        used = step._replace(note=f"rules or groups are not known: {unknowns[0].reason}")
    return Passed(tuple(dict.fromkeys(found)), used or step, tuple(dict.fromkeys(reasons)))


def _goes(rule: Value, way: str, *, hope: bool) -> bool:
    direction = rule["direction"]
    return hope if isinstance(direction, Unknown) else bool(direction == way)


def _admitted(
    world: World, group: Group, rule: Value, way: str, load: Load, peer: Peer, *, hope: bool
) -> tuple[list[Box], list[str]]:
    held, unsure = rule_connections(rule)
    reasons = [unsure.reason] if unsure is not None else []
    if unsure is not None and not hope:
        return [], []
    addresses, doubt = _ranges(world, group, rule, peer, hope=hope)
    whole, more = _by_group(world, group, rule, peer, hope=hope)
    reasons += [*doubt, *more]
    if whole:
        addresses = EVERYWHERE
    found = []
    for box in load:
        far = box.source if way == "in" else box.destination
        part, over = far & addresses, box.held & held
        if part and over:
            found.append(Box(part, box.destination, over) if way == "in" else Box(box.source, part, over))
    return found, reasons if found else []


def _ranges(world: World, group: Group, rule: Value, peer: Peer, *, hope: bool) -> tuple[Ranges, list[str]]:
    """The addresses that a rule names, prefix lists included."""
    held, lost = parsed(rule["cidrs"] if isinstance(rule["cidrs"], list) else [rule["cidrs"]])
    reasons = []
    for value in lost:
        if (own := _of_network(world, group, value)) is not None:
            held |= own
            continue
        known = world.prefix_list(group.index, value) if group.index is not None else None
        if known is not None:
            name, items, why = known
            listed, missing = parsed([each for each in items if not isinstance(each, Unknown)])
            held |= listed
            if _means_peer(name, peer):
                held = EVERYWHERE
            elif (why is not None or missing) and not _kept_by_aws(name) and hope:
                held = EVERYWHERE
                reasons.append(why.reason if why is not None else missing[0].reason)
        elif hope:
            held = EVERYWHERE
            reasons.append(value.reason)
    return held, reasons


def _of_network(world: World, group: Group, value: Unknown) -> Ranges | None:
    """The range of the network or subnet that a value is known to be, though not which range that is."""
    if value.type != NETWORK_RANGE or group.index is None:
        return None
    held = [
        world.network(each).addresses if world.graph.kind(each).name == "network" else world.subnet(each).addresses
        for each in world.graph.meant(group.index, value)
        if world.graph.kind(each).name in ("network", "subnet")
    ]
    return union(held) if held else None


def _means_peer(name: str, peer: Peer) -> bool:
    """Whether a list that AWS keeps holds the peer: CloudFront's servers, or a service's own addresses."""
    return (peer.cloudfront and name == CLOUDFRONT) or (bool(peer.service) and name.endswith(f".{peer.service}"))


def _kept_by_aws(name: str) -> bool:
    return name.startswith("com.amazonaws.")


def _by_group(world: World, group: Group, rule: Value, peer: Peer, *, hope: bool) -> tuple[bool, list[str]]:
    """Whether a rule names a group that the peer wears.

    It then means the peer's private addresses, so that a path that changes them, or leads through a middlebox,
    never matches (VPC User Guide, "Security group referencing").
    """
    named = rule["groups"] if isinstance(rule["groups"], list) else [rule["groups"]]
    if not named or not peer.kept:
        return False, []
    reasons = []
    for each in named:
        if not isinstance(each, Unknown) and each == "self":
            meant: list[Group] = [group]
        else:
            start = group.index
            found = world.graph.meant(start, each) if start is not None else ()
            meant = [one for other in found if (one := world.group_meant(other)) is not None]
        if any(own is other for own in peer.groups for other in meant):
            return True, []
        if hope and (peer.why is not None or not meant):
            why = peer.why if peer.why is not None else each if isinstance(each, Unknown) else None
            if why is not None:
                reasons.append(why.reason)
    return bool(reasons), reasons


def _opened(way: str, group: Group, rule: Value) -> str:
    said = rule.get("description")
    kind = f"{group.called}{'admits it' if way == 'in' else 'lets it out'}"
    return f"{kind} ({said})" if isinstance(said, str) and said else kind


def _closed(way: str, groups: Sequence[Group]) -> str:
    if not groups:
        return "no security group is known"
    whose = f"of {groups[0].called}" if groups[0].called else ""
    return f"no inbound rule {whose}admits it" if way == "in" else f"no outbound rule {whose}lets it out"


# access lists


def through_list(world: World, listing: Listing, way: str, load: Load, *, hope: bool) -> Passed:
    """What an access list lets through: the first entry that fits decides, the last denies; no state is kept."""
    if listing.index is None and listing.why is None:
        return Passed(load, Step(None, "the default access list admits everything", "", "default access list"))
    rest: list[Box] = list(load)
    found: list[Box] = []
    reasons: list[str] = []
    used: Step | None = None
    denied: Step | None = None
    for position, rule in enumerate(listing.rules):
        if isinstance(rule, Unknown) or not _goes(rule, way, hope=hope) or not rest:
            continue
        if world.without and world.gone(listing.index, f"rules[{position}]"):
            continue
        hit, after, doubt = _entry(rule, way, rest, hope=hope)
        allows = _allows(rule, hope=hope)
        if hit and allows:
            found += hit
            used = used or Step(listing.index, f"entry {_number(rule)} admits it", f"rules[{position}]")
            reasons += doubt
        elif hit and not denied:
            denied = Step(listing.index, f"entry {_number(rule)} denies it", f"rules[{position}]")
        if not (doubt and allows):
            rest = after
    if listing.why is not None and hope and not found:
        return Passed(load, Step(listing.index, f"entries are not known: {listing.why.reason}", "rules"),
                      (listing.why.reason,))  # fmt: skip
    shut = denied or Step(listing.index, f"no {way}bound entry admits it", "rules")
    return Passed(tuple(found), used or shut, tuple(dict.fromkeys(reasons)))


def _number(rule: Value) -> str:
    number = rule.get("number")
    return "?" if isinstance(number, Unknown) else str(number)


def _allows(rule: Value, *, hope: bool) -> bool:
    action = rule["action"]
    return hope if isinstance(action, Unknown) else bool(action == "allow")


def _entry(rule: Value, way: str, rest: Iterable[Box], *, hope: bool) -> tuple[list[Box], list[Box], list[str]]:
    """What of the rest an entry fits, what it leaves, and what that hangs on.

    An unknown part of an allowing entry fits everything with hope and nothing without; of a denying one the other
    way round.
    """
    held, unsure = rule_connections(rule)
    addresses, lost = parsed(rule["cidrs"] if isinstance(rule["cidrs"], list) else [rule["cidrs"]])
    doubt = [each.reason for each in ((unsure,) if unsure is not None else ()) + lost]
    if isinstance(rule["action"], Unknown):
        doubt.append(rule["action"].reason)
    if doubt:
        if _allows(rule, hope=hope) != hope:
            return [], list(rest), []
        addresses = EVERYWHERE if lost else addresses
    hit: list[Box] = []
    left: list[Box] = []
    for box in rest:
        far = box.source if way == "in" else box.destination
        part, over = far & addresses, box.held & held
        if not part or not over:
            left.append(box)
            continue
        hit.append(_with(box, way, part, over))
        if outside := far - addresses:
            left.append(_with(box, way, outside, box.held))
        if others := box.held - held:
            left.append(_with(box, way, part, others))
    return hit, left, doubt


def _with(box: Box, way: str, far: Ranges, held: Ranges) -> Box:
    return Box(far, box.destination, held) if way == "in" else Box(box.source, far, held)


def covers_internet(addresses: Ranges) -> bool:
    """Whether addresses hold at least half of the IPv4 or the IPv6 internet: everyone, for a sender whose own
    address is not known."""
    size = sum(last - first + 1 for first, last in (addresses & INTERNET).spans)
    return size >= (1 << 31)
