"""What registries say of domains, zones and prefixes of our own, from the files that `[registry]` names."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from scanner.analysis.copies.clock import Clock, moment
from scanner.graph.columns import Graph
from scanner.model.registration import Network, Payloads, Records, Registration, validity
from scanner.model.value import Cause, Unknown, Value

REGISTERED = ("anchored", "expires_days", "registrar", "registry_locked")
_WORST = ("invalid", "not found", "valid")  # of several origins that must all be authorized


def derive_registry(graph: Graph, records: Records) -> None:
    """Set everything that registries tell."""
    _registrations(graph, records)
    _origins(graph, records)


def _registrations(graph: Graph, records: Records) -> None:
    """Set of every domain and public zone what its registry says; null where it is part of another's."""
    clock = Clock(graph)
    names = {index: _name(graph, index) for kind in ("domain", "dns_zone") for index in graph.nodes(kind)}
    zones = set(graph.nodes("dns_zone"))
    own = {name for index, name in names.items() if index not in zones or graph.peek(index, "private") is False}
    registered = {str(names[index]) for index in graph.nodes("domain") if isinstance(names[index], str)}
    for index in graph.nodes("domain"):
        _set(graph, index, _domain(graph, clock, index, _found(records, names[index])))
    for index in graph.nodes("dns_zone"):
        name = names[index]
        if isinstance(name, str) and any(parent in own for parent in _parents(name)):
            _set(graph, index, dict.fromkeys(REGISTERED))  # a part of what is judged above it
            continue
        found = _registered(clock, index, _found(records, name))
        if isinstance(name, str) and name in registered:
            found = {"anchored": found["anchored"]}  # the rest is told of the domain
        _set(graph, index, _public_only(graph.peek(index, "private"), found))


def _name(graph: Graph, index: int) -> Value:
    told = graph.peek(index, "name")
    return told.lower().rstrip(".") if isinstance(told, str) else told


def _parents(name: str) -> Iterator[str]:
    while "." in name:
        name = name.partition(".")[2]
        yield name


def _found(records: Records, name: Value) -> Registration | Unknown:
    if not isinstance(name, str):
        return name if isinstance(name, Unknown) else Unknown("its name is not known", Cause.OUTSIDE_SCAN)
    found = records.registration(name)
    if found is None:
        told = f"no answer of the registry for {name} is among the files that [registry] names as rdap"
        return Unknown(told, Cause.OUTSIDE_SCAN)
    return Unknown(found.stale, Cause.OUTSIDE_SCAN) if found.stale else found


def _set(graph: Graph, index: int, values: dict[str, Value]) -> None:
    for name in REGISTERED:
        graph.set(index, name, values.get(name))


def _public_only(private: Value, found: dict[str, Value]) -> dict[str, Value]:
    if isinstance(private, Unknown):
        return dict.fromkeys(REGISTERED, private)
    return {} if private else found


def _registered(clock: Clock, index: int, found: Registration | Unknown) -> dict[str, Value]:
    if isinstance(found, Unknown):
        return dict.fromkeys(REGISTERED, found)
    days = (found.expires - clock.of(index)).days if found.expires else None
    if found.lapsing:
        days = -1 if days is None else min(days, -1)
    said = {"expires_days": days, "registry_locked": found.locked, "anchored": found.anchored}
    values = {name: _unsaid(found, name) if value is None else value for name, value in said.items()}
    return {**values, "registrar": found.registrar}


_WORDS = {"expires_days": "when it expires", "registry_locked": "its status", "anchored": "if it is signed"}


def _unsaid(found: Registration, name: str) -> Unknown:
    return Unknown(f"{found.file} does not say {_WORDS[name]}", Cause.OUTSIDE_SCAN)


def _domain(graph: Graph, clock: Clock, index: int, found: Registration | Unknown) -> dict[str, Value]:
    """A domain with what its registrar says of the end too: the earlier one counts, since a registry renews what
    the registrar has not yet been paid for, and takes it back."""
    values = _registered(clock, index, found)
    told = graph.peek(index, "expires")
    when = None if isinstance(told, Unknown) else moment(told)
    if when is not None:
        days = (when - clock.of(index)).days
        other = values["expires_days"]
        values["expires_days"] = min(days, other) if isinstance(other, int) else days
    return values


def _origins(graph: Graph, records: Records) -> None:
    """Set the state of origin validation of every prefix of our own that others are told of (RFC 6811)."""
    prefixes = {index: _network(graph.peek(index, "prefix")) for index in graph.nodes("address_range")}
    if not prefixes:
        return
    payloads = records.payloads([each for each in prefixes.values() if not isinstance(each, Unknown)])
    for index, prefix in prefixes.items():
        graph.set(index, "origin_validation", _state(graph, index, prefix, payloads))


def _network(told: Value) -> Network | Unknown:
    if isinstance(told, Unknown):
        return told
    try:
        return ip_network(str(told))
    except ValueError:
        return Unknown(f"{told!r} is no address range", Cause.OUTSIDE_SCAN)


def _state(graph: Graph, index: int, prefix: Network | Unknown, payloads: Payloads | None) -> Value:
    announced, origins = graph.peek(index, "announced"), graph.peek(index, "origins")
    if not isinstance(announced, Unknown) and not announced:
        return None
    for each in (announced, prefix, origins):
        if isinstance(each, Unknown):
            return each
    if payloads is None:
        return Unknown("no validated ROA payloads are given ([registry] vrps)", Cause.OUTSIDE_SCAN)
    if payloads.stale:
        return Unknown(payloads.stale, Cause.OUTSIDE_SCAN)
    states = {validity(prefix, int(each), payloads.covering) for each in origins}  # type: ignore[arg-type]  # known above
    return next((each for each in _WORST if each in states), None)
