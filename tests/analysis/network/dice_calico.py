"""Random policies of Calico: tiers, both sorts of policies and sets, rules by label, range, port and protocol."""

from __future__ import annotations

import random

from tests.analysis.network import dice as plain
from tests.analysis.network.dice import BLOCKS, KEYS, NAMES, PORTS, PROTOCOLS, VALUES, Json


def cluster(dice: random.Random) -> list[Json]:
    """Namespaces and pods, with policies of Calico and a few of Kubernetes' own."""
    objects = plain.cluster(dice, admin=False)
    own = [each for each in objects if each["kind"] == "NetworkPolicy"]
    kept = [each for each in objects if each["kind"] != "NetworkPolicy"] + own[: dice.randint(0, 1)]
    namespaces = [each["metadata"]["name"] for each in objects if each["kind"] == "Namespace"]
    tiers = [_tier(dice, number) for number in range(dice.randint(0, 2))]
    names = [each["metadata"]["name"] for each in tiers]
    sets = [_set(dice, number, namespaces) for number in range(dice.randint(0, 2))]
    return [
        *kept,
        *tiers,
        *sets,
        *(_policy(dice, number, namespaces, names) for number in range(dice.randint(1, 5))),
    ]


def _tier(dice: random.Random, number: int) -> Json:
    spec: Json = {"order": dice.choice((10, 2_000_000)) + number}
    if dice.random() < 0.4:
        spec["defaultAction"] = dice.choice(("Pass", "Deny"))
    return _object("Tier", f"t{number}", spec)


def _set(dice: random.Random, number: int, namespaces: list[str]) -> Json:
    kind = dice.choice(("NetworkSet", "GlobalNetworkSet"))
    made = _object(kind, f"s{number}", {"nets": dice.sample(("8.8.0.0/16", "9.9.9.9/32", "200.0.0.0/8"), 2)})
    made["metadata"]["labels"] = {key: dice.choice(VALUES) for key in KEYS if dice.random() < 0.7}
    if kind == "NetworkSet":
        made["metadata"]["namespace"] = dice.choice(namespaces)
    return made


def _object(kind: str, name: str, spec: Json) -> Json:
    return {"apiVersion": "projectcalico.org/v3", "kind": kind, "metadata": {"name": name}, "spec": spec}


def _policy(dice: random.Random, number: int, namespaces: list[str], tiers: list[str]) -> Json:
    kind = dice.choice(("NetworkPolicy", "GlobalNetworkPolicy"))
    spec: Json = {"selector": selector(dice)}
    if dice.random() < 0.8:
        spec["order"] = dice.choice((10, 20, 500, 1500)) + number
    if tiers and dice.random() < 0.6:
        spec["tier"] = dice.choice(tiers)
    if dice.random() < 0.6:
        spec["types"] = dice.choice((["Ingress"], ["Egress"], ["Ingress", "Egress"]))
    if kind == "GlobalNetworkPolicy" and dice.random() < 0.3:
        spec["namespaceSelector"] = selector(dice)
    for section, side in (("ingress", "source"), ("egress", "destination")):
        if dice.random() < 0.7:
            spec[section] = [_rule(dice, side) for _ in range(dice.randint(0, 3))]
    made = _object(kind, f"cp{number}", spec)
    if kind == "NetworkPolicy":
        made["metadata"]["namespace"] = dice.choice(namespaces)
    return made


def selector(dice: random.Random, depth: int = 0) -> str:
    """An expression of the forms that Calico documents."""
    key, value = dice.choice(KEYS), dice.choice(VALUES)
    forms = (
        "all()",
        f"{key} == '{value}'",
        f"{key} != '{value}'",
        f"has({key})",
        f"!has({key})",
        f"{key} in {{'{value}', '{dice.choice(VALUES)}'}}",
        f"{key} not in {{'{value}', '{dice.choice(VALUES)}'}}",
    )
    if depth < 2 and dice.random() < 0.35:
        one, other = selector(dice, depth + 1), selector(dice, depth + 1)
        joined = f"({one}) {dice.choice(('&&', '||'))} ({other})"
        return f"!({joined})" if dice.random() < 0.2 else joined
    return dice.choice(forms)


def _rule(dice: random.Random, side: str) -> Json:
    rule: Json = {"action": dice.choice(("Allow", "Allow", "Deny", "Pass", "Log"))}
    if dice.random() < 0.75:
        rule[side] = _entity(dice)
    if dice.random() < 0.6:
        protocol = dice.choice(PROTOCOLS)
        rule["protocol"] = protocol
        if dice.random() < 0.7:
            ports = [_port(dice) for _ in range(dice.randint(1, 2))]
            held = rule.setdefault("destination", {})
            held["ports" if dice.random() < 0.8 else "notPorts"] = ports
            if "notPorts" in held:
                held["notPorts"] = [each for each in ports if each not in NAMES] or [80]
    elif dice.random() < 0.2:
        rule["notProtocol"] = dice.choice(PROTOCOLS)
    return rule


def _port(dice: random.Random) -> int | str:
    number = dice.choice(PORTS)
    return dice.choice((number, f"{number}:{number + 300}", dice.choice(NAMES)))


def _entity(dice: random.Random) -> Json:
    found: Json = {}
    if dice.random() < 0.4:
        found["nets"] = dice.sample(BLOCKS, dice.randint(1, 2))
    if dice.random() < 0.25:
        found["notNets"] = dice.sample(BLOCKS, 1)
    if dice.random() < 0.5:
        found["selector"] = selector(dice)
    if dice.random() < 0.15:
        found["notSelector"] = selector(dice)
    if dice.random() < 0.3:
        around = dice.choice(("all()", "global()", selector(dice), "projectcalico.org/name == 'n0'"))
        found["namespaceSelector"] = around
    return found
