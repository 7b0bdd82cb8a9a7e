"""Network policies of every dialect: what they select, which directions they isolate, what they let through.

A rule is {"direction", "action", "peers", "ports", "condition"}; no peers or ports means all of them, and the
condition is what it asks beyond addresses and ports (null: nothing). A peer is one of {"pods": SELECTOR,
"namespaces": SELECTOR or null for the policy's own namespace}, {"cidr", "except"}, {"entity"}, {"name"},
{"unknown": words}; a port is {"protocol", "port", "end_port"}, protocol "any" for all of them, port null for all,
a text for a name. A SELECTOR is {"labels", "expressions"}.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.extract import NONE, text, whole
from scanner.mapping.kubernetes import calico, cilium
from scanner.mapping.kubernetes.names import sloppy
from scanner.mapping.kubernetes.reading import IN_NAMESPACE, OUTSIDE, mapping, row, selected, sequence, texts
from scanner.mapping.kubernetes.refused import faults
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Fixed, Join, Row, Table
from scanner.model.value import Undetermined, Unknown, Value

_SIDES = (("in", "ingress", "from"), ("out", "egress", "to"))


def _accepted(reader: Reader) -> None:
    """Raises Undetermined for a policy that the API server would refuse: whether an older one stands in its place
    is not known."""
    for path, message, unreadable in faults(reader.resource):
        told = message if unreadable else f"{path}: {message}"
        raise Undetermined(Unknown(f"the API server refuses this policy: {told}", OUTSIDE))


# networking.k8s.io


def _directions(reader: Reader) -> Value:
    """policyTypes, or what the API server fills in: Ingress, and Egress where there are egress rules."""
    _accepted(reader)
    types = reader.get("spec.policyTypes")
    if types is not None:
        return [side for side, name, _ in _SIDES if name.capitalize() in texts(types)]
    return ["in", "out"] if sequence(reader.get("spec.egress")) else ["in"]


def _rules(reader: Reader) -> Value:
    _accepted(reader)
    found: list[Value] = []
    for side, section, peers in _SIDES:
        for inner in reader.blocks(f"spec.{section}"):
            rule = mapping(inner.value)
            reader.mark(len(found), inner)
            found.append(
                {
                    "direction": side,
                    "action": "allow",
                    "peers": [_peer(mapping(each)) for each in sequence(rule.get(peers))],
                    "ports": _ports(rule.get("ports")),
                    "condition": None,
                }
            )
    return found


def _peer(peer: dict[str, Value]) -> dict[str, Value]:
    block = mapping(peer.get("ipBlock"))
    if block:
        cidr = block.get("cidr")
        outside = [sloppy(each) for each in texts(block.get("except"))]
        return {"cidr": sloppy(cidr) if isinstance(cidr, str) else cidr, "except": outside}
    namespaces = peer.get("namespaceSelector")
    return {
        "pods": selected(peer.get("podSelector")),
        "namespaces": None if namespaces is None else selected(namespaces),
    }


def _ports(value: Value) -> list[Value]:
    return [
        {
            "protocol": str(port.get("protocol") or "TCP").lower(),
            "port": port.get("port"),
            "end_port": port.get("endPort"),
        }
        for item in sequence(value)
        if (port := mapping(item)) is not None
    ]


def _selector(path: str) -> Extract:
    def extract(reader: Reader) -> Value:
        return [selected(reader.get(path))]

    return extract


def _selects_all(path: str) -> Extract:
    """Whether a selector is empty: it then selects every pod of its namespace."""

    def extract(reader: Reader) -> Value:
        selector = selected(reader.get(path))
        return not selector["labels"] and not selector["expressions"]

    return extract


# policy.networking.k8s.io: for whole clusters, before and after the namespaces' own


def _subject(reader: Reader) -> Value:
    subject = mapping(reader.get("spec.subject"))
    pods = mapping(subject.get("pods"))
    if pods:
        return [
            {
                **selected(pods.get("podSelector")),
                "namespaces": selected(pods.get("namespaceSelector")),
            }
        ]
    return [{"labels": {}, "expressions": [], "namespaces": selected(subject.get("namespaces"))}]


def _admin_directions(reader: Reader) -> Value:
    return [side for side, section, _ in _SIDES if sequence(reader.get(f"spec.{section}"))]


# What the newer ClusterNetworkPolicy calls it.
_ACTIONS = {"accept": "allow"}


def _admin_rules(reader: Reader) -> Value:
    _accepted(reader)
    found: list[Value] = []
    for side, section, peers in _SIDES:
        for inner in reader.blocks(f"spec.{section}"):
            rule = mapping(inner.value)
            reader.mark(len(found), inner)
            action = str(rule.get("action") or "Allow").lower()
            found.append(
                {
                    "direction": side,
                    "action": _ACTIONS.get(action, action),
                    "peers": [peer for each in sequence(rule.get(peers)) for peer in _admin_peers(mapping(each))],
                    "ports": [
                        *(_admin_port(mapping(each)) for each in sequence(rule.get("ports"))),
                        *(_cluster_port(mapping(each)) for each in sequence(rule.get("protocols"))),
                    ],
                    "condition": None,
                }
            )
    return found


def _admin_peers(peer: dict[str, Value]) -> Iterator[Value]:
    if "networks" in peer:
        yield from ({"cidr": each, "except": []} for each in texts(peer.get("networks")))
    elif "domainNames" in peer:
        yield from ({"name": each} for each in texts(peer.get("domainNames")))
    elif "nodes" in peer:
        yield {"entity": "nodes"}
    else:
        yield _admin_peer(peer)


def _admin_peer(peer: dict[str, Value]) -> dict[str, Value]:
    pods = mapping(peer.get("pods"))
    if pods:
        return {
            "pods": selected(pods.get("podSelector")),
            "namespaces": selected(pods.get("namespaceSelector")),
        }
    if "namespaces" in peer:
        return {"pods": selected({}), "namespaces": selected(peer.get("namespaces"))}
    return {"unknown": next(iter(peer), "nothing")}


def _admin_port(port: dict[str, Value]) -> dict[str, Value]:
    """A port by number, range or name; a name stands for any protocol."""
    if "namedPort" in port:
        return {"protocol": "any", "port": port.get("namedPort"), "end_port": None}
    number, span = mapping(port.get("portNumber")), mapping(port.get("portRange"))
    held = number or span
    return {
        "protocol": str(held.get("protocol") or "TCP").lower(),
        "port": held.get("port") or held.get("start"),
        "end_port": held.get("end"),
    }


def _cluster_port(port: dict[str, Value]) -> dict[str, Value]:
    """A port of a ClusterNetworkPolicy: {"tcp": {"destinationPort": {"number" | "range"}}}, or a name."""
    if "destinationNamedPort" in port:
        return {"protocol": "any", "port": port["destinationNamedPort"], "end_port": None}
    protocol = next(iter(port), "tcp")
    held = mapping(mapping(port.get(protocol)).get("destinationPort"))
    span = mapping(held.get("range"))
    return {
        "protocol": protocol.lower(),
        "port": held.get("number") or span.get("start"),
        "end_port": span.get("end"),
    }


# projectcalico.org


def _calico_directions(reader: Reader) -> Value:
    if reader.get("spec.preDNAT") is True or reader.get("spec.doNotTrack") is True:
        return []  # for host endpoints only (Calico documentation, "Global network policy")
    types = reader.get("spec.types")
    if types is not None:
        return [side for side, name, _ in _SIDES if name.capitalize() in texts(types)]
    present = [side for side, section, _ in _SIDES if sequence(reader.get(f"spec.{section}"))]
    return present or ["in"]


def _empty(extract: Extract) -> Extract:
    """Whether what an extractor of selectors gives is one selector that asks for nothing."""

    def decide(reader: Reader) -> Value:
        found = extract(reader)
        return len(found) == 1 and not any(found[0].values())

    return decide


_WITHIN = {"in_namespace": IN_NAMESPACE}


def _of(attributes: dict[str, Any], *, cluster_wide: bool = False) -> Row:
    """The row of a dialect: the policies of whole clusters stand in no namespace."""
    told = {"hosts": NONE, **attributes, "cluster_wide": Fixed(cluster_wide)}
    return row("network_policy", told, {} if cluster_wide else _WITHIN)


_CILIUM: dict[str, Any] = {
    "directions": cilium.directions,
    "rules": cilium.rules,
    "selects_all": _empty(cilium.selector),
    "selector": cilium.selector,
    "stage": Fixed("cilium"),
    "order": NONE,
}
_CALICO: dict[str, Any] = {
    "directions": _calico_directions,
    "rules": calico.rules,
    "selects_all": _empty(calico.selector),
    "selector": calico.selector,
    "stage": text("spec.tier", "default"),
    "order": lambda reader: whole(reader.get("spec.order")),
}


def _hosts(reader: Reader) -> Value:
    """What a policy filters of machines beside their own traffic (Calico documentation, "Global network policy":
    preDNAT, doNotTrack, applyOnForward)."""
    named = {"preDNAT": "before", "doNotTrack": "untracked", "applyOnForward": "forwarded"}
    return next((word for name, word in named.items() if reader.get(f"spec.{name}") is True), None)


_CALICO_GLOBAL = {**_CALICO, "hosts": _hosts}


def _admin(stage: str | Extract) -> Row:
    return _of(
        {
            "directions": _admin_directions,
            "rules": _admin_rules,
            "selects_all": lambda reader: all(
                not each["labels"] and not each["expressions"] and not any(each["namespaces"].values())
                for each in _subject(reader)
            ),
            "selector": _subject,
            "stage": Fixed(stage) if isinstance(stage, str) else stage,
            "order": lambda reader: whole(reader.get("spec.priority")),
        },
        cluster_wide=True,
    )


_STAGE = row(
    "policy_stage",
    {
        "order": lambda reader: whole(reader.get("spec.order")),
        "otherwise": lambda reader: str(reader.get("spec.defaultAction", "Deny")).lower(),
    },
)
_HOST_ENDPOINT = row(
    "host_endpoint",
    {
        "interface": text("spec.interfaceName"),
        "addresses": lambda reader: texts(reader.get("spec.expectedIPs")),
    },
)
_OWN_GROUPS = row(
    "security_group_policy",
    {"selector": lambda reader: [selected(each)] if (each := reader.get("spec.podSelector")) is not None else []},
    {**_WITHIN, "uses": Join("spec.securityGroups.groupIds", ("security_group",))},
)
_SET = row("prefix_list", {"cidrs": lambda reader: texts(reader.get("spec.nets"))}, {})
_OWN = _of(
    {
        "directions": _directions,
        "rules": _rules,
        "selects_all": _selects_all("spec.podSelector"),
        "selector": _selector("spec.podSelector"),
        "stage": Fixed("default"),
        "order": Fixed(1000),  # where Calico asks them among its own; elsewhere nothing stands beside them
    }
)

TABLE: Table = {
    "networking.k8s.io/NetworkPolicy": _OWN,
    "extensions/NetworkPolicy": _OWN,
    "policy.networking.k8s.io/AdminNetworkPolicy": _admin("admin"),
    "policy.networking.k8s.io/BaselineAdminNetworkPolicy": _admin("baseline"),
    "policy.networking.k8s.io/ClusterNetworkPolicy": _admin(
        lambda reader: str(reader.get("spec.tier", "Admin")).lower()
    ),
    "cilium.io/CiliumNetworkPolicy": _of(_CILIUM),
    "cilium.io/CiliumClusterwideNetworkPolicy": _of(_CILIUM, cluster_wide=True),
    "projectcalico.org/NetworkPolicy": _of(_CALICO),
    "projectcalico.org/GlobalNetworkPolicy": _of(_CALICO_GLOBAL, cluster_wide=True),
    "crd.projectcalico.org/NetworkPolicy": _of(_CALICO),
    "crd.projectcalico.org/GlobalNetworkPolicy": _of(_CALICO_GLOBAL, cluster_wide=True),
    **dict.fromkeys(
        (
            f"{group}projectcalico.org/{kind}"
            for group in ("", "crd.")
            for kind in ("NetworkSet", "GlobalNetworkSet")
        ),
        _SET,
    ),
    "projectcalico.org/HostEndpoint": _HOST_ENDPOINT,
    "crd.projectcalico.org/HostEndpoint": _HOST_ENDPOINT,
    "vpcresources.k8s.aws/SecurityGroupPolicy": _OWN_GROUPS,
    "projectcalico.org/Tier": _STAGE,
    "crd.projectcalico.org/Tier": _STAGE,
}
