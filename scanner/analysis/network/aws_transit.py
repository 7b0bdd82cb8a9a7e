"""Transit gateways: attachments, the tables they are associated with, and what is announced to these.

A packet asks the table that its attachment is associated with: the longest prefix, static routes before propagated
ones, a blackhole counts as a route (Transit Gateway Guide, "Route evaluation order"). Without words of their own,
gateways associate and announce every attachment with one table: a full mesh.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from scanner.analysis.network.atoms import Ranges, cidr, union
from scanner.analysis.network.aws_filters import toward
from scanner.analysis.network.aws_points import Point
from scanner.analysis.network.aws_routes import PROPAGATED, STATIC, Entry
from scanner.analysis.network.aws_world import Network, Subnet, World, Zone
from scanner.model.value import Unknown, Value

if TYPE_CHECKING:
    from scanner.analysis.network.aws_walk import Trip, Walker, Way


def transit(walker: Walker, trip: Trip, at: Subnet, way: Way, entry: Entry, node: int | None) -> Iterator[Trip]:
    """Into a transit gateway from a subnet."""
    world = walker.world
    gateway = _gateway(world, node) if node is not None else None
    if gateway is None:
        yield from walker.lost(trip, way, entry, "the transit gateway")
        return
    if (gateway, at.network) in trip.visited:
        yield trip.blocked(gateway, "the packet goes round in a circle", "role")
        return
    attachment = attachment_of(world, gateway, at.network)
    trip = replace(trip, visited=(*trip.visited, (gateway, at.network)))
    if attachment is None:
        yield trip.blocked(gateway, "has no attachment to this network", "in_network")
        return
    trip = walker.leave(trip, at).step(entry.table, "routes to the transit gateway", entry.attribute)
    doors = [world.subnet(each) for each in world.many("in_subnet", attachment, "subnet")]
    door = _same_zone(doors, at)
    if doors and door is None:
        trip = trip.blocked(attachment, "has no subnet in the zone that the packet comes from", "in_subnet")
    elif door is not None:
        trip = walker.enter(
            trip, door
        )  # of one subnet, too, both ways are asked ("How Network ACLs work with ...")
    yield from route(walker, trip, way, gateway, attachment, at)


def route(
    walker: Walker, trip: Trip, way: Way, gateway: int, source: int, at: Subnet | None = None
) -> Iterator[Trip]:
    """From an attachment through its gateway's table to the attachment that this names.

    `at` is the subnet that the packet comes from, whose zone it stays in where it can.
    """
    world = walker.world
    table = association(world, gateway, source)
    if table is None:
        yield trip.blocked(source, "is associated with no route table", "routes_by")
        return
    rest = union(box.destination for box in trip.load)
    for entry in entries(world, gateway, table):
        part = rest & entry.prefix
        if part and not world.gone(entry.table, entry.attribute):
            rest -= part
            moved = replace(trip, load=toward(trip.load, part))
            yield from _forward(walker, moved, way, (gateway, source, at), entry)
    if rest:
        stuck = replace(trip, load=toward(trip.load, rest))
        yield stuck.blocked(table, "the transit route table has no route to it", "routes")


def _forward(
    walker: Walker, trip: Trip, way: Way, origin: tuple[int, int, Subnet | None], entry: Entry
) -> Iterator[Trip]:
    gateway, source, at = origin
    world = walker.world
    if entry.kind == "blackhole":
        yield trip.blocked(entry.table, "the transit route leads nowhere", entry.attribute)
        return
    target = _meant(world, entry)
    if target is None:
        if walker.hope:
            yield walker.hoped(trip, way, f"the attachment {entry.target!r} is not part of this scan")
        else:
            yield trip.blocked(entry.table, "where this transit route leads is not known", entry.attribute)
        return
    trip = trip.step(entry.table, "the transit route table leads on", entry.attribute)
    if world.graph.kind(target).name == "gateway":
        yield _to_premises(trip, way, target)
        return
    network = world.one("in_network", target, "network")
    if network is None:
        yield from _to_peer(walker, trip, way, gateway, target)
        return
    referred = world.wiring(gateway).get("refers") is True and all(
        world.wiring(each).get("refers", True) is True for each in (source, target)
    )
    trip = replace(trip, kept=trip.kept and referred)
    yield from _out_of(walker, trip, way, target, world.network(network), at)


def _out_of(
    walker: Walker, trip: Trip, way: Way, attachment: int, network: Network, at: Subnet | None
) -> Iterator[Trip]:
    """From an attachment's subnet into its network: the routes of that subnet decide where to.

    It is the one in the zone that the packet comes from, so that answers from another zone come by another one;
    in appliance mode both take the same (Transit Gateway Guide, "Appliance in a shared services VPC").
    """
    world = walker.world
    doors = [world.subnet(each) for each in world.many("in_subnet", attachment, "subnet")]
    target = way.target
    inside = isinstance(target, Point) and target.network is network
    if not doors and not inside:
        yield trip.blocked(attachment, "its subnets are not known", "in_subnet")
        return
    if world.wiring(attachment).get("appliance") is True:
        at = None
    door = (_same_zone(doors, at) if at is not None else None) or (doors[0] if doors else None)
    if isinstance(target, Point) and inside and (door is None or door.network is not network):
        door = target.subnet
    if door is not None:
        yield from walker.carry(trip, door, way)


def _to_premises(trip: Trip, way: Way, target: int) -> Trip:
    if isinstance(way.target, Zone) and way.target.name == "on-premises":
        return trip.step(target, "leads to other premises", "attached_to")
    return trip.blocked(target, "leads to other premises", "attached_to")


def _to_peer(walker: Walker, trip: Trip, way: Way, gateway: int, target: int) -> Iterator[Trip]:
    """Over a peering of two transit gateways; the other one's table for the peering decides."""
    world = walker.world
    ends = [*world.many("attached_to", target, "gateway"), *world.many("forwards_to", target, "gateway")]
    others = [each for each in ends if each != gateway]
    if not others or (others[0], target) in trip.visited:
        yield trip.blocked(target, "leads to no transit gateway of this scan", "forwards_to")
        return
    trip = replace(trip, kept=False, visited=(*trip.visited, (others[0], target)))
    yield from route(walker, trip, way, others[0], target)


# tables


def attachment_of(world: World, gateway: int, network: Network) -> int | None:
    """The attachment of a network to a gateway."""
    for each in world.into("attached_to", gateway, "attachment"):
        if network.index is not None and network.index in world.graph.targets("in_network", each):
            return each
    return None


def association(world: World, gateway: int, attachment: int) -> int | None:
    """The table that an attachment asks: its own, else the gateway's default one, which the gateway stands for."""
    own = [
        each
        for each in world.graph.targets("routes_by", attachment)
        if world.graph.kind(each).name == "gateway" or gateway in world.graph.targets("attached_to", each)
    ]
    if own:
        return own[-1]
    associates = world.wiring(gateway).get("associates", True)
    asked = world.wiring(attachment).get("associates", True)
    return gateway if associates is not False and asked is not False else None


def entries(world: World, gateway: int, table: int) -> list[Entry]:
    """The routes of a transit table in the order in which they are asked."""
    found: list[Entry] = []
    attribute = "routes" if world.graph.kind(table).name == "route_table" else "wiring"
    routes = world.listed(table, "routes")[0] if attribute == "routes" else world.wiring(table).get("routes") or ()
    for position, each in enumerate(routes):
        if not isinstance(each, Unknown):
            found += _static(world, table, position if attribute == "routes" else -1, each)
    for attachment in _announcing(world, gateway, table):
        for prefix in _announced(world, attachment):
            name = world.graph.addresses[attachment].name
            found.append(Entry(prefix, _length(prefix), PROPAGATED, "attachment", name, table))
    return sorted(found, key=lambda each: (-each.length, each.rank))


def _static(world: World, table: int, position: int, route: dict[str, Value]) -> Iterator[Entry]:
    destination, target, kind = route["destination"], route["target"], route["target_kind"]
    listed = world.prefix_list(table, destination)
    texts = listed[1] if listed is not None else [destination]
    for text in texts:
        if isinstance(text, str):
            try:
                prefix = cidr(text)
            except ValueError:
                continue
            shown = "blackhole" if kind == "blackhole" or target is None else "attachment"
            yield Entry(prefix, _length(prefix), STATIC, shown, target, table, position)


def _announcing(world: World, gateway: int, table: int) -> list[int]:
    """The attachments whose ranges are in a table: those that announce to it; by default, all."""
    told = list(world.graph.sources("announces_to", table))
    if table == gateway and world.wiring(gateway).get("propagates", True) is not False:
        tied = (each for kind in ("attachment", "gateway") for each in world.into("attached_to", gateway, kind))
        told += [each for each in tied if world.wiring(each).get("propagates", True) is not False]
    return list(dict.fromkeys(told))


def _announced(world: World, attachment: int) -> list[Ranges]:
    network = world.one("in_network", attachment, "network")
    if network is not None:
        held = world.network(network)
        return [cidr_ for cidr_ in (held.four, held.six) if cidr_]
    if world.graph.kind(attachment).name == "gateway":
        wiring = world.wiring(attachment)
        known = [each for each in wiring.get("prefixes") or () if isinstance(each, str)]
        if known or wiring.get("static") is True:
            return [cidr(each) for each in known]
        world.assume("what BGP announces is taken to be the private ranges outside the networks of the scan")
        return [world.on_premises()]
    return []


def _meant(world: World, entry: Entry) -> int | None:
    if entry.table is None:
        return None
    found = world.graph.meant(entry.table, entry.target)
    return next((each for each in found if world.graph.kind(each).name in ("attachment", "gateway")), None)


def _gateway(world: World, node: int) -> int | None:
    if world.graph.kind(node).name == "attachment":
        return world.one("attached_to", node, "gateway")
    return node


def _same_zone(doors: list[Subnet], at: Subnet) -> Subnet | None:
    """The attachment's subnet in the zone of another subnet; any where zones are not told."""
    for each in doors:
        if each is at:
            return each
    for each in doors:
        if isinstance(each.zone, str) and isinstance(at.zone, str) and each.zone == at.zone:
            return each
    untold = [each for each in doors if not (isinstance(each.zone, str) and isinstance(at.zone, str))]
    return untold[0] if untold else None


def _length(prefix: Ranges) -> int:
    first, last = prefix.spans[0][0], prefix.spans[-1][1]
    return (128 if first >= (1 << 128) else 32) - (last - first).bit_length()
