"""NAT gateways: public and private ones, in one subnet or in all zones of a network.

Sources: VPC User Guide, "NAT gateway basics" and "Regional NAT gateways"; a regional gateway stands in no subnet
and takes what comes from its zones only (Reachability Analyzer, REGIONAL_NGW_ROUTE_AZ_RESTRICTION).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from scanner.analysis.network.atoms import connections, union
from scanner.analysis.network.aws_filters import load_of, only
from scanner.analysis.network.aws_points import Point
from scanner.analysis.network.aws_routes import Entry
from scanner.analysis.network.aws_world import Subnet, World, Zone
from scanner.model.value import Unknown

if TYPE_CHECKING:
    from scanner.analysis.network.aws_walk import Trip, Walker, Way

_TRANSLATED = union((connections("tcp"), connections("udp"), connections("icmp")))


def translated(walker: Walker, trip: Trip, at: Subnet, way: Way, entry: Entry, node: int | None) -> Iterator[Trip]:
    """Through a NAT gateway, and on with its address."""
    if way.reply:
        note = "a NAT gateway carries no replies to sessions from outside"
        yield trip.blocked(node if node is not None else entry.table, note, entry.attribute)
        return
    if node is None:
        yield from walker.lost(trip, way, entry, "NAT gateway")
        return
    nat = nat_point(walker.world, node)
    if nat is None or node in trip.visited:
        why = "its subnet is not known" if nat is None else "routes back to itself"
        yield trip.blocked(node, why, "in_subnet")
        return
    trip = walker.leave(trip, at) if nat.subnet.edge else walker.cross(trip, at, nat.subnet)
    load = only(trip.load, _TRANSLATED)
    if not load:
        yield trip.blocked(node, "carries TCP, UDP and ICMP only", "role")
        return
    out = tuple(each for box in load for each in load_of(nat.addresses, box.destination, box.held))
    trip = replace(trip, load=out, kept=False, nats=(*trip.nats, (nat, load)), visited=(*trip.visited, node))
    trip = trip.step(entry.table, "routes to the NAT gateway", entry.attribute)
    if nat.subnet.edge:
        yield _out_of_region(walker, _in_zone(walker, trip, at, node), way, nat)
    else:
        yield from walker.carry(trip, nat.subnet, replace(way, sender=nat))


def nat_point(world: World, node: int) -> Point | None:
    """A NAT gateway as a point; it has no security group. A regional one is its own edge of the network."""
    wiring = world.wiring(node)
    if wiring.get("regional") is True:
        network = world.network_of(node)
        at = world.edge(network)
        return Point(node, at, network.four, None, public=True)
    subnet = world.one("in_subnet", node, "subnet")
    if subnet is None:
        return None
    at = world.subnet(subnet)
    return Point(node, at, at.four, None, public=wiring.get("public", True))


def _in_zone(walker: Walker, trip: Trip, at: Subnet, node: int) -> Trip:
    """A regional gateway serves the zones that it is spread to: those that are listed, else all."""
    zones = walker.world.wiring(node).get("zones") or ()
    if not zones or at.zone in [each for each in zones if isinstance(each, str)]:
        return trip
    lost = next((each for each in (*zones, at.zone) if isinstance(each, Unknown)), None)
    if lost is not None or at.zone is None:
        reason = lost.reason if lost is not None else "the zone of a subnet is not told"
        return trip.perhaps(reason) if walker.hope else trip.blocked(node, reason, "wiring")
    return trip.blocked(node, "is not in the zone that the packet comes from", "wiring")


def _out_of_region(walker: Walker, trip: Trip, way: Way, nat: Point) -> Trip:
    """Its own route table leads to the internet gateway of the network."""
    if not (isinstance(way.target, Zone) and way.target.name == "internet"):
        return trip.blocked(nat.node, "leads to the internet only", "role")
    world, network = walker.world, nat.network
    gateways = world.internet_gateways(network)
    if not gateways and not network.default:
        return trip.blocked(network.index, "has no internet gateway", "")
    return walker.published(trip, nat.subnet, replace(way, sender=nat), outbound=True)
