"""Core networks of Cloud WAN: which segment an attachment joins, and which segments share routes.

The policy is one JSON document (Cloud WAN Guide, "Core network policy versions"): attachment policies are asked by
rule number, the first whose conditions hold names the segment; attachments of one segment reach each other unless
it isolates them; a share action joins a segment with others, both ways.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from scanner.analysis.network.aws_points import Point
from scanner.analysis.network.aws_routes import Entry
from scanner.analysis.network.aws_transit import attachment_of
from scanner.analysis.network.aws_world import Subnet, World
from scanner.model.value import Unknown, Value, first_unknown

if TYPE_CHECKING:
    from scanner.analysis.network.aws_walk import Trip, Walker, Way


def core(walker: Walker, trip: Trip, at: Subnet, way: Way, entry: Entry, node: int | None) -> Iterator[Trip]:
    """Into a core network from a subnet, and out of it at the attachment of the target's network."""
    world, target = walker.world, way.target
    if node is None:
        yield from walker.lost(trip, way, entry, "the core network")
        return
    source = attachment_of(world, node, at.network)
    far = attachment_of(world, node, target.network) if isinstance(target, Point) else None
    if source is None or far is None:
        yield trip.blocked(node, "has no attachment to one of the networks", "in_network")
        return
    trip = replace(
        walker.leave(trip, at).step(entry.table, "routes to the core network", entry.attribute), kept=False
    )
    policy = world.wiring(node).get("policy")
    why = first_unknown(policy)
    if not isinstance(policy, dict) or why is not None:
        reason = why.reason if why is not None else "the policy of the core network is not in the scan"
        yield trip.perhaps(reason) if walker.hope else trip.blocked(node, reason, "wiring")
        return
    one, other = (_segment(policy, world, each) for each in (source, far))
    if not _joined(policy, one, other):
        trip = trip.blocked(node, f"segments {one or 'none'} and {other or 'none'} do not share routes", "wiring")
    if isinstance(target, Point):
        trip = walker.enter(trip, target.subnet)
    yield trip


def _segment(policy: dict[str, Value], world: World, attachment: int) -> str:
    """The segment that an attachment joins; "" where no attachment policy fits."""
    tags = world.wiring(attachment).get("tags")
    known = tags if isinstance(tags, dict) else {}
    rules = [each for each in policy.get("attachment-policies") or () if isinstance(each, dict)]
    for rule in sorted(rules, key=lambda each: int(each.get("rule-number", 0))):
        if _fits(rule, known):
            action = rule.get("action") or {}
            if action.get("association-method") == "tag":
                return str(known.get(action.get("tag-value-of-key"), ""))
            return str(action.get("segment", ""))
    return ""


def _fits(rule: dict[str, Value], tags: dict[str, Value]) -> bool:
    found = [_holds(each, tags) for each in rule.get("conditions") or () if isinstance(each, dict)]
    return any(found) if rule.get("condition-logic") == "or" else all(found)


def _holds(condition: dict[str, Value], tags: dict[str, Value]) -> bool:
    kind, key = condition.get("type"), condition.get("key")
    if kind == "any":
        return True
    if kind == "attachment-type":
        return _compared(condition, "vpc")
    if kind == "tag-exists":
        return key in tags
    if kind == "tag-value" and key in tags and not isinstance(tags[key], Unknown):
        return _compared(condition, str(tags[key]))
    return False


def _compared(condition: dict[str, Value], value: str) -> bool:
    wanted = str(condition.get("value", ""))
    how = {
        "equals": value == wanted,
        "not-equals": value != wanted,
        "contains": wanted in value,
        "begins-with": value.startswith(wanted),
        "any": True,
    }
    return how.get(str(condition.get("operator", "equals")), False)


def _joined(policy: dict[str, Value], one: str, other: str) -> bool:
    if not one or not other:
        return False
    if one == other:
        segments = [each for each in policy.get("segments") or () if isinstance(each, dict)]
        return not any(each.get("name") == one and each.get("isolate-attachments") is True for each in segments)
    actions = [each for each in policy.get("segment-actions") or () if isinstance(each, dict)]
    return any(_shares(each, one, other) or _shares(each, other, one) for each in actions)


def _shares(action: dict[str, Value], segment: str, with_: str) -> bool:
    if action.get("action") != "share" or action.get("segment") != segment:
        return False
    told = action.get("share-with")
    if isinstance(told, dict):
        return with_ not in _names(told.get("except"))
    return "*" in _names(told) or with_ in _names(told)


def _names(value: Value) -> Sequence[str]:
    return [value] if isinstance(value, str) else [str(each) for each in value or ()]
