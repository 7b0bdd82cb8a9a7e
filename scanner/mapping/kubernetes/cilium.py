"""Cilium's policies. Source: Cilium documentation, "Layer 3 Policy", "Layer 4 Policy", "Layer 7 Policy", "Deny
Policies" and "Policy Enforcement Modes"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.extract import whole
from scanner.mapping.kubernetes.reading import known, mapping, selected, sequence, texts
from scanner.mapping.reader import Reader
from scanner.model.value import Cause, Undetermined, Unknown, Value

_SIDES = (("in", "ingress", "from"), ("out", "egress", "to"))
_POD_NAMESPACE = "io.kubernetes.pod.namespace"
_NAMESPACE_LABEL = "io.cilium.k8s.namespace.labels."
_NAME_LABEL = "kubernetes.io/metadata.name"


def _specs(reader: Reader) -> list[dict[str, Value]]:
    """The one rule of a policy. Several, each with a selector of its own, are not told apart."""
    own = reader.get("spec")
    more = [mapping(each) for each in sequence(reader.get("specs"))]
    found = [*([mapping(own)] if own is not None else []), *more]
    if len({repr(each.get("endpointSelector")) for each in found}) > 1:
        raise Undetermined(Unknown("it holds several rules with a selector each", Cause.UNSUPPORTED))
    return found


def selector(reader: Reader) -> Value:
    """Whom a policy is for."""
    found = []
    for spec in _specs(reader)[:1]:
        if "nodeSelector" in spec:
            raise Undetermined(Unknown("it selects machines, not pods", Cause.UNSUPPORTED))
        pods, namespaces = _labels(spec.get("endpointSelector"))
        found.append(pods if namespaces is None else {**pods, "namespaces": namespaces})
    return found


def _labels(value: Value) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """(selector of pods, selector of their namespaces or None): label keys may name their source (`k8s:app`),
    and what belongs to the namespace is a label of the pod."""
    held = selected(value)
    pods: dict[str, Any] = {"labels": {}, "expressions": []}
    around: dict[str, Any] = {"labels": {}, "expressions": []}
    for key, item in held["labels"].items():
        side, name = _placed(_bare(key), pods, around)
        side["labels"][name] = item
    for each in held["expressions"]:
        side, name = _placed(_bare(str(each["key"])), pods, around)
        side["expressions"].append({**each, "key": name})
    return pods, around if around["labels"] or around["expressions"] else None


def _placed(key: str, pods: dict[str, Any], around: dict[str, Any]) -> tuple[dict[str, Any], str]:
    if key == _POD_NAMESPACE:
        return around, _NAME_LABEL
    if key.startswith(_NAMESPACE_LABEL):
        return around, key.removeprefix(_NAMESPACE_LABEL)
    return pods, key


def _bare(key: str) -> str:
    return key.removeprefix("k8s:").removeprefix("any:")


def directions(reader: Reader) -> Value:
    """A direction is isolated by a section of rules for it, unless enableDefaultDeny says otherwise."""
    found = []
    for side, section, _ in _SIDES:
        for spec in _specs(reader):
            said = mapping(spec.get("enableDefaultDeny")).get(section)
            present = spec.get(section) is not None or spec.get(f"{section}Deny") is not None
            if (present if said is None else said) and side not in found:
                found.append(side)
    return found


def rules(reader: Reader) -> Value:
    """The rules of both directions. One that names neither peers nor ports allows nobody."""
    found: list[Value] = []
    for spec in _specs(reader):
        for side, section, verb in _SIDES:
            for suffix, action in (("", "allow"), ("Deny", "deny")):
                for each in sequence(spec.get(section + suffix)):
                    rule = mapping(each)
                    if rule:
                        found.append(_rule(rule, side, action, verb))
    return found


def _rule(rule: dict[str, Value], side: str, action: str, verb: str) -> dict[str, Value]:
    ports = list(_ports(rule))
    return {
        "direction": side,
        "action": action,
        "peers": list(_peers(rule, verb)),
        "ports": ports,
        "condition": _condition(rule),
    }


def _peers(rule: dict[str, Value], verb: str) -> Iterator[Value]:
    for each in sequence(rule.get(f"{verb}Endpoints")):
        reserved = [_bare(key).removeprefix("reserved:") for key in selected(each)["labels"] if "reserved:" in key]
        if reserved:
            yield {"entity": reserved[0]}
            continue
        pods, namespaces = _labels(each)
        yield {"pods": pods, "namespaces": namespaces}
    for cidr in texts(rule.get(f"{verb}CIDR")):
        yield {"cidr": cidr, "except": []}
    for each in sequence(rule.get(f"{verb}CIDRSet")):
        held = mapping(each)
        if "cidr" in held:
            yield {"cidr": held["cidr"], "except": texts(held.get("except"))}
        else:
            yield {"name": "a group of ranges"}
    for entity in texts(rule.get(f"{verb}Entities")):
        yield {"entity": entity}
    for each in sequence(rule.get(f"{verb}FQDNs")):
        yield {"name": mapping(each).get("matchName") or mapping(each).get("matchPattern")}
    for key in ("Services", "Groups", "Nodes", "Requires"):
        if rule.get(verb + key):
            yield {"unknown": f"{verb}{key}"}
    if any(known(rule.get(verb + key)) == [] for key in ("Endpoints", "CIDR", "CIDRSet", "Entities")):
        yield {"entity": "none"}  # an empty list chooses nobody ("Layer 3 Policy")


def _ports(rule: dict[str, Value]) -> Iterator[Value]:
    for group in sequence(rule.get("toPorts")):
        for item in sequence(mapping(group).get("ports")):
            port = mapping(item)
            number = whole(port.get("port"))
            yield {
                "protocol": str(port.get("protocol") or "any").lower(),
                "port": number or None,  # 0 is any port
                "end_port": whole(port.get("endPort")) or None,
            }
    for each in sequence(rule.get("icmps")):
        for field in sequence(mapping(each).get("fields")):
            family = str(mapping(field).get("family") or "IPv4")
            yield {"protocol": "icmpv6" if family == "IPv6" else "icmp", "port": None, "end_port": None}


def _condition(rule: dict[str, Value]) -> str | None:
    """What is asked of the requests themselves."""
    asked = {key for group in sequence(rule.get("toPorts")) for key in mapping(mapping(group).get("rules"))}
    return f"for what its {', '.join(sorted(asked))} rules let through" if asked else None
