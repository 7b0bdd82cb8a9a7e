"""A second evaluator of Calico's policies: tiers x policies x rules, one connection at a time.

Sources: Calico documentation, "Network policy" and "Global network policy" (types, rules, entity rules,
selectors), "Tier" (order, default action), "Network set". Tiers come by order, in each the policies that
select the endpoint by order and name, their rules in turn: Allow and Deny decide, Pass goes on with the next
tier, Log with the next rule. Where policies of a tier select the endpoint and no rule decides, the tier's
default action does. What no tier decides, the profile of a namespace of Kubernetes allows. Kubernetes' own
policies are of the tier `default`, at order 1000. It shares no code with the engine.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from tests.analysis.network.naive import Cluster, Json, Packet, _is_for, _labels, _named, _rule, _types

_LAST = 10**9
_EVERYTHING = ("TCP", "UDP", "SCTP")


def allowed(cluster: Cluster, objects: list[Json], packet: Packet) -> bool:
    """Whether a connection is let through by both ends' policies."""
    leaves = isinstance(packet.source, str) or _passes(cluster, objects, packet, "egress")
    return leaves and (isinstance(packet.destination, str) or _passes(cluster, objects, packet, "ingress"))


def _passes(cluster: Cluster, objects: list[Json], packet: Packet, way: str) -> bool:
    pod = packet.destination if way == "ingress" else packet.source
    assert not isinstance(pod, str)
    for tier in sorted(_tiers(objects), key=lambda each: each["spec"]["order"]):
        own = [each for each in objects if _tier(each) == tier["metadata"]["name"]]
        selecting = [each for each in own if _selects(cluster, each, pod, way)]
        word = ""
        for policy in sorted(selecting, key=_turn):
            word = word or _word(cluster, objects, policy, packet, way)
        if not word and selecting:
            word = tier["spec"].get("defaultAction", "Deny")
        if word in ("Allow", "Deny"):
            return word == "Allow"
    return True


def _tiers(objects: list[Json]) -> list[Json]:
    default = {"metadata": {"name": "default"}, "spec": {"order": 1_000_000}}
    return [default, *(each for each in objects if each["kind"] == "Tier")]


def _tier(policy: Json) -> str | None:
    if policy["apiVersion"].startswith("networking.k8s.io"):
        return "default"
    return policy["spec"].get("tier", "default") if policy["kind"].endswith("NetworkPolicy") else None


def _turn(policy: Json) -> tuple[float, str]:
    order = 1000 if policy["apiVersion"].startswith("networking.k8s.io") else policy["spec"].get("order", _LAST)
    return order, f"{policy['metadata'].get('namespace', '')}/{policy['metadata']['name']}"


def _selects(cluster: Cluster, policy: Json, pod: Json, way: str) -> bool:
    if policy["apiVersion"].startswith("networking.k8s.io"):
        return way in _types(policy) and _is_for(policy, pod)
    spec = policy["spec"]
    types = spec.get("types") or [name for name in ("Ingress", "Egress") if spec.get(name.lower())] or ["Ingress"]
    if way.capitalize() not in types:
        return False
    namespace = pod["metadata"]["namespace"]
    if policy["kind"] == "NetworkPolicy" and policy["metadata"]["namespace"] != namespace:
        return False
    if "namespaceSelector" in spec and not _met(spec["namespaceSelector"], _around(cluster, namespace)):
        return False
    return _met(spec.get("selector", "all()"), _labels(pod))


def _word(cluster: Cluster, objects: list[Json], policy: Json, packet: Packet, way: str) -> str:
    """The word of the first rule of a policy that decides; "" where none does."""
    peer = packet.source if way == "ingress" else packet.destination
    if policy["apiVersion"].startswith("networking.k8s.io"):
        rules = policy["spec"].get(way) or []
        return "Allow" if any(_rule(cluster, policy, rule, peer, packet, way) for rule in rules) else ""
    for rule in policy["spec"].get(way) or []:
        side = "source" if way == "ingress" else "destination"
        if rule["action"] == "Log" or not _fits(rule, packet):
            continue
        if _is_peer(cluster, objects, policy, rule.get(side) or {}, peer):
            return str(rule["action"])
    return ""


def _fits(rule: Json, packet: Packet) -> bool:
    """Whether protocol and ports of a rule are those of a packet."""
    if "protocol" in rule and rule["protocol"].upper() != packet.protocol:
        return False
    if "notProtocol" in rule and rule["notProtocol"].upper() == packet.protocol:
        return False
    destination = rule.get("destination") or {}
    if destination.get("ports") and not any(_port(each, packet) for each in destination["ports"]):
        return False
    return not any(_port(each, packet) for each in destination.get("notPorts") or [])


def _port(wanted: int | str, packet: Packet) -> bool:
    if isinstance(wanted, int):
        return packet.port == wanted
    first, _, last = wanted.partition(":")
    if first.isdigit():
        return int(first) <= packet.port <= int(last or first)
    return packet.port in _named(packet, wanted, packet.protocol)


def _is_peer(cluster: Cluster, objects: list[Json], policy: Json, wanted: Json, peer: Json | str) -> bool:
    """All that an entity rule says must hold of the peer at once."""
    address = ipaddress.ip_address(peer if isinstance(peer, str) else peer["status"]["podIP"])
    if wanted.get("nets") and not any(address in ipaddress.ip_network(each) for each in wanted["nets"]):
        return False
    if any(address in ipaddress.ip_network(each) for each in wanted.get("notNets") or []):
        return False
    if not any(wanted.get(key) for key in ("selector", "notSelector", "namespaceSelector")):
        return True
    if not isinstance(peer, str):
        return _labelled(cluster, policy, wanted, _labels(peer), peer["metadata"]["namespace"])
    return any(
        any(address in ipaddress.ip_network(net) for net in each["spec"]["nets"])
        and _labelled(cluster, policy, wanted, _labels(each), each["metadata"].get("namespace"))
        for each in objects
        if each["kind"].endswith("NetworkSet")
    )


def _around(cluster: Cluster, namespace: str) -> dict[str, str]:
    """The labels of a namespace, with the one that Calico adds."""
    return {**cluster.namespaces[namespace], "projectcalico.org/name": namespace}


def _labelled(cluster: Cluster, policy: Json, wanted: Json, labels: dict[str, str], namespace: str | None) -> bool:
    around = wanted.get("namespaceSelector")
    if around == "global()":
        if namespace is not None:
            return False
    elif around:
        if namespace is None or not _met(around, _around(cluster, namespace)):
            return False
    elif policy["kind"] == "NetworkPolicy" and namespace != policy["metadata"]["namespace"]:
        return False
    held = {**labels, "projectcalico.org/namespace": namespace} if namespace else labels
    if wanted.get("selector") and not _met(wanted["selector"], held):
        return False
    return not (wanted.get("notSelector") and _met(wanted["notSelector"], held))


def _met(selector: str, labels: dict[str, Any]) -> bool:
    """An expression, by turning it into one of Python over the labels: the dice only roll the forms below."""
    text = selector.strip()
    for sign, word in (("||", " or "), ("&&", " and ")):
        text = text.replace(sign, word)
    scope = {"all": lambda: True, "has": lambda key: key in labels, "of": labels.get}
    return bool(eval(_as_python(text), {"__builtins__": {}}, scope))


def _as_python(text: str) -> str:
    import re

    text = re.sub(r"!\s*(?=[a-z(])", "not ", text)
    text = re.sub(r"has\(([\w./-]+)\)", r"has('\1')", text)
    text = re.sub(r"([\w./-]+)\s+not in\s*\{([^}]*)\}", r"of('\1') not in (\2,)", text)
    text = re.sub(r"([\w./-]+)\s+in\s*\{([^}]*)\}", r"of('\1') in (\2,)", text)
    text = re.sub(r"([\w./-]+)\s+starts with\s*'([^']*)'", r"str(of('\1')).startswith('\2')", text)
    return re.sub(r"([\w./-]+)\s*(==|!=)\s*'([^']*)'", r"of('\1') \2 '\3'", text)
