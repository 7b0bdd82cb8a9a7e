"""Istio's AuthorizationPolicy: who may call at which ports; what is asked of requests stays a condition.

Source: Istio documentation, "Authorization Policy" (reference and "Authorization Policy Conditions"): the sources
of a rule are alternatives, and so are its operations; within one source or operation everything must hold. A value
may begin or end with `*`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.extract import whole
from scanner.mapping.kubernetes.reading import mapping, sequence, texts
from scanner.mapping.reader import Reader
from scanner.model.value import Value

_NAME_LABEL = "kubernetes.io/metadata.name"
_KNOWN = frozenset(("namespaces", "principals", "serviceAccounts", "ipBlocks"))
# What a rule may ask of the connection; the rest is asked of each request.
_OF_CONNECTIONS = ("source.", "destination.", "connection.", "remote.")


def rules(reader: Reader) -> Value:
    """The rules; no operations but at ports, callers by namespace, identity or address."""
    found: list[Value] = []
    for inner in reader.blocks("spec.rules"):
        rule = mapping(inner.value)
        reader.mark(len(found), inner)
        operations = [mapping(mapping(each).get("operation")) for each in sequence(rule.get("to"))]
        found.append(
            {
                "peers": list(_peers(rule)),
                "ports": list(_ports(operations)),
                "condition": " and ".join(_conditions(rule, operations)) or None,
            }
        )
    return found


def _peers(rule: dict[str, Value]) -> Iterator[Value]:
    asked = [str(mapping(each).get("key")) for each in sequence(rule.get("when"))]
    if any(key.startswith(_OF_CONNECTIONS) for key in asked):
        yield {"unknown": f"a condition on {', '.join(asked)}"}
        return
    for each in sequence(rule.get("from")):
        source = {key: value for key, value in mapping(mapping(each).get("source")).items() if value}
        by_request = [key for key in source if "equestPrincipals" in key]
        held = source.keys() - set(by_request)
        if not held <= _KNOWN or len(held) > 1:
            yield {"unknown": f"a source by {', '.join(sorted(held))}"}
        elif "namespaces" in held:
            yield from ({"pods": _all(), "namespaces": _named(name)} for name in texts(source["namespaces"]))
        elif "ipBlocks" in held:
            yield from ({"cidr": cidr, "except": []} for cidr in texts(source["ipBlocks"]))
        elif held:
            (key,) = held
            yield from ({"account": _account(name)} for name in texts(source[key]))
        else:
            yield {"pods": _all(), "namespaces": _all()}
            yield {"cidr": "0.0.0.0/0", "except": []}


def _all() -> dict[str, Any]:
    return {"labels": {}, "expressions": []}


def _named(name: str) -> dict[str, Any]:
    """Namespaces by name, which may begin or end with `*`."""
    if name == "*":
        return _all()
    operator = "StartsWith" if name.endswith("*") else "EndsWith" if name.startswith("*") else "In"
    return {"labels": {}, "expressions": [{"key": _NAME_LABEL, "operator": operator, "values": [name.strip("*")]}]}


def _account(principal: str) -> str:
    """NAMESPACE/ACCOUNT of `cluster.local/ns/NAMESPACE/sa/ACCOUNT`; other principals as they are."""
    parts = principal.split("/")
    return f"{parts[2]}/{parts[4]}" if len(parts) == 5 and parts[1] == "ns" and parts[3] == "sa" else principal


def _ports(operations: list[dict[str, Value]]) -> Iterator[Value]:
    """The ports of all operations, where each names some."""
    if operations and all(each.get("ports") for each in operations):
        for each in operations:
            for port in texts(each.get("ports")):
                yield {"protocol": "tcp", "port": whole(port), "end_port": None}


def _conditions(rule: dict[str, Value], operations: list[dict[str, Value]]) -> Iterator[str]:
    """What is asked of requests, in words."""
    told = []
    for each in operations:
        asked = [*texts(each.get("methods")), *texts(each.get("paths")), *texts(each.get("hosts"))]
        more = sorted(key for key in each if key not in ("ports", "methods", "paths", "hosts") and each[key])
        told.append(" ".join([*asked, *more]))
    if told and all(told):
        yield " or ".join(told)
    sources = [mapping(mapping(each).get("source")) for each in sequence(rule.get("from"))]
    if sources and all(any("equestPrincipals" in key for key in each) for each in sources):
        yield "with a token of a named issuer"
    keys = [str(mapping(each).get("key")) for each in sequence(rule.get("when"))]
    if keys and not any(key.startswith(_OF_CONNECTIONS) for key in keys):
        yield f"where {', '.join(keys)} fits"
