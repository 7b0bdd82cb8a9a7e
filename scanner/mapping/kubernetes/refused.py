"""Network policies that the API server would refuse, in its words.

Source: Kubernetes, pkg/apis/networking/validation and apimachinery's validation of label selectors (the messages);
the CRD schema of AdminNetworkPolicy v1alpha1. Policies of one priority are no fault to the server; SIG Network
leaves their order open.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from ipaddress import ip_network
from typing import Any, NamedTuple

from scanner.mapping.kubernetes.names import label_key, label_value, port_name, sloppy
from scanner.mapping.kubernetes.unreadable import unread
from scanner.mapping.reader import place
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.resource import Resource
from scanner.model.value import Unknown, Value, unwrap

POLICY = frozenset(("networking.k8s.io/NetworkPolicy", "extensions/NetworkPolicy"))
ADMIN = frozenset(
    f"policy.networking.k8s.io/{kind}"
    for kind in ("AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy")
)
_LAST_PORT = 65535
_PORT = "must be between 1 and 65535, inclusive"
_CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
_TYPES = ("Ingress", "Egress")


class Fault(NamedTuple):
    """What the server says of the value at a path; one of another type than it expects it does not even read."""

    path: str
    message: str
    unreadable: bool = False


def diagnostics(resources: Iterable[Resource]) -> Iterator[Diagnostic]:
    """Every fault of the policies among resources, where it stands."""
    priorities: dict[int, Resource] = {}
    for resource in resources:
        if resource.type not in POLICY | ADMIN:
            continue
        kind, name = resource.type.rpartition("/")[2], resource.address.name.rpartition("/")[2]
        version = str(resource.attributes.get("apiVersion")).rpartition("/")[2]
        for path, message, unreadable in faults(resource):
            span = place(resource, path) or resource.span
            told = f'{kind} "{name}" is invalid: {path}: {message}'
            if unreadable:
                told = f'{kind} in version "{version}" cannot be handled as a {kind}: {message}'
            yield Diagnostic(Level.WARNING, "parse-policy", told, span)
        priority = _at(resource.attributes, "spec").get("priority")
        if kind == "AdminNetworkPolicy" and isinstance(priority, int):
            first = priorities.setdefault(priority, resource)
            if first is not resource:
                other = first.address.name.rpartition("/")[2]
                told = (
                    f"{kind} {name} has the priority of {other}, {priority}: which of them decides is not defined"
                )
                yield Diagnostic(Level.WARNING, "parse-policy", told, place(resource, "spec.priority"))


def faults(resource: Resource) -> list[Fault]:
    """What the server would refuse a policy for; parts that are not known are not judged."""
    spec = _at(resource.attributes, "spec")
    if resource.type in POLICY:
        return list(_policy(spec))
    return list(_admin(spec)) if resource.type in ADMIN else []


def _policy(spec: dict[str, Value]) -> Iterator[Fault]:
    unreadable = list(unread(spec))
    if unreadable:
        yield unreadable[0]
        return
    yield from _selector(spec.get("podSelector"), "spec.podSelector")
    for section, verb in (("ingress", "from"), ("egress", "to")):
        for number, rule in enumerate(_list(spec.get(section))):
            where = f"spec.{section}[{number}]"
            for at, port in enumerate(_list(_map(rule).get("ports"))):
                yield from _port(_map(port), f"{where}.ports[{at}]")
            for at, peer in enumerate(_list(_map(rule).get(verb))):
                yield from _peer(_map(peer), f"{where}.{verb}[{at}]")
    yield from _types([each for each in _list(spec.get("policyTypes")) if isinstance(each, str)])


def _types(types: list[Any]) -> Iterator[Fault]:
    if len(types) > len(_TYPES):
        shown = ", ".join(map(_shown, types))
        told = f"Invalid value: []networking.PolicyType{{{shown}}}: may not specify more than two policyTypes"
        yield Fault("spec.policyTypes", told)
        return
    for number, each in enumerate(types):
        if each not in _TYPES:
            told = f'Unsupported value: {_shown(each)}: supported values: "Ingress", "Egress"'
            yield Fault(f"spec.policyTypes[{number}]", told)


def _port(port: dict[str, Value], where: str) -> Iterator[Fault]:
    protocol, number, end = port.get("protocol"), port.get("port"), port.get("endPort")
    if isinstance(protocol, str) and protocol not in ("TCP", "UDP", "SCTP"):
        told = f'Unsupported value: {_shown(protocol)}: supported values: "TCP", "UDP", "SCTP"'
        yield Fault(f"{where}.protocol", told)
    if isinstance(number, (bool, Unknown)) or isinstance(end, Unknown):
        return
    if isinstance(number, int):
        if not 1 <= number <= _LAST_PORT:
            yield Fault(f"{where}.port", f"Invalid value: {number}: {_PORT}")
        if isinstance(end, int) and end < number:
            yield Fault(f"{where}.endPort", f"Invalid value: {number}: must be greater than or equal to `port`")
        elif isinstance(end, int) and end > _LAST_PORT:
            yield Fault(f"{where}.endPort", f"Invalid value: {end}: {_PORT}")
    elif end is not None:
        what = "not specified" if number is None else "non-numeric"
        yield Fault(f"{where}.endPort", f"Invalid value: {end}: may not be specified when `port` is {what}")
    if isinstance(number, str):
        yield from (
            Fault(f"{where}.port", f"Invalid value: {_shown(number)}: {told}") for told in port_name(number)
        )


def _peer(peer: dict[str, Value], where: str) -> Iterator[Fault]:
    chosen = [key for key in ("podSelector", "namespaceSelector", "ipBlock") if peer.get(key) is not None]
    if not chosen:
        yield Fault(where, "Required value: must specify a peer")
    if "ipBlock" in chosen and len(chosen) > 1:
        yield Fault(where, "Forbidden: may not specify both ipBlock and another peer")
    for key in chosen:
        if key == "ipBlock":
            yield from _block(_map(peer["ipBlock"]), f"{where}.ipBlock")
        else:
            yield from _selector(peer[key], f"{where}.{key}")


def _block(block: dict[str, Value], where: str) -> Iterator[Fault]:
    cidr = block.get("cidr")
    if isinstance(cidr, Unknown):
        return
    if cidr is None or cidr == "":
        yield Fault(f"{where}.cidr", "Required value")
        return
    outer = _network(cidr)
    if outer is None:
        yield Fault(f"{where}.cidr", f"Invalid value: {_shown(cidr)}: {_CIDR}")
    for number, each in enumerate(_list(block.get("except"))):
        inner = _network(each)
        if inner is None:
            yield Fault(f"{where}.except[{number}]", f"Invalid value: {_shown(each)}: {_CIDR}")
        elif outer is not None and not _is_inside(inner, outer):
            told = f"Invalid value: {_shown(each)}: must be a strict subset of `cidr`"
            yield Fault(f"{where}.except[{number}]", told)


def _is_inside(inner: Any, outer: Any) -> bool:
    return bool(inner.version == outer.version and inner != outer and inner.subnet_of(outer))


def _network(text: Value) -> Any:
    if not isinstance(text, str) or "/" not in text:
        return None
    try:
        return ip_network(sloppy(text), strict=False)
    except ValueError:
        return None


def _selector(value: Value, where: str) -> Iterator[Fault]:
    for key, item in _map(_map(value).get("matchLabels")).items():
        at = f"{where}.matchLabels"
        yield from (Fault(at, f"Invalid value: {_shown(key)}: {told}") for told in label_key(key))
        if isinstance(item, str):
            yield from (Fault(at, f"Invalid value: {_shown(item)}: {told}") for told in label_value(item))
    for number, each in enumerate(_list(_map(value).get("matchExpressions"))):
        yield from _expression(_map(each), f"{where}.matchExpressions[{number}]")


def _expression(expression: dict[str, Value], at: str) -> Iterator[Fault]:
    operator, values, key = expression.get("operator"), _list(expression.get("values")), expression.get("key")
    if operator in ("In", "NotIn"):
        if not values:
            told = "Required value: must be specified when `operator` is 'In' or 'NotIn'"
            yield Fault(f"{at}.values", told)
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            told = "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            yield Fault(f"{at}.values", told)
    elif not isinstance(operator, Unknown):
        yield Fault(f"{at}.operator", f"Invalid value: {_shown(operator)}: not a valid selector operator")
    if isinstance(key, str):
        yield from (Fault(f"{at}.key", f"Invalid value: {_shown(key)}: {told}") for told in label_key(key))
    for number, each in enumerate(values):
        if isinstance(each, str):
            where = f"{at}.values[{number}]"
            yield from (Fault(where, f"Invalid value: {_shown(each)}: {told}") for told in label_value(each))


# AdminNetworkPolicy and its kin


def _admin(spec: dict[str, Value]) -> Iterator[Fault]:
    priority = spec.get("priority")
    if isinstance(priority, int) and not 0 <= priority <= 1000:  # the schema's bounds
        bound = "less than or equal to 1000" if priority > 0 else "greater than or equal to 0"
        yield Fault("spec.priority", f"Invalid value: {priority}: spec.priority in body should be {bound}")
    subject = _map(spec.get("subject"))
    if len(subject) != 1:
        yield Fault("spec.subject", "Invalid value: exactly one of namespaces and pods must be set")
    for section, verb in (("ingress", "from"), ("egress", "to")):
        for number, rule in enumerate(_list(spec.get(section))):
            where = f"spec.{section}[{number}]"
            action = _map(rule).get("action")
            if action not in ("Allow", "Accept", "Deny", "Pass"):
                supported = 'supported values: "Allow", "Deny", "Pass"'
                yield Fault(f"{where}.action", f"Unsupported value: {_shown(action)}: {supported}")
            for at, peer in enumerate(_list(_map(rule).get(verb))):
                for each, cidr in enumerate(_list(_map(peer).get("networks"))):
                    if _network(cidr) is None:
                        path = f"{where}.{verb}[{at}].networks[{each}]"
                        yield Fault(path, f"Invalid value: {_shown(cidr)}: Invalid CIDR format provided")


# reading


def _at(value: Value, key: str) -> dict[str, Value]:
    return _map(_map(value).get(key))


def _map(value: Value) -> dict[str, Value]:
    value = unwrap(value)
    return value if isinstance(value, dict) else {}


def _list(value: Value) -> list[Value]:
    value = unwrap(value)
    return [unwrap(each) for each in value if not isinstance(each, Unknown)] if isinstance(value, list) else []


def _shown(value: Value) -> str:
    return json.dumps(value, default=str)
