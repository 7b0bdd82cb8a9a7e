"""Network policies that the API server would refuse, in its words.

Source: Kubernetes, pkg/apis/networking/validation and apimachinery's validation of label selectors (the messages);
the CRD schema of AdminNetworkPolicy v1alpha1. Policies of one priority are no fault to the server; SIG Network
leaves their order open.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from ipaddress import ip_network
from typing import Any

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
_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]([a-z0-9-]*[a-z0-9])?$")
_LONGEST_NAME = 15

# (path, what the server says of it)
Fault = tuple[str, str]


def diagnostics(resources: Iterable[Resource]) -> Iterator[Diagnostic]:
    """Every fault of the policies among resources, where it stands."""
    priorities: dict[int, Resource] = {}
    for resource in resources:
        if resource.type not in POLICY | ADMIN:
            continue
        kind, name = resource.type.rpartition("/")[2], resource.address.name.rpartition("/")[2]
        for path, message in faults(resource):
            span = place(resource, path) or resource.span
            yield Diagnostic(Level.WARNING, "parse-policy", f'{kind} "{name}" is invalid: {path}: {message}', span)
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
    yield from _selector(spec.get("podSelector"), "spec.podSelector")
    for number, each in enumerate(_list(spec.get("policyTypes"))):
        if isinstance(each, str) and each not in ("Ingress", "Egress"):
            yield (
                f"spec.policyTypes[{number}]",
                f'Unsupported value: {_shown(each)}: supported values: "Egress", "Ingress"',
            )
    for section, verb in (("ingress", "from"), ("egress", "to")):
        for number, rule in enumerate(_list(spec.get(section))):
            where = f"spec.{section}[{number}]"
            for at, port in enumerate(_list(_map(rule).get("ports"))):
                yield from _port(_map(port), f"{where}.ports[{at}]")
            for at, peer in enumerate(_list(_map(rule).get(verb))):
                yield from _peer(_map(peer), f"{where}.{verb}[{at}]")


def _port(port: dict[str, Value], where: str) -> Iterator[Fault]:
    protocol, number, end = port.get("protocol"), port.get("port"), port.get("endPort")
    if isinstance(protocol, str) and protocol not in ("TCP", "UDP", "SCTP"):
        yield f"{where}.protocol", f'Unsupported value: {_shown(protocol)}: supported values: "SCTP", "TCP", "UDP"'
    if isinstance(number, (bool, Unknown)) or isinstance(end, Unknown):
        return
    if isinstance(number, int):
        if not 1 <= number <= _LAST_PORT:
            yield f"{where}.port", f"Invalid value: {number}: {_PORT}"
        if isinstance(end, int) and end < number:
            yield f"{where}.endPort", f"Invalid value: {end}: must be greater than or equal to `port`"
        elif isinstance(end, int) and end > _LAST_PORT:
            yield f"{where}.endPort", f"Invalid value: {end}: {_PORT}"
    elif end is not None:
        what = "not specified" if number is None else "non-numeric"
        yield f"{where}.endPort", f"Invalid value: {end}: may not be specified when `port` is {what}"
    if isinstance(number, str) and (not _NAME.match(number) or len(number) > _LONGEST_NAME):
        told = (
            "must be no more than 15 characters"
            if len(number) > _LONGEST_NAME
            else "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
        )
        yield f"{where}.port", f"Invalid value: {_shown(number)}: {told}"


def _peer(peer: dict[str, Value], where: str) -> Iterator[Fault]:
    chosen = [key for key in ("podSelector", "namespaceSelector", "ipBlock") if peer.get(key) is not None]
    if not chosen:
        yield where, "Required value: must specify a peer"
    if "ipBlock" in chosen and len(chosen) > 1:
        yield where, "Forbidden: may not specify both ipBlock and another peer"
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
        yield f"{where}.cidr", "Required value"
        return
    outer = _network(cidr)
    if outer is None:
        yield f"{where}.cidr", f"Invalid value: {_shown(cidr)}: {_CIDR}"
    for number, each in enumerate(_list(block.get("except"))):
        inner = _network(each)
        if inner is None:
            yield f"{where}.except[{number}]", f"Invalid value: {_shown(each)}: {_CIDR}"
        elif outer is not None and not _is_inside(inner, outer):
            yield f"{where}.except[{number}]", f"Invalid value: {_shown(each)}: must be a strict subset of `cidr`"


def _is_inside(inner: Any, outer: Any) -> bool:
    return bool(inner.version == outer.version and inner != outer and inner.subnet_of(outer))


def _network(text: Value) -> Any:
    if not isinstance(text, str) or "/" not in text:
        return None
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _selector(value: Value, where: str) -> Iterator[Fault]:
    for number, each in enumerate(_list(_map(value).get("matchExpressions"))):
        expression, at = _map(each), f"{where}.matchExpressions[{number}]"
        operator, values = expression.get("operator"), _list(expression.get("values"))
        if operator in ("In", "NotIn"):
            if not values:
                yield f"{at}.values", "Required value: must be specified when `operator` is 'In' or 'NotIn'"
        elif operator in ("Exists", "DoesNotExist"):
            if values:
                yield (
                    f"{at}.values",
                    "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
                )
        elif not isinstance(operator, Unknown):
            yield f"{at}.operator", f"Invalid value: {_shown(operator)}: not a valid selector operator"


# AdminNetworkPolicy and its kin


def _admin(spec: dict[str, Value]) -> Iterator[Fault]:
    priority = spec.get("priority")
    if isinstance(priority, int) and not 0 <= priority <= 1000:  # the schema's bounds
        bound = "less than or equal to 1000" if priority > 0 else "greater than or equal to 0"
        yield "spec.priority", f"Invalid value: {priority}: spec.priority in body should be {bound}"
    subject = _map(spec.get("subject"))
    if len(subject) != 1:
        yield "spec.subject", "Invalid value: exactly one of namespaces and pods must be set"
    for section, verb in (("ingress", "from"), ("egress", "to")):
        for number, rule in enumerate(_list(spec.get(section))):
            where = f"spec.{section}[{number}]"
            action = _map(rule).get("action")
            if action not in ("Allow", "Accept", "Deny", "Pass"):
                supported = 'supported values: "Allow", "Deny", "Pass"'
                yield f"{where}.action", f"Unsupported value: {_shown(action)}: {supported}"
            for at, peer in enumerate(_list(_map(rule).get(verb))):
                for each, cidr in enumerate(_list(_map(peer).get("networks"))):
                    if _network(cidr) is None:
                        path = f"{where}.{verb}[{at}].networks[{each}]"
                        yield path, f"Invalid value: {_shown(cidr)}: Invalid CIDR format provided"


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
