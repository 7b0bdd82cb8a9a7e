"""What stands in the middle of a path: network firewalls, gateway balancers' endpoints, appliances.

Rules of five values are judged exactly; a rule with options beyond them, a list of domains or free Suricata text
cannot be, and what they could decide is possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from scanner.analysis.network.atoms import ANYTHING, EVERYWHERE, STREAMS, Ranges, connections, union
from scanner.analysis.network.aws_filters import Box, Load, Passed, through_groups
from scanner.analysis.network.aws_points import Point
from scanner.analysis.network.aws_routes import Entry
from scanner.analysis.network.aws_world import Subnet, World, parsed
from scanner.analysis.network.verdict import Step
from scanner.model.value import Unknown, Value

if TYPE_CHECKING:
    from scanner.analysis.network.aws_walk import Trip, Walker, Way

_PASS, _DROP, _FORWARD = "aws:pass", "aws:drop", "aws:forward_to_sfe"
_UNREAD = "rules beyond addresses, ports and protocols are not judged"


def inspected(walker: Walker, trip: Trip, at: Subnet, way: Way, entry: Entry, node: int | None) -> Iterator[Trip]:
    """Through a network firewall's endpoint, and on from its subnet."""
    world = walker.world
    if node is None:
        yield from walker.lost(trip, way, entry, "the firewall")
        return
    door = _door(world, node, at)
    if door is None or trip.visited.count(node) > 0:
        yield trip.blocked(
            node, "its subnet is not known" if door is None else "routes back to itself", "in_subnet"
        )
        return
    trip = walker.cross(trip, at, door).step(entry.table, "routes to the firewall", entry.attribute)
    seen = (node, door.index)
    trip = replace(trip, kept=False, inspected=(*trip.inspected, seen), visited=(*trip.visited, node))
    if not way.reply:
        trip = trip.through(through_firewall(world, node, trip.load, hope=walker.hope))
    elif seen not in way.allowed:
        trip = trip.blocked(node, "has not seen the session that this answers", "role")
    yield from walker.carry(trip, door, way)


def _door(world: World, node: int, at: Subnet) -> Subnet | None:
    """The firewall's subnet in the zone of the packet, else its first."""
    doors = [world.subnet(each) for each in world.many("in_subnet", node, "subnet")]
    same = [
        each for each in doors if isinstance(each.zone, str) and each.zone == at.zone and isinstance(at.zone, str)
    ]
    return next(iter(same or doors), None)


def behind_endpoint(
    walker: Walker, trip: Trip, at: Subnet, way: Way, entry: Entry, node: int | None
) -> Iterator[Trip]:
    """A route to an endpoint: of a gateway balancer, whose appliances decide; no other kind forwards."""
    world = walker.world
    if node is None:
        yield from walker.lost(trip, way, entry, "the endpoint")
        return
    if world.wiring(node).get("type") != "GatewayLoadBalancer":
        yield trip.blocked(node, "forwards nothing to others", "service")
        return
    door = _door(world, node, at)
    if door is None or node in trip.visited:
        yield trip.blocked(
            node, "its subnet is not known" if door is None else "routes back to itself", "in_subnet"
        )
        return
    trip = walker.cross(trip, at, door).step(entry.table, "routes to the gateway balancer", entry.attribute)
    trip = replace(trip, kept=False, visited=(*trip.visited, node))
    reason = "an appliance behind a gateway balancer decides"
    trip = trip.perhaps(reason) if walker.hope else trip.blocked(node, reason, "service")
    yield from walker.carry(trip, door, way)


def appliance(walker: Walker, trip: Trip, at: Subnet, way: Way, entry: Entry, node: int | None) -> Iterator[Trip]:
    """A route to an interface: it must pass on what is not its own, and its groups are asked both ways."""
    if node is None:
        yield from walker.lost(trip, way, entry, "the interface")
        return
    points = walker.points.of(node)
    if not points or node in trip.visited:
        yield trip.blocked(node, "its subnet is not known" if not points else "routes back to itself", "in_subnet")
        return
    point = points[0]
    target = way.target
    if isinstance(target, Point) and target.node == node:
        yield walker.cross(trip, at, point.subnet)
        return
    trip = walker.cross(trip, at, point.subnet).step(entry.table, "routes to an appliance", entry.attribute)
    trip = _forwarding(walker, trip, point)
    if at.edge and not way.reply:  # INGRESS_RTB_NO_PUBLIC_IP
        trip = walker.published(trip, at, replace(way, sender=point), outbound=False)
    trip = replace(trip, kept=False, visited=(*trip.visited, node))
    if point.groups is not None and not way.reply:
        for direction in ("in", "out"):
            peer = Point(None, point.subnet, EVERYWHERE, ()).peer(kept=False)
            passed = through_groups(
                walker.world, point.groups, point.why, direction, trip.load, peer, hope=walker.hope
            )
            trip = trip.through(passed)
    # what it sends on to the internet leaves with its own public address
    yield from walker.carry(trip, point.subnet, replace(way, sender=point))


def _forwarding(walker: Walker, trip: Trip, point: Point) -> Trip:
    if isinstance(point.forwards, Unknown):
        blocked = trip.blocked(point.node, f"may check addresses: {point.forwards.reason}", "wiring")
        return trip.perhaps(point.forwards.reason) if walker.hope else blocked
    if point.forwards:
        return trip
    return trip.blocked(point.node, "drops what is not its own (source/destination check)", "wiring")


# the rules of a network firewall


def through_firewall(world: World, firewall: int, load: Load, *, hope: bool) -> Passed:
    """What a firewall's policy lets through: stateless rules by priority, then stateful ones."""
    policy = _meant(world, firewall, world.wiring(firewall).get("policy"))
    if policy is None:
        reason = "the firewall's policy is not part of this scan"
        return Passed(load if hope else (), Step(firewall, reason, "wiring"), (reason,))
    wiring = world.wiring(policy)
    groups = [each for each in wiring.get("groups") or () if isinstance(each, dict)]
    reasons: list[str] = []
    passed, rest = _stateless(world, policy, groups, wiring, load, hope=hope, reasons=reasons)
    if rest:
        passed += _stateful(world, policy, groups, wiring, rest, hope=hope, reasons=reasons)
    note = "the firewall policy passes it" if passed else "the firewall policy drops it"
    return Passed(tuple(passed), Step(policy, note, "wiring"), tuple(dict.fromkeys(reasons)))


def _stateless(
    world: World, policy: int, groups: Sequence[dict[str, Value]], wiring: dict[str, Value], load: Load,
    *, hope: bool, reasons: list[str],
) -> tuple[list[Box], list[Box]]:  # fmt: skip
    """What stateless rules pass, and what goes on to the stateful ones."""
    rest, passed, onward = list(load), list[Box](), list[Box]()
    for rules in _ordered(world, policy, groups, stateful=False):
        if rules is None:
            _unread(reasons, "a rule group of the firewall is not part of this scan")
            if not hope:
                return [], []
            continue
        for rule in sorted(rules.get("stateless") or (), key=lambda each: _number(each.get("priority"))):
            hit, rest = _split(rest, _addresses(rule["sources"]), _addresses(rule["destinations"]), _held(rule))
            _place(hit, rule["actions"], passed, onward)
    _place(rest, wiring.get("stateless_default") or (_FORWARD,), passed, onward)
    return passed, onward


def _place(boxes: Sequence[Box], actions: Sequence[Value], passed: list[Box], onward: list[Box]) -> None:
    named = [each for each in actions if isinstance(each, str)]
    if _PASS in named:
        passed.extend(boxes)
    elif _FORWARD in named:
        onward.extend(boxes)


def _stateful(
    world: World, policy: int, groups: Sequence[dict[str, Value]], wiring: dict[str, Value], load: Sequence[Box],
    *, hope: bool, reasons: list[str],
) -> list[Box]:  # fmt: skip
    """What stateful rules pass. In the default order every pass rule comes before every drop rule; in strict order
    the first that fits decides (Network Firewall Developer Guide, "Evaluation order for stateful rules")."""
    strict = wiring.get("order") == "STRICT_ORDER"
    rules: list[dict[str, Value]] = []
    beyond = False
    for group in _ordered(world, policy, groups, stateful=True):
        if group is None or isinstance(group.get("text"), Unknown) or group.get("text") or group.get("domains"):
            beyond = True
            continue
        rules += [each for each in group.get("stateful") or () if isinstance(each, dict)]
    if not strict:
        order = {"PASS": 0, "DROP": 1, "REJECT": 2, "ALERT": 3}
        rules.sort(key=lambda each: order.get(str(each["action"]), 3))
    rest, passed = list(load), list[Box]()
    for rule in rules:
        hit, after = _split_stateful(rest, rule)
        action, exact = str(rule["action"]).upper(), _exact(rule)
        if action == "ALERT" or not hit:
            continue
        if not exact:
            _unread(reasons, _UNREAD)
            if (action == "PASS") != hope:
                continue
        passed += hit if action == "PASS" else []
        rest = after
    if beyond and rest:
        _unread(reasons, _UNREAD)
        return passed + (rest if hope else [])
    drops = strict and any(
        isinstance(each, str) and "drop" in each for each in wiring.get("stateful_default") or ()
    )
    return passed + ([] if drops else rest)


def _exact(rule: dict[str, Value]) -> bool:
    """Whether its five values say all: `sid` and the like are only names."""
    names = {str(each).lower() for each in rule["options"] if not isinstance(each, Unknown)}
    return names <= {"sid", "msg", "rev", "priority", "classtype", "metadata", "reference", "gid"} and str(
        rule["protocol"]
    ).upper() in ("IP", "TCP", "UDP", "ICMP")


def _split_stateful(rest: Sequence[Box], rule: dict[str, Value]) -> tuple[list[Box], list[Box]]:
    held = _protocol(str(rule["protocol"]), _span(rule["port"]))
    source, target = _words(rule["source"]), _words(rule["destination"])
    hit, after = _split(rest, source, target, held)
    if rule["both_ways"]:
        more, after = _split(after, target, source, held)
        hit += more
    return hit, after


def _words(value: Value) -> Ranges:
    """The addresses of a rule's header: ANY, an address, `[a, b]`; lists and variables stand for everything."""
    text = "ANY" if isinstance(value, Unknown) or value is None else str(value)
    if text.upper() == "ANY" or text.startswith("$"):
        return EVERYWHERE
    held, _ = parsed(text.strip("[]").replace(" ", "").split(","))
    return held or EVERYWHERE


def _span(value: Value) -> tuple[int, int] | None:
    text = "ANY" if isinstance(value, Unknown) or value is None else str(value).strip("[]")
    first, _, last = text.partition(":")
    return (int(first), int(last or first)) if first.isdigit() and (not last or last.isdigit()) else None


def _protocol(name: str, span: tuple[int, int] | None) -> Ranges:
    kind = {"IP": "any", "TCP": "tcp", "UDP": "udp", "ICMP": "icmp"}.get(name.upper(), "tcp")
    return connections(kind, *span) if span is not None and kind != "icmp" else connections(kind)


def _held(rule: dict[str, Value]) -> Ranges:
    """The connections of a stateless rule: protocols by number, destination ports."""
    numbers = [str(each) for each in rule["protocols"] if not isinstance(each, Unknown)]
    spans = [each for each in rule["ports"] if all(isinstance(end, int) for end in each)]
    kinds = [connections(each) for each in numbers] or [ANYTHING]
    if not spans:
        return union(kinds)
    ports = union(connections(each, *span) for each in numbers or ("tcp", "udp") for span in spans)
    return ports & union(kinds) if union(kinds) & STREAMS else union(kinds)


def _addresses(values: Sequence[Value]) -> Ranges:
    held, lost = parsed(values)
    return EVERYWHERE if not values or lost else held


def _split(rest: Sequence[Box], source: Ranges, target: Ranges, held: Ranges) -> tuple[list[Box], list[Box]]:
    """The part of some boxes that a rule fits, and the parts that it leaves."""
    hit, left = list[Box](), list[Box]()
    for box in rest:
        near, far, over = box.source & source, box.destination & target, box.held & held
        if not (near and far and over):
            left.append(box)
            continue
        hit.append(Box(near, far, over))
        for part in (
            Box(box.source - source, box.destination, box.held),
            Box(near, box.destination - target, box.held),
            Box(near, far, box.held - held),
        ):
            if part.source and part.destination and part.held:
                left.append(part)
    return hit, left


def _ordered(
    world: World, policy: int, groups: Sequence[dict[str, Value]], *, stateful: bool
) -> Iterator[dict[str, Value] | None]:
    """What the rule groups of a policy hold, by priority; None for one that is not in the scan."""
    chosen = [each for each in groups if each.get("stateful") is stateful]
    for each in sorted(chosen, key=lambda one: _number(one.get("priority"))):
        meant = _meant(world, policy, each.get("group"))
        yield world.wiring(meant) if meant is not None else None


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _meant(world: World, index: int, value: Value) -> int | None:
    found = world.graph.meant(index, value)
    return next((each for each in found if world.graph.kind(each).name == "firewall"), None)


def _unread(reasons: list[str], reason: str) -> None:
    if reason not in reasons:
        reasons.append(reason)
