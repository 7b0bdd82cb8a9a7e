"""Policies of every dialect as rules between classes of endpoints.

The form that is read is the kind `network_policy` (see `scanner.mapping.kubernetes.policies`). A rule becomes a
`Draft`, whose outside part is still a set of addresses: the classes outside are cut by all drafts together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeVar

from scanner.analysis.network.address_sets import AddressSets
from scanner.analysis.network.atoms import (
    ALL_FOUR,
    ANYTHING,
    EVERYWHERE,
    NOTHING,
    Ranges,
    cidrs,
    connections,
    union,
)
from scanner.analysis.network.endpoints import Endpoints
from scanner.analysis.network.plugin import Plugin
from scanner.analysis.network.stages import NONE, Action, Bits, bits
from scanner.model.value import Undetermined, Unknown, Value

T = TypeVar("T")

IN, OUT = "in", "out"
# Where pods have their addresses unless one is written down: ranges that are not routed (RFC 1918, 6598, 4193).
PODS_FOUR = cidrs(("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
PODS = PODS_FOUR | cidrs(("fc00::/7",))
_ADMIN = frozenset(("admin", "baseline"))
_LAST = float("inf")
_LABELS = "the namespaces of some pods, or the labels of these or of the pods, are not part of this scan"
# When the stages are asked; the numbers are those that Calico gives to the tiers that hold the same policies.
_ORDERS = {"cilium-deny": -1.0, "admin": 1e3, "default": 1e6, "cilium": 1e6, "baseline": 1e7}
_ACTIONS = {"allow": Action.ALLOW, "deny": Action.DENY, "pass": Action.PASS}


class Peers(NamedTuple):
    """Who a rule speaks of: classes of pods, and addresses outside between bounds."""

    pods: Bits = NONE
    sure: Ranges = NOTHING
    maybe: Ranges = NOTHING

    def either(self, other: Peers) -> Peers:
        return Peers(self.pods.either(other.pods), self.sure | other.sure, self.maybe | other.maybe)

    def unsure(self) -> Peers:
        return Peers(Bits(0, self.pods.maybe), NOTHING, self.maybe)


class Draft(NamedTuple):
    """A rule whose outside part is not yet bits."""

    direction: str
    action: Action
    connections: Ranges
    subjects: Bits
    peers: Peers
    policy: int
    position: int
    condition: str = ""
    why: tuple[str, ...] = ()  # what it hangs on whether it matches


class Policy(NamedTuple):
    """One policy: when it is asked, whom it isolates in which direction, and its rules in order."""

    node: int
    stage: str
    order: tuple[float, float, str]
    captured: Mapping[str, Bits]
    drafts: tuple[Draft, ...]
    why: tuple[str, ...] = ()  # what it hangs on whom it is for


class Reading:
    """Reads the policies of one cluster."""

    def __init__(self, endpoints: Endpoints, plugin: Plugin) -> None:
        self.endpoints = endpoints
        self.graph = endpoints.graph
        self.plugin = plugin
        self.universe = ALL_FOUR if endpoints.compat else EVERYWHERE
        self._why: dict[str, None] = {}
        self._ports: dict[str, list[tuple[str, Ranges, int]]] | None = None
        self._stages = self._orders()
        self.blocks: dict[str, dict[Ranges, None]] = {IN: {}, OUT: {}}  # each range as it is written
        self._blocks: dict[tuple[Any, ...], Ranges] = {}
        self.sets = AddressSets(endpoints)

    def policies(self) -> list[Policy]:
        """Every policy in the order in which they are asked."""
        found = [self._policy(index) for index in self.endpoints.nodes("network_policy")]
        return _untied(sorted(found, key=lambda each: each.order))

    def _orders(self) -> dict[str, tuple[float, str]]:
        """The order and the default of each stage that has a node of its own."""
        found: dict[str, tuple[float, str]] = {}
        for index in self.endpoints.nodes("policy_stage"):
            order, otherwise = self.graph.peek(index, "order"), self.graph.peek(index, "otherwise")
            number = float(order) if isinstance(order, (int, float)) else _LAST
            found[str(self.graph.peek(index, "name"))] = number, str(otherwise)
        return found

    def _policy(self, index: int) -> Policy:
        graph = self.graph
        stage, order = graph.peek(index, "stage"), graph.peek(index, "order")
        stage = stage if isinstance(stage, str) else "default"
        number = self._stages.get(stage, (_ORDERS.get(stage, _ORDERS["default"] - 1), ""))[0]
        placed = stage in _ORDERS or stage in self._stages
        within = float(order) if isinstance(order, (int, float)) else _LAST
        subjects, own = self._because(lambda: self._subjects(index))
        drafts = [each._replace(why=(*own, *each.why)) for each in self._drafts(index, subjects, stage)]
        if not placed:
            told = f"the order of the stage {stage} is not part of this scan"
            drafts = [each._replace(peers=each.peers.unsure(), why=(*each.why, told)) for each in drafts]
        directions = graph.peek(index, "directions")
        if stage != "cilium" and not isinstance(directions, Unknown):  # rules of other directions are ignored
            drafts = [each for each in drafts if each.direction in directions]
        captured = self._captured(stage, subjects, directions)
        name = f"{graph.peek(index, 'region') or ''}/{graph.peek(index, 'name')}"
        return Policy(index, stage, (number, within, name), captured, tuple(drafts), own)

    def _captured(self, stage: str, subjects: Bits, directions: Value) -> dict[str, Bits]:
        """Whom the policy isolates: admin policies are read as they stand and isolate nobody."""
        if stage in _ADMIN or self._stages.get(stage, (0.0, "deny"))[1] == "pass":
            return {}
        if isinstance(directions, Unknown):
            return {side: Bits(0, subjects.maybe) for side in (IN, OUT)}
        return dict.fromkeys(directions, subjects)

    def because(self, why: str) -> None:
        """Note what a bound hangs on."""
        self._why.setdefault(why)

    def _because(self, read: Callable[[], T]) -> tuple[T, tuple[str, ...]]:
        """What is read, with the reasons that were noted on the way."""
        held, self._why = self._why, {}
        found = read()
        why, self._why = tuple(self._why), held
        return found, why

    # subjects

    def _subjects(self, index: int) -> Bits:
        """The classes that a policy is for; never those in the network of their machine."""
        selectors = self.graph.peek(index, "selector")
        reach = self._reach(index)
        if isinstance(selectors, Unknown):
            self.because(selectors.reason)
            found = Bits(0, reach.maybe)
        else:
            found = NONE
            for selector in selectors:
                found = found.either(self._told(self._selected(selector).both(reach)))
        return found if self.endpoints.compat else found.without(self.endpoints.host)

    def _selected(self, selector: Value) -> Bits:
        try:
            chosen = self.endpoints.labelled(selector)
            namespaces = selector.get("namespaces")
            return chosen if namespaces is None else chosen.both(self.endpoints.within(namespaces))
        except Undetermined as undetermined:
            self.because(undetermined.unknown.reason)
            return Bits(0, self.endpoints.everything)

    def _reach(self, index: int) -> Bits:
        if self.graph.peek(index, "cluster_wide") is True:
            return Bits(self.endpoints.everything, self.endpoints.everything)
        return self.endpoints.beside(self.endpoints.place_of(index))

    # rules

    def _drafts(self, index: int, subjects: Bits, stage: str) -> Iterator[Draft]:
        rules = self.graph.peek(index, "rules")
        if isinstance(rules, Unknown):
            yield from self._open(rules, subjects, index, -1)
            return
        for position, rule in enumerate(rules):
            read = partial(self._rule, index, position, rule, subjects, stage)
            try:
                drafts, why = self._because(lambda: list(read()))  # noqa: B023 - called at once
                yield from (each._replace(why=why) for each in drafts)
            except Undetermined as undetermined:
                yield from self._open(undetermined.unknown, subjects, index, position)

    def _open(self, why: Unknown, subjects: Bits, index: int, position: int) -> Iterator[Draft]:
        """What is not known may allow or deny anything."""
        for direction in (IN, OUT):
            for action in (Action.ALLOW, Action.DENY):
                peers = self.everyone().unsure()
                own = Bits(0, subjects.maybe)
                yield Draft(direction, action, ANYTHING, own, peers, index, position, why=(why.reason,))

    def _rule(self, index: int, position: int, rule: Value, subjects: Bits, stage: str) -> Iterator[Draft]:
        action = _ACTIONS.get(str(rule["action"]))
        if action is None:  # log: the next rule goes on
            return
        direction = str(rule["direction"])
        self.blocks[direction].update((self.block(peer), None) for peer in rule["peers"] if "cidr" in peer)
        action, peers = self._peers(rule["peers"], action, index, stage)
        condition = str(rule.get("condition") or "")
        if condition and action is not Action.ALLOW:  # it stops some requests and lets others go on
            self.because(f"it is denied only {condition}")
            subjects = Bits(0, subjects.maybe)
        own = Draft(direction, action, ANYTHING, subjects, peers, index, position, condition)
        if rule["ports"]:
            yield from self.at_ports(own, rule["ports"])
        else:
            yield own

    # peers

    def everyone(self) -> Peers:
        """All pods and all addresses."""
        everything = self.endpoints.everything
        return Peers(Bits(everything, everything), self.universe, self.universe)

    def _peers(self, listed: Value, action: Action, index: int, stage: str) -> tuple[Action, Peers]:
        """Who is meant, and the action: a peer that is not understood closes (SIG Network, "fail closed")."""
        if not listed:
            return action, self.everyone()
        found, blocks = Peers(), []
        for peer in listed:
            if "cidr" in peer:
                blocks.append(self.block(peer))
            elif "unknown" not in peer or stage not in _ADMIN:
                found = found.either(self._peer(peer, index))
            elif action is not Action.ALLOW:
                return Action.DENY, self.everyone()
        if blocks:
            block = union(blocks)
            found = found.either(Peers(self._pods_in(block, stage), block, block))
        return action, found

    def _peer(self, peer: Mapping[str, Value], index: int) -> Peers:
        if "pods" in peer:
            return self._labelled(peer, index)
        if "entity" in peer:
            return self._entity(str(peer["entity"]))
        told = peer.get("name") or peer.get("unknown") or "a peer"
        self.because(f"who is meant by {told} is known only at run time")
        return self.everyone().unsure() if "unknown" in peer else Peers(NONE, NOTHING, self.universe)

    def _labelled(self, peer: Mapping[str, Value], index: int) -> Peers:
        """Pods by label; for Calico also sets of addresses, and of either only what lies in ranges."""
        found = Peers(NONE if peer.get("sets") == "global" else self._chosen(peer, index))
        if peer.get("sets"):
            found = found.either(Peers(NONE, *self.sets.meant(peer, index, self.block)))
        if "within" not in peer:
            return found
        block = union([NOTHING, *(self.block(each) for each in peer["within"])])
        inside = found.pods.both(self._told(self.addressed(block)))
        return Peers(inside, found.sure & block, found.maybe & block)

    def _chosen(self, peer: Mapping[str, Value], index: int) -> Bits:
        """Pods by label. Pods in the network of their machine are usually taken for the machine."""
        found = self.endpoints.labelled(peer["pods"])
        namespaces = peer.get("namespaces")
        around = self._reach(index) if namespaces is None else self.endpoints.within(namespaces)
        found = self._told(found.both(around))
        return found if self.endpoints.compat else Bits(found.sure & ~self.endpoints.host.maybe, found.maybe)

    def _told(self, found: Bits) -> Bits:
        """A choice by label, with the reason noted where it is not certain."""
        if found.sure != found.maybe:
            self.because(_LABELS)
        return found

    def block(self, peer: Mapping[str, Value]) -> Ranges:
        """A range of addresses less the union of its exceptions."""
        key = (peer["cidr"], tuple(peer["except"]))
        block = self._blocks.get(key)
        if block is None:
            try:
                block = (cidrs((key[0],)) - cidrs(key[1])) & self.universe
            except (ValueError, AttributeError):
                raise Undetermined(Unknown(f"{key[0]} less {list(key[1])} is no range of addresses")) from None
            self._blocks[key] = block
        return block

    def _pods_in(self, block: Ranges, stage: str) -> Bits:
        """The pods that a range of addresses means."""
        if self.endpoints.compat or stage == "cilium":
            return NONE
        matching = True if stage != "default" else self.plugin.blocks_match_pods
        found = NONE if matching is False else self.addressed(block)
        if matching is None and found.maybe:
            self.because("whether an ipBlock matches the addresses of pods depends on the network plugin")
            return Bits(0, found.maybe)
        if found.sure != found.maybe:
            self.because("the addresses of the pods are not part of this scan")
        return found

    def addressed(self, block: Ranges) -> Bits:
        """The classes whose addresses lie in a block, as far as they are known."""
        host, written = self.endpoints.host, self.endpoints.written
        rest = self.endpoints.everything & ~written
        sure = rest & ~host.maybe if not PODS_FOUR - block else 0
        maybe = rest if PODS & block else rest & host.maybe
        if not ALL_FOUR - block:
            sure = maybe = rest
        for number in bits(written):
            own = self.endpoints.classes[number].traits.addresses
            sure |= (own <= block) << number
            maybe |= bool(own & block) << number
        return Bits(sure, sure | maybe)

    def _entity(self, entity: str) -> Peers:
        """Cilium's entities (its documentation, "Entities Based"); nodes of an AdminNetworkPolicy, which np-guard
        passes over."""
        everyone = self.everyone()
        if entity == "nodes" and self.endpoints.compat:
            return Peers()
        if entity == "all":
            return everyone
        if entity == "world" or entity.startswith("world-"):
            return Peers(NONE, self.universe, self.universe)
        if entity == "cluster":
            return Peers(everyone.pods)
        if entity == "none":
            return Peers()
        self.because(f"which addresses are {entity} is known only at run time")
        return Peers(Bits(0, self.endpoints.host.maybe), NOTHING, PODS & self.universe)

    # ports

    def at_ports(self, own: Draft, ports: Value) -> Iterator[Draft]:
        """The rule at its ports; a name is looked up at each destination and matches nothing where it is not
        declared."""
        held: list[Ranges] = []
        for port in ports:
            name = port["port"]
            if isinstance(name, str):
                yield from self._named(own, name, str(port["protocol"]))
                continue
            try:
                held.append(connections(port["protocol"], name, port["end_port"]))
            except (ValueError, TypeError):
                raise Undetermined(Unknown(f"{port['protocol']} {name} is no port")) from None
        numbered = union(held) if held else NOTHING
        if numbered:
            yield own._replace(connections=numbered)

    def _named(self, own: Draft, name: str, protocol: str) -> Iterator[Draft]:
        for spoken, at, classes in self._named_ports().get(name, ()):
            if protocol not in ("any", spoken):
                continue
            here = Bits(classes, classes)
            if own.direction == IN:
                yield own._replace(connections=at, subjects=own.subjects.both(here))
            else:
                yield own._replace(connections=at, peers=Peers(own.peers.pods.both(here)))

    def _named_ports(self) -> dict[str, list[tuple[str, Ranges, int]]]:
        """By name: the protocol, the connection it stands for, and the classes for which it does."""
        if self._ports is None:
            gathered: dict[tuple[str, str, int], int] = {}
            for number in bits(self.endpoints.everything):
                for port in self.endpoints.classes[number].traits.ports:
                    gathered[port] = gathered.get(port, 0) | 1 << number
            self._ports = {}
            for (name, protocol, at), classes in gathered.items():
                self._ports.setdefault(name, []).append((protocol, connections(protocol, at), classes))
        return self._ports


def _untied(policies: list[Policy]) -> list[Policy]:
    """Admin policies of one priority have no order among them: where they speak of the same pods, what one of
    them decides is not certain."""
    tied: dict[tuple[str, float], list[Policy]] = {}
    for policy in policies:
        if policy.stage in _ADMIN:
            tied.setdefault((policy.stage, policy.order[1]), []).append(policy)
    return [
        _unsure_beside([each for each in tied[policy.stage, policy.order[1]] if each is not policy], policy)
        if policy.stage in _ADMIN
        else policy
        for policy in policies
    ]


def _unsure_beside(others: list[Policy], policy: Policy) -> Policy:
    taken = 0
    for each in others:
        for draft in each.drafts:
            taken |= draft.subjects.maybe
    if not taken:
        return policy
    drafts = (
        each._replace(subjects=Bits(each.subjects.sure & ~taken, each.subjects.maybe)) for each in policy.drafts
    )
    return policy._replace(drafts=tuple(drafts))
