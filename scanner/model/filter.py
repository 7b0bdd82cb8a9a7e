"""Questions about the rules of a packet filter (their form: `scanner.model.kinds`), three-valued.

Each raises Undetermined where the answer hangs on something unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from scanner.model.cidr import covers_world, share
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


def widest(rules: Iterable[Value], admits: Admits) -> list[int]:
    """The positions of the inbound rules that admit something from the widest range, in order (a range of half
    that size is as wide: two such rules may be the world); the first rule where none is known to."""
    sizes: dict[int, int] = {}
    for position, rule in enumerate(rules):
        try:
            if both(lambda: _lets_in(rule), lambda: admits(rule)):  # noqa: B023 - called at once
                sizes[position] = share(rule["cidrs"])
        except Undetermined:
            continue
    most = max(sizes.values(), default=0)
    wide = [position for position, size in sizes.items() if size and size * 2 >= most]
    wide.sort(key=lambda position: -sizes[position])
    return wide or [0]


def admits_port(port: int) -> Admits:
    """A question for the others: whether a rule admits a port of TCP or UDP."""
    return lambda rule: both(
        lambda: rule["protocol"] in ("any", "tcp", "udp"),
        lambda: _spans(rule, port, port),
    )


def open_ports(rules: Iterable[Value], ports: Iterable[int]) -> list[int]:
    """Of these TCP and UDP ports those that the whole world reaches."""
    listed = list(rules)
    if not _perhaps_open(listed):
        return []
    found: list[int] = []
    pending: Undetermined | None = None
    for port in ports:
        try:
            if open_to_world(listed, admits_port(port)):
                found.append(port)
        except Undetermined as undetermined:
            pending = pending or undetermined
    if pending is not None and not found:
        raise pending
    return found


def _perhaps_open(rules: list[Value]) -> bool:
    """Whether the world may get in at all: nearly every filter is done with here."""
    try:
        return open_to_world(rules, lambda rule: True)
    except Undetermined:
        return True


def admits_all_ports(rule: Value) -> bool:
    """Whether a rule admits every port of TCP or UDP, or every protocol."""
    return both(lambda: rule["protocol"] in ("any", "tcp", "udp"), lambda: _spans(rule, 1, _LAST_PORT))


def _lets_in(rule: Value) -> bool:
    return both(lambda: rule["direction"] == "in", lambda: rule["action"] == "allow")


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
