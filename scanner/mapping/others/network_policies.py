"""`kubernetes_network_policy`, as the Terraform provider `kubernetes` writes it, in the form of `network_policy`.

Blocks follow the API: a block that is written and empty (`pod_selector {}`) chooses all; see
`scanner.mapping.kubernetes.policies` for the form of rules.
"""

from __future__ import annotations

from typing import Any

from scanner.mapping.extract import elements, whole
from scanner.mapping.reader import Reader
from scanner.mapping.table import Fixed
from scanner.model.value import Value

_SIDES = (("in", "ingress", "from"), ("out", "egress", "to"))


def _selector(reader: Reader) -> dict[str, Any]:
    labels = reader.get("match_labels")
    return {
        "labels": {key: str(value) for key, value in labels.items()} if isinstance(labels, dict) else {},
        "expressions": [
            {
                "key": str(each.get("key")),
                "operator": str(each.get("operator")),
                "values": [str(value) for value in elements(each.peek("values"))],
            }
            for each in reader.blocks("match_expressions")
        ],
    }


def _chosen(reader: Reader) -> Value:
    found = [_selector(each) for each in reader.blocks("spec.pod_selector")]
    return found or [{"labels": {}, "expressions": []}]


def _directions(reader: Reader) -> Value:
    types = [str(each) for each in elements(reader.peek("spec.policy_types"))]
    return [side for side, section, _ in _SIDES if section.capitalize() in types]


def _rules(reader: Reader) -> Value:
    found: list[Value] = []
    for side, section, verb in _SIDES:
        for rule in reader.blocks(f"spec.{section}"):
            reader.mark(len(found), rule)
            found.append(
                {
                    "direction": side,
                    "action": "allow",
                    "peers": [_peer(each) for each in rule.blocks(verb)],
                    "ports": [_port(each) for each in rule.blocks("ports")],
                    "condition": None,
                }
            )
    return found


def _peer(reader: Reader) -> dict[str, Value]:
    for block in reader.blocks("ip_block"):
        return {"cidr": block.get("cidr"), "except": elements(block.peek("except"))}
    namespaces = [_selector(each) for each in reader.blocks("namespace_selector")]
    pods = [_selector(each) for each in reader.blocks("pod_selector")]
    return {
        "pods": pods[0] if pods else {"labels": {}, "expressions": []},
        "namespaces": namespaces[0] if namespaces else None,
    }


def _port(reader: Reader) -> dict[str, Value]:
    return {
        "protocol": str(reader.get("protocol", "TCP")).lower(),
        "port": whole(reader.get("port")),
        "end_port": whole(reader.get("end_port")),
    }


def _selects_all(reader: Reader) -> Value:
    return not any(any(each.values()) for each in _chosen(reader))


ATTRIBUTES: dict[str, Any] = {
    "directions": _directions,
    "rules": _rules,
    "selects_all": _selects_all,
    "selector": _chosen,
    "stage": Fixed("default"),
    "order": Fixed(1000),
    "cluster_wide": Fixed(value=False),
    "hosts": Fixed(None),
}
