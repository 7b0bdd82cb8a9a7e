"""A second evaluator: pairs x rules, one connection at a time, straight from the documents; no sets, no classes.

Sources: Kubernetes documentation, "Network Policies" and the API reference of NetworkPolicy v1; SIG Network,
"AdminNetworkPolicy" API reference (v1alpha1) and its "API overview": admin policies by ascending priority, rules
in order, Allow and Deny final, Pass skips to network policies; these decide for the pods that they isolate; else
the baseline policy; else allowed. It shares no code with the engine.
"""

from __future__ import annotations

import ipaddress
from typing import Any, NamedTuple

Json = dict[str, Any]


class Packet(NamedTuple):
    """One new connection between a pod, or an address, and another."""

    source: Json | str
    destination: Json | str
    protocol: str
    port: int


class Cluster(NamedTuple):
    """What is there. `blocks_match_pods` is the plugin's answer to whether an ipBlock means pods; `nodes` are the
    labels of whatever has a private address outside of the pods: a node that may carry any."""

    namespaces: dict[str, dict[str, str]]
    policies: list[Json]
    blocks_match_pods: bool
    nodes: dict[str, str] = {}  # noqa: RUF012 - a default that nobody writes to


def allowed(cluster: Cluster, packet: Packet) -> bool:
    """Whether the connection is let through: by its source's policies and by its destination's."""
    leaves = isinstance(packet.source, str) or _passes(cluster, packet, "egress")
    return leaves and (isinstance(packet.destination, str) or _passes(cluster, packet, "ingress"))


def _passes(cluster: Cluster, packet: Packet, way: str) -> bool:
    subject = packet.destination if way == "ingress" else packet.source
    peer = packet.source if way == "ingress" else packet.destination
    assert not isinstance(subject, str)
    word = _admin(cluster, _of(cluster, "AdminNetworkPolicy"), subject, peer, packet, way)
    if word != "Pass":
        return word == "Allow"
    isolating = [each for each in _of(cluster, "NetworkPolicy") if way in _types(each) and _is_for(each, subject)]
    if isolating:
        return any(
            _rule(cluster, policy, rule, peer, packet, way)
            for policy in isolating
            for rule in policy["spec"].get(way) or []
        )
    word = _admin(cluster, _of(cluster, "BaselineAdminNetworkPolicy"), subject, peer, packet, way)
    return word != "Deny"


def _of(cluster: Cluster, kind: str) -> list[Json]:
    return [each for each in cluster.policies if each["kind"] == kind]


# NetworkPolicy


def _types(policy: Json) -> list[str]:
    types = policy["spec"].get("policyTypes")
    if types is None:
        return ["ingress", "egress"] if policy["spec"].get("egress") else ["ingress"]
    return [each.lower() for each in types]


def _is_for(policy: Json, pod: Json) -> bool:
    same = policy["metadata"]["namespace"] == pod["metadata"]["namespace"]
    return same and _matches(policy["spec"]["podSelector"], _labels(pod))


def _rule(cluster: Cluster, policy: Json, rule: Json, peer: Json | str, packet: Packet, way: str) -> bool:
    peers = rule.get("from" if way == "ingress" else "to")
    if peers and not any(_peer(cluster, policy, each, peer) for each in peers):
        return False
    ports = rule.get("ports")
    return not ports or any(_port(each, packet) for each in ports)


def _peer(cluster: Cluster, policy: Json, wanted: Json, peer: Json | str) -> bool:
    block = wanted.get("ipBlock")
    if block is not None:
        if not isinstance(peer, str) and not cluster.blocks_match_pods:
            return False
        address = ipaddress.ip_address(peer if isinstance(peer, str) else peer["status"]["podIP"])
        inside = address in ipaddress.ip_network(block["cidr"])
        return inside and not any(address in ipaddress.ip_network(each) for each in block.get("except") or [])
    if isinstance(peer, str):
        return False
    namespace = peer["metadata"]["namespace"]
    if wanted.get("namespaceSelector") is None:
        if namespace != policy["metadata"]["namespace"]:
            return False
    elif not _matches(wanted["namespaceSelector"], cluster.namespaces[namespace]):
        return False
    return wanted.get("podSelector") is None or _matches(wanted["podSelector"], _labels(peer))


def _port(wanted: Json, packet: Packet) -> bool:
    if wanted.get("protocol", "TCP") != packet.protocol:
        return False
    port = wanted.get("port")
    if port is None:
        return True
    if isinstance(port, str):
        return packet.port in _named(packet, port, packet.protocol)
    return port <= packet.port <= wanted.get("endPort", port)


def _named(packet: Packet, name: str, protocol: str) -> list[int]:
    """The numbers of a named port at the destination."""
    if isinstance(packet.destination, str):
        return []
    return [
        port["containerPort"]
        for container in packet.destination["spec"]["containers"]
        for port in container.get("ports") or []
        if port.get("name") == name and port.get("protocol", "TCP") == protocol
    ]


# AdminNetworkPolicy, BaselineAdminNetworkPolicy


def _admin(
    cluster: Cluster, policies: list[Json], subject: Json, peer: Json | str, packet: Packet, way: str
) -> str:
    """The word of the first rule that matches; Pass where none does."""
    for policy in sorted(policies, key=lambda each: each["spec"].get("priority", 0)):
        if not _is_subject(cluster, policy["spec"]["subject"], subject):
            continue
        for rule in policy["spec"].get(way) or []:
            peers = rule["from" if way == "ingress" else "to"]
            if not any(_admin_peer(cluster, each, peer) for each in peers):
                continue
            ports = rule.get("ports")
            if not ports or any(_admin_port(each, packet) for each in ports):
                return str(rule["action"])
    return "Pass"


def _is_subject(cluster: Cluster, subject: Json, pod: Json) -> bool:
    labels = cluster.namespaces[pod["metadata"]["namespace"]]
    if "namespaces" in subject:
        return _matches(subject["namespaces"], labels)
    pods = subject["pods"]
    return _matches(pods["namespaceSelector"], labels) and _matches(pods["podSelector"], _labels(pod))


def _admin_peer(cluster: Cluster, wanted: Json, peer: Json | str) -> bool:
    if "networks" in wanted:
        address = ipaddress.ip_address(peer if isinstance(peer, str) else peer["status"]["podIP"])
        return any(address in ipaddress.ip_network(each) for each in wanted["networks"])
    if "nodes" in wanted:
        return (
            isinstance(peer, str)
            and ipaddress.ip_address(peer).is_private
            and _matches(wanted["nodes"], cluster.nodes)
        )
    return not isinstance(peer, str) and _is_subject(cluster, wanted, peer)


def _admin_port(wanted: Json, packet: Packet) -> bool:
    if "portNumber" in wanted:
        number = wanted["portNumber"]
        return bool(number["protocol"] == packet.protocol and number["port"] == packet.port)
    if "portRange" in wanted:
        span = wanted["portRange"]
        return bool(span["protocol"] == packet.protocol and span["start"] <= packet.port <= span["end"])
    return packet.port in _named(packet, wanted["namedPort"], packet.protocol)


# selectors


def _labels(pod: Json) -> dict[str, str]:
    return pod["metadata"].get("labels") or {}


def _matches(selector: Json, labels: dict[str, str]) -> bool:
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    for each in selector.get("matchExpressions") or []:
        key, values = each["key"], each.get("values") or []
        met = {
            "In": key in labels and labels[key] in values,
            "NotIn": key not in labels or labels[key] not in values,
            "Exists": key in labels,
            "DoesNotExist": key not in labels,
        }[each["operator"]]
        if not met:
            return False
    return True
