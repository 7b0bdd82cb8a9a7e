"""Questions about the rules of a packet filter (their form: `scanner.model.kinds`), three-valued.

Each raises Undetermined where the answer hangs on something unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from scanner.model.cidr import covers_world
from scanner.model.logic import both, every
from scanner.model.value import Undetermined, Value

Admits = Callable[[Value], bool]

_LAST_PORT = 65535


def open_to_world(rules: Iterable[Value], admits: Admits) -> bool:
    """Whether the inbound rules that admit something, taken together, admit it from the whole world."""
    certain: list[Value] = []
    possible: list[Value] = []
    pending: Undetermined | None = None
    for rule in rules:
        try:
            if both(lambda: _lets_in(rule), lambda: admits(rule)):  # noqa: B023 - called at once
                certain += rule["cidrs"]
        except Undetermined as undetermined:
            pending = pending or undetermined
            possible += _sources(rule)
    if covers_world(certain):
        return True
    if pending is not None and covers_world([*certain, *possible]):
        raise pending
    return False


def open_ports(rules: Iterable[Value], ports: Mapping[int, str]) -> list[str]:
    """Of these TCP and UDP ports, by number and service, those that the whole world reaches: `22 (SSH)`."""
    listed = list(rules)
    if not open_to_world(listed, lambda rule: True):
        return []
    found: list[str] = []
    pending: Undetermined | None = None
    for port, service in ports.items():
        try:
            if open_to_world(listed, _admitting(port)):
                found.append(f"{port} ({service})")
        except Undetermined as undetermined:
            pending = pending or undetermined
    if pending is not None and not found:
        raise pending
    return found


def admits_all_ports(rule: Value) -> bool:
    """Whether a rule admits every port of TCP or UDP, or every protocol."""
    return both(lambda: rule["protocol"] in ("any", "tcp", "udp"), lambda: _spans(rule, 1, _LAST_PORT))


def _lets_in(rule: Value) -> bool:
    return both(lambda: rule["direction"] == "in", lambda: rule["action"] == "allow")


def _admitting(port: int) -> Admits:
    return lambda rule: both(
        lambda: rule["protocol"] in ("any", "tcp", "udp"),
        lambda: _spans(rule, port, port),
    )


def _spans(rule: Value, first: int, last: int) -> bool:
    """Whether a rule's ports hold a range; null ports hold all."""
    return every(
        ("from", "to"),
        lambda end: rule[end] is None or (rule[end] <= first if end == "from" else rule[end] >= last),
    )


def _sources(rule: Value) -> list[Value]:
    """The ranges of an undecided rule; what is unknown of them stays so."""
    try:
        return list(rule["cidrs"])
    except Undetermined as undetermined:
        return [undetermined.unknown]
