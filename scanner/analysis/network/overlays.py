"""Reachability over overlays: from one peer to another, or through a peer to what it routes to.

An overlay is a fabric of its own: its policy or the peers' own lists decide, whatever filters stand between the
machines, since agents open their tunnels outward. What an agent does is known where the scan holds how it is
started; else a verdict over it is possible at most. Sources: as in `tailnet`; WireGuard, "Cryptokey Routing" (a
peer takes in, and sends to, the allowed addresses of the other only); Aviatrix documentation, "Multi-Cloud Transit
Segmentation" (spokes of one transit reach each other, with segmentation those of one domain or of connected ones).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scanner.analysis.network.atoms import (
    ANYTHING,
    INTERNET,
    NOTHING,
    Ranges,
    cidrs,
    connections,
    union,
)
from scanner.analysis.network.tailnet import Device, Policy, Target
from scanner.analysis.network.verdict import Answer, Bounds, Reach, Step, best, bounds, exactly
from scanner.graph.columns import Graph
from scanner.model.value import Unknown, Value

End = int | Ranges
_UNREAD = "the agent of {} was not read"
_NO_POLICY = "the policy of the tailnet is not part of this scan"
_SEVERAL = "the scan holds several policies of tailnets, and does not say whose this is"
_APPROVAL = "whether the route is approved is not part of this scan"
_ONWARD = "what carries the router {} on to there is not part of this scan"


class Leg(NamedTuple):
    """An end as a peer: its node, and what lies behind it where that is asked for: addresses (`routed`), whose
    they are (`node`), the internet past an exit (`world`)."""

    peer: int
    routed: Ranges = NOTHING
    world: bool = False
    node: int | None = None


def reach_overlay(
    graph: Graph, source: End, destination: End, port: int | None = None, protocol: str | None = None
) -> Answer | None:
    """The strongest answer over overlays; None where the ends are on none."""
    wanted = connections(protocol or ("any" if port is None else "tcp"), port)
    asked = _Overlays(graph)
    senders = [each for each in asked.legs(source, receiving=False) if not each.routed]
    found = [
        asked.between(one, other, wanted)
        for one in senders
        for other in asked.legs(destination, receiving=True)
        if one.peer != other.peer and asked.dialect(one.peer) == asked.dialect(other.peer)
    ]
    return best(found)


class _Overlays:
    """The peers and policies of one graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.peers = list(graph.nodes("overlay_peer"))

    def dialect(self, peer: int) -> Value:
        return self.graph.peek(peer, "dialect")

    # ends

    def legs(self, end: End, *, receiving: bool) -> Iterator[Leg]:
        """The peers that an end is, or (receiving) lies behind."""
        graph = self.graph
        if isinstance(end, Ranges):
            yield from self._by_address(end, receiving=receiving)
            return
        if graph.kind(end).name == "overlay_peer":
            yield Leg(end)
            return
        for peer in self._of(end):
            yield Leg(peer)
        if receiving:
            addresses = self._addresses(end)
            for peer in self.peers if addresses else ():
                if not self._routes(peer) & addresses or peer in self._of(end):
                    continue
                yield Leg(peer, addresses, node=end)

    def _by_address(self, addresses: Ranges, *, receiving: bool) -> Iterator[Leg]:
        for peer in self.peers:
            own = self._own(peer)
            if own is not None and own & addresses:
                yield Leg(peer)
            elif receiving and addresses is INTERNET:
                if self.graph.peek(peer, "exit") is True:
                    yield Leg(peer, addresses, world=True)
            elif receiving and addresses <= self._routes(peer):
                yield Leg(peer, addresses)

    def _of(self, index: int) -> list[int]:
        """The peers that run on a node; those of a service's or ingress's proxy for the pods behind it."""
        graph = self.graph
        around = [index, *graph.sources("forwards_to", index)]
        around += [each for one in around[1:] for each in graph.sources("forwards_to", one)]
        around += [each for each in graph.targets("contains", index) if graph.kind(each).name == "instance"]
        found = [peer for each in around for peer in graph.sources("runs_on", each)]
        return [each for each in dict.fromkeys(found) if graph.kind(each).name == "overlay_peer"]

    def _addresses(self, index: int) -> Ranges:
        if self.graph.peek(index, "provider") != "aws":
            return NOTHING
        from scanner.analysis.network.aws import cloud  # noqa: PLC0415 - only where a router may lead to a cloud

        points = cloud(self.graph).points.of(index)
        return union([NOTHING, *(each.addresses for each in points)])

    def _routes(self, peer: int) -> Ranges:
        return _ranges(self.graph.peek(peer, "routes")) | self._network(peer)

    def _network(self, peer: int) -> Ranges:
        """The network that a gateway of an overlay is made for."""
        around = self.graph.targets("in_network", peer)
        return union([NOTHING, *(_ranges(self.graph.peek(each, "cidrs")) for each in around)])

    def _own(self, peer: int) -> Ranges | None:
        held = self.graph.peek(peer, "addresses")
        return None if isinstance(held, Unknown) else _ranges(held)

    # between peers

    def between(self, one: Leg, other: Leg, wanted: Ranges) -> Answer:
        """From a peer to another, or to what lies behind it."""
        dialect = self.dialect(one.peer)
        if dialect == "tailscale":
            passing, steps = self._tailscale(one.peer, other)
        elif dialect == "wireguard":
            passing, steps = self._wireguard(one.peer, other)
        elif dialect == "aviatrix":
            passing, steps = self._aviatrix(one.peer, other.peer)
        else:
            told = f"what {dialect} lets through is known to its server only"
            passing, steps = bounds(NOTHING, ANYTHING, (told,)), []
        passing = passing.only(wanted)
        for peer in (one.peer, other.peer):
            if self.graph.peek(peer, "agent_read") is not True and passing.maybe:
                passing = passing.unsure(_UNREAD.format(self.graph.addresses[peer].name))
        return self._answer(one, other, passing, steps)

    def _answer(self, one: Leg, other: Leg, passing: Bounds, steps: list[Step]) -> Answer:
        if passing.verdict is Reach.UNREACHABLE:
            stops = tuple(steps) or (Step(other.peer, "no rule of the overlay lets it through", "admits"),)
            return Answer(Reach.UNREACHABLE, blocked_by=stops, reason=stops[0].note)
        onward = self._onward(other, passing) if other.routed and not other.world else None
        path = (
            Step(one.peer, "sends into the overlay", "dialect"),
            *steps,
            Step(other.peer, "takes it out of the overlay" if other.routed else "receives it", "routes"),
            *(onward.path if onward is not None else ()),
        )
        held = passing.sure or passing.maybe
        if onward is not None:
            if onward.verdict is Reach.UNREACHABLE:
                return onward
            held = held & onward.connections if onward.path else held
            if not held:
                note = "the router's machine carries none of it on"
                return Answer(Reach.UNREACHABLE, blocked_by=(Step(other.peer, note, "routes"),), reason=note)
            passing = passing if onward.verdict is Reach.REACHABLE else passing.unsure(onward.reason)
        reason = "; ".join(passing.why)
        via = (other.peer,) if other.routed else ()
        return Answer(passing.verdict, held, not via, via, path, (), reason)

    def _onward(self, leg: Leg, passing: Bounds) -> Answer:
        """From a router's machine to what lies behind it."""
        machines = [
            each for each in self.graph.targets("runs_on", leg.peer) if self.graph.peek(each, "provider") == "aws"
        ]
        if not machines:
            told = _ONWARD.format(self.graph.addresses[leg.peer].name)
            return Answer(Reach.POSSIBLE, passing.maybe, reason=told)
        from scanner.analysis.network.aws import reach_aws  # noqa: PLC0415 - as above

        target: End = leg.routed if leg.node is None else leg.node
        found = [reach_aws(self.graph, each, target) for each in machines]
        return best(found) or Answer(Reach.POSSIBLE)

    # Tailscale

    def _tailscale(self, source: int, leg: Leg) -> tuple[Bounds, list[Step]]:
        policies = [each for each in self.graph.nodes("overlay") if self.dialect(each) == "tailscale"]
        if len(policies) != 1:
            told = _NO_POLICY if not policies else _SEVERAL
            return bounds(NOTHING, ANYTHING, (told,)), []
        index = policies[0]
        policy, device = self._policy(index), self._device(leg.peer)
        target = Target(device)
        if leg.routed:
            target = Target(None, leg.routed, device, leg.world)
        passing, used = policy.lets(self._device(source), target)
        if not passing.maybe:
            return passing, [Step(index, "no rule of the tailnet's policy lets it through", "grants")]
        if leg.routed:
            approved = self._approved(index, leg)
            passing = passing if approved else passing.unsure(_APPROVAL)
        attribute = f"grants[{used[0]}]" if used else "grants"
        note = "lets it through" if used else "the default policy lets everything through"
        return passing, [Step(index, note, attribute)]

    def _policy(self, index: int) -> Policy:
        graph = self.graph
        names = graph.peek(index, "names")
        if isinstance(names, Unknown):
            return Policy(names)
        return Policy(graph.peek(index, "grants"), **names[0])

    def _device(self, peer: int) -> Device:
        graph = self.graph
        marks = graph.peek(peer, "marks")
        if marks is None:  # what its key gives it
            keys = graph.targets("joins_by", peer)
            marks = graph.peek(keys[0], "marks") if keys else Unknown("its tags are not known")
        user = graph.peek(peer, "user")
        known = isinstance(marks, list) and not any(isinstance(each, Unknown) for each in marks)
        return Device(
            tuple(map(str, marks)) if known else None, user if isinstance(user, str) else None, self._own(peer)
        )

    def _approved(self, policy: int, leg: Leg) -> bool:
        """Whether a route is switched on: by a resource, or for whoever the policy approves it."""
        approved = self.graph.peek(leg.peer, "approved")
        if isinstance(approved, list) and leg.routed <= _ranges(approved):
            return True
        approvers = self.graph.peek(policy, "approves")
        marks = self._device(leg.peer).marks or ()
        for each in approvers if isinstance(approvers, list) else ():
            if leg.world and each["range"] == "exit" and set(marks) & set(each["owners"]):
                return True
            if (
                each["range"] != "exit"
                and leg.routed <= _ranges([each["range"]])
                and set(marks) & set(each["owners"])
            ):
                return True
        return False

    # WireGuard

    def _wireguard(self, source: int, leg: Leg) -> tuple[Bounds, list[Step]]:
        """A packet goes to the peer whose allowed addresses hold its destination, and is taken in where those of
        the sender hold its source."""
        graph = self.graph
        wanted = leg.routed or self._own(leg.peer)
        out = self._admitted(source, wanted, leg.peer)
        back = self._admitted(leg.peer, self._own(source), source)
        for said, peer in ((out, source), (back, leg.peer)):
            if said is False:
                note = "its peers' allowed addresses do not hold the other end"
                return exactly(NOTHING), [Step(peer, note, "admits")]
        steps = [Step(source, "its peer's allowed addresses hold the destination", "admits")]
        if out and back:
            return exactly(ANYTHING), steps
        told = f"which peers {graph.addresses[source if not out else leg.peer].name} lets in is not known"
        return bounds(NOTHING, ANYTHING, (told,)), steps

    def _admitted(self, peer: int, addresses: Ranges | None, other: int) -> bool | None:
        """Whether a peer's list has an entry for the other whose ranges hold its addresses."""
        listed, key = self.graph.peek(peer, "admits"), self.graph.peek(other, "key")
        if isinstance(listed, Unknown) or listed is None:
            return None
        unsure = False
        for each in listed:
            held = _ranges(each["ranges"])
            same = _same(each["key"], key)
            if same is False or (addresses is not None and not addresses & held):
                continue
            if same and addresses is not None and addresses <= held:
                return True
            unsure = True
        return None if unsure else False

    # Aviatrix

    def _aviatrix(self, source: int, target: int) -> tuple[Bounds, list[Step]]:
        graph = self.graph
        shared = set(self._transits(source)) & set(self._transits(target))
        if not shared:
            return exactly(NOTHING), [Step(target, "is attached to no transit gateway of the other", "dialect")]
        steps = [Step(each, "the transit gateway joins both", "dialect") for each in sorted(shared)[:1]]
        policies = [each for each in graph.nodes("overlay") if self.dialect(each) == "aviatrix"]
        unread = next((held for each in policies if isinstance(held := graph.peek(each, "grants"), Unknown)), None)
        if unread is not None:
            return bounds(NOTHING, ANYTHING, (unread.reason,)), steps
        here, there = self._domains(source), self._domains(target)
        if here == there or not (here or there):
            return exactly(ANYTHING), steps
        for each in policies:
            grant = graph.peek(each, "grants")[0]
            pair = {grant["sources"][0], grant["targets"][0]["selector"]}
            if pair & here and pair & there and pair <= here | there:
                return exactly(ANYTHING), [*steps, Step(each, "connects the two domains", "grants")]
        return exactly(NOTHING), [Step(target, "its network domain is not connected to the other's", "marks")]

    def _transits(self, peer: int) -> Sequence[int]:
        """The transit gateways of a gateway, itself included, and those that peer with them."""
        graph = self.graph
        found = [peer, *graph.targets("attached_to", peer)]
        for each in list(found[1:]):
            found += [*graph.targets("attached_to", each)]
            found += [one for one in graph.sources("attached_to", each) if graph.targets("attached_to", one)]
        return [each for each in dict.fromkeys(found) if each == peer or graph.kind(each).name == "overlay_peer"]

    def _domains(self, peer: int) -> set[str]:
        marks = self.graph.peek(peer, "marks")
        return {str(each) for each in marks} if isinstance(marks, list) else set()


def _same(one: Value, other: Value) -> bool | None:
    """Whether two keys are the same: two unknown ones where they refer to the same resource."""
    if isinstance(one, Unknown) and isinstance(other, Unknown):
        left = {each.rpartition(".")[0] for each in one.references}
        right = {each.rpartition(".")[0] for each in other.references}
        return (left == right) if left and right else None
    if isinstance(one, Unknown) or isinstance(other, Unknown) or one is None or other is None:
        return None
    return bool(one == other)


def _ranges(texts: Value) -> Ranges:
    found = [NOTHING]
    for each in texts if isinstance(texts, list) else ():
        try:
            found.append(cidrs((str(each),)) if not isinstance(each, Unknown) else NOTHING)
        except ValueError:
            continue
    return union(found)
