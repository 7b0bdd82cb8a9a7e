"""A second evaluator of Cilium's policies: policies x rules, one connection at a time.

Sources: Cilium documentation, "Policy Enforcement Modes" (an endpoint is isolated in a direction by any rule for
it that selects it, unless enableDefaultDeny says otherwise), "Layer 3 Policy" (endpoints, entities, CIDR: an empty
list chooses nobody, a rule without peers means everybody, ranges mean no endpoint of the cluster, a namespaced
policy means its own namespace unless it names another), "Layer 4 Policy", "Layer 7 Policy" (what is asked of
requests lets the connection itself through), "Deny Policies" (before everything that allows). It shares no code
with the engine.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from tests.analysis.network.naive import Cluster, Json, Packet, _is_for, _labels, _matches, _named, _rule, _types

_NAMESPACE = "k8s:io.kubernetes.pod.namespace"


def allowed(cluster: Cluster, objects: list[Json], packet: Packet) -> bool:
    """Whether a connection is let through by both ends' policies."""
    leaves = isinstance(packet.source, str) or _passes(cluster, objects, packet, "egress")
    return leaves and (isinstance(packet.destination, str) or _passes(cluster, objects, packet, "ingress"))


def _passes(cluster: Cluster, objects: list[Json], packet: Packet, way: str) -> bool:
    pod = packet.destination if way == "ingress" else packet.source
    peer = packet.source if way == "ingress" else packet.destination
    assert not isinstance(pod, str)
    own = [each for each in objects if each["kind"].startswith("Cilium") and _selects(cluster, each, pod)]
    plain = [
        each
        for each in objects
        if each["apiVersion"].startswith("networking.k8s.io") and way in _types(each) and _is_for(each, pod)
    ]
    for policy in own:
        if any(_fits(cluster, policy, rule, peer, packet, way) for rule in policy["spec"].get(f"{way}Deny") or []):
            return False
    for policy in own:
        if any(_fits(cluster, policy, rule, peer, packet, way) for rule in policy["spec"].get(way) or []):
            return True
    if any(
        _rule(cluster, each, rule, peer, packet, way) for each in plain for rule in each["spec"].get(way) or []
    ):
        return True
    return not plain and not any(_isolates(each, way) for each in own)


def _selects(cluster: Cluster, policy: Json, pod: Json) -> bool:
    namespace = pod["metadata"]["namespace"]
    if policy["kind"] == "CiliumNetworkPolicy" and policy["metadata"]["namespace"] != namespace:
        return False
    return _matches(_plain(policy["spec"]["endpointSelector"]), _endpoint(cluster, pod))


def _isolates(policy: Json, way: str) -> bool:
    said = (policy["spec"].get("enableDefaultDeny") or {}).get(way)
    present = way in policy["spec"] or f"{way}Deny" in policy["spec"]
    return present if said is None else bool(said)


def _fits(cluster: Cluster, policy: Json, rule: Json, peer: Json | str, packet: Packet, way: str) -> bool:
    if not rule:
        return False  # an empty rule chooses nobody
    verb = "from" if way == "ingress" else "to"
    asked = [key for key in rule if key.startswith(verb) and key != "toPorts"]
    if asked and not any(_is_peer(cluster, policy, key.removeprefix(verb), rule[key], peer) for key in asked):
        return False
    ports = rule.get("toPorts")
    return not ports or any(_port(each, packet) for group in ports for each in group["ports"])


def _is_peer(cluster: Cluster, policy: Json, sort: str, listed: list[Any], peer: Json | str) -> bool:
    outside = isinstance(peer, str)
    if sort == "Entities":
        return any(
            each == "all" or ((each == "world") == outside and each in ("world", "cluster")) for each in listed
        )
    if sort == "CIDR":
        return isinstance(peer, str) and any(_within(peer, each) for each in listed)
    if sort == "CIDRSet":
        return isinstance(peer, str) and any(
            _within(peer, each["cidr"]) and not any(_within(peer, but) for but in each.get("except") or [])
            for each in listed
        )
    assert sort == "Endpoints"
    if isinstance(peer, str):
        return False
    return any(_chosen(cluster, policy, each, peer) for each in listed)


def _chosen(cluster: Cluster, policy: Json, selector: Json, peer: Json) -> bool:
    """A namespaced policy means pods beside it unless its selector says where they stand."""
    said = [
        *(selector.get("matchLabels") or {}),
        *(each["key"] for each in selector.get("matchExpressions") or []),
    ]
    named = any("io.kubernetes.pod.namespace" in key or "io.cilium.k8s.namespace.labels" in key for key in said)
    beside = peer["metadata"]["namespace"] == policy["metadata"].get("namespace")
    if policy["kind"] == "CiliumNetworkPolicy" and not named and not beside:
        return False
    return _matches(_plain(selector), _endpoint(cluster, peer))


def _endpoint(cluster: Cluster, pod: Json) -> dict[str, str]:
    """The labels of an endpoint: the pod's, where it stands, and those of its namespace."""
    namespace = pod["metadata"]["namespace"]
    around = {
        f"io.cilium.k8s.namespace.labels.{key}": value for key, value in cluster.namespaces[namespace].items()
    }
    return {**_labels(pod), **around, "io.kubernetes.pod.namespace": namespace}


def _plain(selector: Json) -> Json:
    """A selector without the sources of its keys."""
    return {
        "matchLabels": {_bare(key): value for key, value in (selector.get("matchLabels") or {}).items()},
        "matchExpressions": [
            {**each, "key": _bare(each["key"])} for each in selector.get("matchExpressions") or []
        ],
    }


def _bare(key: str) -> str:
    return key.removeprefix("k8s:").removeprefix("any:")


def _within(address: str, cidr: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(cidr)


def _port(wanted: Json, packet: Packet) -> bool:
    if wanted.get("protocol", "ANY") not in ("ANY", packet.protocol):
        return False
    port = wanted["port"]
    if not port.isdigit():
        return packet.port in _named(packet, port, packet.protocol)
    first = int(port)
    return first == 0 or first <= packet.port <= (wanted.get("endPort") or first)
