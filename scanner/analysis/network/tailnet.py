"""What the policy of a tailnet lets through between two of its devices, or from one to a routed range.

Sources: Tailscale documentation, "Syntax reference for the tailnet policy file", "Grants syntax", "Targets and
selectors", "Grants explained": every rule lets through, what none names is denied; a tagged device has no user;
without a protocol a rule is for TCP, UDP and ICMP; a policy without rules of either form is the default one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.analysis.network.atoms import (
    EVERYWHERE,
    NOTHING,
    STREAMS,
    Ranges,
    cidr,
    cidrs,
    connections,
    union,
)
from scanner.analysis.network.verdict import Bounds, bounds
from scanner.model.value import Unknown, Value

_UNSAID = STREAMS - connections("sctp") | connections("icmp") | connections("icmpv6")
_ROLES = frozenset(("admin", "owner", "it-admin", "network-admin", "billing-admin", "auditor"))


@dataclass(frozen=True, slots=True)
class Device:
    """A device as policies see it: None of a part that is not known; `addresses` None where they are not."""

    marks: tuple[str, ...] | None
    user: str | None
    addresses: Ranges | None

    @property
    def tagged(self) -> bool | None:
        return None if self.marks is None else bool(self.marks)


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked for: a device, or addresses behind a router with these marks; `world`: past an exit node."""

    device: Device | None = None
    addresses: Ranges = NOTHING
    router: Device | None = None
    world: bool = False


@dataclass(slots=True)
class Policy:
    """One policy file; `grants` None is the default policy, Unknown one that was not read."""

    grants: Value
    groups: Mapping[str, Value] = field(default_factory=dict)
    hosts: Mapping[str, Value] = field(default_factory=dict)
    ipsets: Mapping[str, Value] = field(default_factory=dict)

    def lets(self, source: Device, target: Target) -> tuple[Bounds, list[int]]:
        """The connections that pass, and the numbers of the grants that let them."""
        if isinstance(self.grants, Unknown):
            return bounds(NOTHING, connections(), (self.grants.reason,)), []
        if self.grants is None:
            return bounds(connections(), connections()), []
        sure = maybe = NOTHING
        why: list[str] = []
        used = []
        for number, grant in enumerate(self.grants):
            part = self._grant(grant, source, target)
            if part.maybe:
                used.append(number)
            sure, maybe, why = sure | part.sure, maybe | part.maybe, [*why, *part.why]
        return bounds(sure, maybe, why), used

    def _grant(self, grant: Value, source: Device, target: Target) -> Bounds:
        if isinstance(grant, Unknown):
            return bounds(NOTHING, connections(), (grant.reason,))
        here = _any(self._is_source(each, source) for each in grant["sources"])
        if here is False:
            return bounds(NOTHING, NOTHING)
        if grant["via"] and target.device is None and target.router is not None:
            through = _any(_has(target.router, each) for each in grant["via"])
            here = False if through is False else here if through else None
        found = bounds(NOTHING, NOTHING)
        for each in grant["targets"] if here is not False else ():
            there = self._is_target(each["selector"], source, target)
            held = _held(grant["protocols"], each["ports"])
            if there is not False:
                certain = here is True and there is True and not grant["condition"]
                reason = grant["condition"] or f"whether {each['selector']} is meant by its rule is not known"
                found = found.either(bounds(held if certain else NOTHING, held, (reason,)))
        return found

    # selectors

    def _is_source(self, selector: str, device: Device) -> bool | None:
        return True if selector == "*" else self._means(selector, device)

    def _is_target(self, selector: str, source: Device, target: Target) -> bool | None:
        if target.world:
            return selector in ("autogroup:internet", "autogroup:danger-all")
        if selector == "*":
            return True
        if target.device is None:
            held = self._addresses(selector)
            if held is None:
                return None
            return True if target.addresses <= held else None if target.addresses & held else False
        if selector == "autogroup:self":
            if source.tagged or target.device.tagged:
                return False
            return None if None in (source.user, target.device.user) else source.user == target.device.user
        return self._means(selector, target.device)

    def _means(self, selector: str, device: Device) -> bool | None:
        """Whether a selector means a device; None where that is not known."""
        if "${" in selector:
            return None
        if selector.startswith("tag:"):
            return _has(device, selector)
        if selector.startswith("group:"):
            members = self.groups.get(selector)
            if not isinstance(members, list):
                return None  # a group of the identity provider
            return _any(self._means(str(each), device) for each in members)
        if selector.startswith("autogroup:"):
            return self._in_autogroup(selector.removeprefix("autogroup:"), device)
        if "@" in selector:
            if device.tagged:
                return False
            return None if device.user is None else device.user == selector
        held = self._addresses(selector)
        if held is None or device.addresses is None:
            return None if held is None or held & _OVERLAY else False
        return bool(held & device.addresses)

    def _in_autogroup(self, name: str, device: Device) -> bool | None:
        if name == "danger-all":
            return True
        if name == "tagged":
            return device.tagged
        if name == "member":
            return None if device.tagged is None else not device.tagged
        if name in _ROLES or name == "shared":
            return False if device.tagged else None
        return False

    def _addresses(self, selector: str) -> Ranges | None:
        """The addresses that a selector names: NOTHING of one that names devices, None where it is not known."""
        if "${" in selector:
            return None
        if selector.startswith("ipset:"):
            listed = self.ipsets.get(selector)
            return None if not isinstance(listed, list) else self._set(listed)
        said = self.hosts.get(selector, selector)
        try:
            return EVERYWHERE if said == "autogroup:danger-all" else cidr(str(said))
        except ValueError:
            return NOTHING

    def _set(self, listed: Iterable[Value]) -> Ranges | None:
        """A set of addresses: each entry adds, or with `remove` in front takes away."""
        found = NOTHING
        for each in listed:
            word, _, rest = str(each).partition(" ")
            named = rest.strip() if word in ("add", "remove") else str(each)
            part = self._addresses(named.removeprefix("host:"))
            if part is None:
                return None
            found = found - part if word == "remove" else found | part
        return found


# Where Tailscale gives devices their addresses ("What are these 100.x.y.z addresses?").
_OVERLAY = cidrs(("100.64.0.0/10", "fd7a:115c:a1e0::/48"))


def _has(device: Device, mark: str) -> bool | None:
    return None if device.marks is None else mark in device.marks


def _held(protocols: Any, ports: list[list[int]]) -> Ranges:
    """The connections of a rule. Only TCP, UDP and SCTP have ports."""
    held: list[Ranges] = [NOTHING]
    for first, last in ports:
        whole = (first, last) == (0, 65535)
        for name in protocols or (None,):
            if name in (None, "*", "any"):
                held.append(
                    _UNSAID if whole else connections("tcp", first, last) | connections("udp", first, last)
                )
            else:
                held.append(_of_protocol(name, first, last, whole=whole))
    return union(held)


def _of_protocol(name: str, first: int, last: int, *, whole: bool) -> Ranges:
    try:
        every = connections(name)
    except ValueError:
        return NOTHING
    return connections(name, first, last) if every <= STREAMS and not whole else every


def _any(found: Iterator[bool | None] | Iterable[bool | None]) -> bool | None:
    """Whether one of several holds: True wins, then what is not known."""
    unsure = False
    for each in found:
        if each:
            return True
        unsure = unsure or each is None
    return None if unsure else False
