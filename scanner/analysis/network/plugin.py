"""What the cluster's network plugin does with policies, as far as the scan tells.

Network policies are carried out by the plugin (CNI), and plugins differ: flannel ignores them; whether an ipBlock
matches the addresses of pods is left open by Kubernetes (Calico matches, Cilium does not).
Sources: Kubernetes documentation, "Network Policies" and "Network Plugins"; Cilium documentation, "Layer 3
Examples, IP/CIDR based"; Calico documentation, "Global network policy".
"""

from __future__ import annotations

from typing import NamedTuple

from scanner.analysis.network.endpoints import Endpoints
from scanner.model.value import Unknown

ASSUMED = "the network plugin of the cluster carries out network policies"


class Plugin(NamedTuple):
    """`enforces` is None where nothing in the scan says anything (it is then assumed, and the answer says so),
    Unknown where something says so without being decided; `blocks_match_pods` is None where nobody knows."""

    name: str = ""
    enforces: bool | Unknown | None = None
    blocks_match_pods: bool | None = None


# By a part of an image's name: the plugin, whether it carries out policies, whether an ipBlock matches pods.
_IMAGES = (
    ("cilium/cilium", Plugin("Cilium", enforces=True, blocks_match_pods=False)),
    ("calico/node", Plugin("Calico", enforces=True, blocks_match_pods=True)),
    ("calico-node", Plugin("Calico", enforces=True, blocks_match_pods=True)),
    ("antrea/antrea", Plugin("Antrea", enforces=True, blocks_match_pods=True)),
    ("cloudnativelabs/kube-router", Plugin("kube-router", enforces=True, blocks_match_pods=True)),
    ("weaveworks/weave-npc", Plugin("Weave Net", enforces=True)),
    ("amazon-network-policy-controller", Plugin("Amazon VPC CNI", enforces=True, blocks_match_pods=True)),
    ("aws-network-policy-agent", Plugin("Amazon VPC CNI", enforces=True, blocks_match_pods=True)),
    ("flannel", Plugin("flannel", enforces=False)),
)
_STAGES = {"cilium": Plugin("Cilium", enforces=True, blocks_match_pods=False)}
_CALICO = Plugin("Calico", enforces=True, blocks_match_pods=True)


def plugin(endpoints: Endpoints, declared: str = "") -> Plugin:
    """The plugin: as declared by configuration, as one of the workloads runs it, as the cluster says, or as the
    dialect of the policies gives away. A plugin that enforces stands beside one that does not (Calico for policies
    over flannel)."""
    if declared:
        return _DECLARED.get(declared.lower(), Plugin(declared))
    found = [*(each for _, each in carriers(endpoints)), *_spoken(endpoints)]
    enforcing = next((each for each in found if each.enforces), None)
    if enforcing is not None:
        return enforcing
    return found[0] if found else _of_cluster(endpoints)


_DECLARED = {
    **{each.name.lower(): each for _, each in _IMAGES},
    "none": Plugin("none", enforces=False),
    "ovn-kubernetes": Plugin("OVN-Kubernetes", enforces=True, blocks_match_pods=True),
    "vpc-cni": Plugin("Amazon VPC CNI", enforces=True, blocks_match_pods=True),
}


def carriers(endpoints: Endpoints) -> list[tuple[int, Plugin]]:
    """The workloads in the network of their machines that run a plugin which is known."""
    graph = endpoints.graph
    found: dict[int, Plugin] = {}
    for each in endpoints.classes:
        for index in each.members if each.traits.host_network is True else ():
            for container in graph.targets("contains", index):
                image = graph.peek(container, "image")
                for part, known in _IMAGES:
                    if isinstance(image, str) and part in image:
                        found.setdefault(index, known)
    return list(found.items())


def _spoken(endpoints: Endpoints) -> list[Plugin]:
    """What dialects of policies give away: nobody writes Cilium's policies for another plugin."""
    graph = endpoints.graph
    found = []
    for index in endpoints.nodes("network_policy"):
        stage = graph.peek(index, "stage")
        if isinstance(stage, str) and stage in _STAGES:
            found.append(_STAGES[stage])
        elif "calico" in str(graph.peek(index, "type")):
            found.append(_CALICO)
    return found[:1]


def _of_cluster(endpoints: Endpoints) -> Plugin:
    """What the one cluster of the scan says of itself, where the scan has one that runs Kubernetes."""
    graph = endpoints.graph
    said = [
        value
        for index in graph.nodes("cluster")
        if graph.peek(index, "flavour") == "kubernetes"
        and (value := graph.peek(index, "network_policy")) is not None
    ]
    if len(said) != 1:
        return Plugin()
    value = said[0]
    return Plugin(enforces=value if isinstance(value, (bool, Unknown)) else None)
