"""Random clusters as manifests: small vocabularies, so that selectors and ranges often meet."""

from __future__ import annotations

import random
from typing import Any

Json = dict[str, Any]

KEYS, VALUES = ("app", "tier"), ("x", "y", "z")
PROTOCOLS = ("TCP", "UDP", "SCTP")
NAMES = ("http", "dns")
PORTS = (53, 80, 81, 443, 8080)
BLOCKS = ("0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/24", "10.0.0.0/30", "8.8.0.0/16", "8.8.8.8/32", "128.0.0.0/1")
ADDRESSES = ("8.8.8.8", "8.8.4.4", "10.0.0.250", "10.9.9.9", "200.1.2.3", "9.9.9.9")


def cluster(dice: random.Random, *, admin: bool) -> list[Json]:
    """Namespaces, pods with addresses, network policies, and where `admin` those of administrators."""
    namespaces = [f"n{number}" for number in range(dice.randint(1, 3))]
    objects = [_namespace(dice, name) for name in namespaces]
    objects += [_pod(dice, number, dice.choice(namespaces)) for number in range(dice.randint(2, 5))]
    objects += [_policy(dice, number, dice.choice(namespaces)) for number in range(dice.randint(0, 4))]
    if admin:
        objects += [_admin(dice, number) for number in range(dice.randint(0, 3))]
        if dice.random() < 0.5:
            objects.append(_baseline(dice))
    return objects


def name_nodes(dice: random.Random, objects: list[Json]) -> None:
    """Lets some rules of administrators name nodes besides."""
    for each in objects:
        if each["kind"].endswith("AdminNetworkPolicy"):
            for rule in each["spec"].get("egress") or []:
                if dice.random() < 0.8:
                    rule["to"].append({"nodes": selector(dice)})


def _labels(dice: random.Random) -> dict[str, str]:
    return {key: dice.choice(VALUES) for key in KEYS if dice.random() < 0.7}


def _namespace(dice: random.Random, name: str) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": {**_labels(dice), "kubernetes.io/metadata.name": name}},
    }


def _pod(dice: random.Random, number: int, namespace: str) -> Json:
    ports = [
        {"containerPort": dice.choice(PORTS), "name": name, "protocol": dice.choice(PROTOCOLS)}
        for name in NAMES
        if dice.random() < 0.5
    ]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"p{number}", "namespace": namespace, "labels": _labels(dice)},
        "spec": {"containers": [{"name": "c", "image": "i", "ports": ports}]},
        "status": {"podIP": f"10.0.0.{number + 1}"},
    }


def selector(dice: random.Random) -> Json:
    """A label selector: often empty, by labels, or by expressions."""
    kind = dice.random()
    if kind < 0.25:
        return {}
    if kind < 0.6:
        return {"matchLabels": {dice.choice(KEYS): dice.choice(VALUES)}}
    operator = dice.choice(("In", "NotIn", "Exists", "DoesNotExist"))
    expression: Json = {"key": dice.choice(KEYS), "operator": operator}
    if operator in ("In", "NotIn"):
        expression["values"] = dice.sample(VALUES, dice.randint(1, 2))
    found: Json = {"matchExpressions": [expression]}
    if dice.random() < 0.3:
        found["matchLabels"] = {dice.choice(KEYS): dice.choice(VALUES)}
    return found


def _policy(dice: random.Random, number: int, namespace: str) -> Json:
    spec: Json = {"podSelector": selector(dice)}
    if dice.random() < 0.7:
        spec["policyTypes"] = dice.choice((["Ingress"], ["Egress"], ["Ingress", "Egress"]))
    for section, verb in (("ingress", "from"), ("egress", "to")):
        if dice.random() < 0.7:
            spec[section] = [_rule(dice, verb) for _ in range(dice.randint(0, 2))]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": f"np{number}", "namespace": namespace},
        "spec": spec,
    }


def _rule(dice: random.Random, verb: str) -> Json:
    rule: Json = {}
    if dice.random() < 0.8:
        rule[verb] = [_peer(dice) for _ in range(dice.randint(0, 2))]
    if dice.random() < 0.6:
        rule["ports"] = [_port(dice) for _ in range(dice.randint(0, 2))]
    return rule


def _peer(dice: random.Random) -> Json:
    kind = dice.random()
    if kind < 0.3:
        block = dice.choice(BLOCKS)
        inner = [each for each in BLOCKS if each != block and block in ("0.0.0.0/0",)]
        inner += ["10.0.0.0/24", "10.0.0.128/25"] if block == "10.0.0.0/8" else []
        found: Json = {"cidr": block}
        if inner and dice.random() < 0.6:
            found["except"] = dice.sample(inner, dice.randint(1, 2))
        return {"ipBlock": found}
    if kind < 0.5:
        return {"podSelector": selector(dice)}
    if kind < 0.7:
        return {"namespaceSelector": selector(dice)}
    return {"podSelector": selector(dice), "namespaceSelector": selector(dice)}


def _port(dice: random.Random) -> Json:
    found: Json = {"protocol": dice.choice(PROTOCOLS)} if dice.random() < 0.7 else {}
    kind = dice.random()
    if kind < 0.2:
        return found or {"protocol": "TCP"}
    if kind < 0.5:
        return {**found, "port": dice.choice(NAMES)}
    number = dice.choice(PORTS)
    if kind < 0.7:
        return {**found, "port": number, "endPort": number + dice.choice((0, 1, 400))}
    return {**found, "port": number}


def _admin(dice: random.Random, number: int) -> Json:
    return _cluster_wide(dice, "AdminNetworkPolicy", f"anp{number}", {"priority": number * 10})


def _baseline(dice: random.Random) -> Json:
    return _cluster_wide(dice, "BaselineAdminNetworkPolicy", "default", {})


def _cluster_wide(dice: random.Random, kind: str, name: str, spec: Json) -> Json:
    actions = ("Allow", "Deny", "Pass") if kind == "AdminNetworkPolicy" else ("Allow", "Deny")
    spec = {**spec, "subject": _subject(dice)}
    for section, verb in (("ingress", "from"), ("egress", "to")):
        if dice.random() < 0.7:
            spec[section] = [_admin_rule(dice, verb, actions) for _ in range(dice.randint(1, 3))]
    return {
        "apiVersion": "policy.networking.k8s.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": spec,
    }


def _subject(dice: random.Random) -> Json:
    if dice.random() < 0.5:
        return {"namespaces": selector(dice)}
    return {"pods": {"namespaceSelector": selector(dice), "podSelector": selector(dice)}}


def _admin_rule(dice: random.Random, verb: str, actions: tuple[str, ...]) -> Json:
    peers = [_subject(dice) for _ in range(dice.randint(1, 2))]
    if verb == "to" and dice.random() < 0.4:
        peers.append({"networks": dice.sample(BLOCKS, dice.randint(1, 2))})
    rule: Json = {"action": dice.choice(actions), verb: peers}
    if dice.random() < 0.5:
        rule["ports"] = [_admin_port(dice) for _ in range(dice.randint(1, 2))]
    return rule


def _admin_port(dice: random.Random) -> Json:
    number, kind = dice.choice(PORTS), dice.random()
    if kind < 0.4:
        return {"portNumber": {"protocol": dice.choice(PROTOCOLS), "port": number}}
    if kind < 0.7:
        return {"portRange": {"protocol": dice.choice(PROTOCOLS), "start": number, "end": number + 300}}
    return {"namedPort": dice.choice(NAMES)}
