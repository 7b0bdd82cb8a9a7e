"""Random policies of Cilium: both sorts, allowing and denying, by endpoint, entity and range, with ports."""

from __future__ import annotations

import random

from tests.analysis.network import dice as plain
from tests.analysis.network.dice import BLOCKS, KEYS, NAMES, PORTS, PROTOCOLS, VALUES, Json

_IN = "k8s:io.kubernetes.pod.namespace"
_LABEL = "k8s:io.cilium.k8s.namespace.labels."


def cluster(dice: random.Random) -> list[Json]:
    """Namespaces and pods, with policies of Cilium and a few of Kubernetes' own."""
    objects = plain.cluster(dice, admin=False)
    own = [each for each in objects if each["kind"] == "NetworkPolicy"]
    kept = [each for each in objects if each["kind"] != "NetworkPolicy"] + own[: dice.randint(0, 1)]
    namespaces = [each["metadata"]["name"] for each in objects if each["kind"] == "Namespace"]
    return [*kept, *(_policy(dice, number, namespaces) for number in range(dice.randint(1, 4)))]


def _policy(dice: random.Random, number: int, namespaces: list[str]) -> Json:
    kind = dice.choice(("CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"))
    spec: Json = {"endpointSelector": _sourced(dice, plain.selector(dice))}
    if dice.random() < 0.2:
        spec["enableDefaultDeny"] = {dice.choice(("ingress", "egress")): dice.random() < 0.5}
    for way, verb in (("ingress", "from"), ("egress", "to")):
        if dice.random() < 0.6:
            spec[way] = [_rule(dice, verb, namespaces) for _ in range(dice.randint(0, 2))]
        if dice.random() < 0.3:
            spec[f"{way}Deny"] = [_rule(dice, verb, namespaces, deny=True) for _ in range(1)]
    meta: Json = {"name": f"c{number}"}
    if kind == "CiliumNetworkPolicy":
        meta["namespace"] = dice.choice(namespaces)
    return {"apiVersion": "cilium.io/v2", "kind": kind, "metadata": meta, "spec": spec}


def _sourced(dice: random.Random, selector: Json) -> Json:
    """Keys of labels may name their source."""
    lead = dice.choice(("", "k8s:", "any:"))
    found: Json = {}
    if "matchLabels" in selector:
        found["matchLabels"] = {f"{lead}{key}": value for key, value in selector["matchLabels"].items()}
    if "matchExpressions" in selector:
        found["matchExpressions"] = [
            {**each, "key": f"{lead}{each['key']}"} for each in selector["matchExpressions"]
        ]
    return found


def _endpoints(dice: random.Random, namespaces: list[str]) -> Json:
    found = _sourced(dice, plain.selector(dice))
    roll = dice.random()
    if roll < 0.25:
        found.setdefault("matchLabels", {})[_IN] = dice.choice(namespaces)
    elif roll < 0.4:
        found.setdefault("matchLabels", {})[_LABEL + dice.choice(KEYS)] = dice.choice(VALUES)
    elif roll < 0.5:
        found.setdefault("matchExpressions", []).append({"key": _IN, "operator": "Exists"})
    return found


def _rule(dice: random.Random, verb: str, namespaces: list[str], *, deny: bool = False) -> Json:
    rule: Json = {}
    roll = dice.random()
    if roll < 0.45:
        rule[f"{verb}Endpoints"] = [_endpoints(dice, namespaces) for _ in range(dice.randint(0, 2))]
    elif roll < 0.6:
        rule[f"{verb}Entities"] = dice.sample(("world", "cluster", "all"), dice.randint(1, 2))
    elif roll < 0.7:
        rule[f"{verb}CIDR"] = dice.sample(BLOCKS, dice.randint(1, 2))
    elif roll < 0.8:
        rule[f"{verb}CIDRSet"] = [{"cidr": "0.0.0.0/0", "except": dice.sample(BLOCKS[3:], 2)}]
    if dice.random() < 0.5:
        ports: Json = {"ports": [_port(dice) for _ in range(dice.randint(1, 2))]}
        if not deny and dice.random() < 0.2:
            ports["rules"] = {"http": [{"method": "GET"}]}
            ports["ports"] = [{"port": str(dice.choice(PORTS)), "protocol": "TCP"}]
        rule["toPorts"] = [ports]
    return rule


def _port(dice: random.Random) -> Json:
    found: Json = {"port": str(dice.choice((0, *PORTS)))}
    if dice.random() < 0.8:
        found["protocol"] = dice.choice((*PROTOCOLS, "ANY"))
    if found["port"] != "0" and dice.random() < 0.3:
        found["endPort"] = int(found["port"]) + dice.choice((1, 300))
    elif dice.random() < 0.2:
        found["port"] = dice.choice(NAMES)
    return found
