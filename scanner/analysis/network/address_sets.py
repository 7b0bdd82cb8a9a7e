"""Calico's sets of addresses, which its rules choose by label as they choose pods.

Source: Calico documentation, "Network set", "Global network set": a set of a namespace is meant by the policies of
that namespace and by selectors of it; a global one by policies of the whole cluster and by `global()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scanner.analysis.network.atoms import NOTHING, Ranges, union
from scanner.analysis.network.endpoints import Endpoints, Place
from scanner.analysis.network.labels import LabelBits
from scanner.analysis.network.stages import bits
from scanner.model.value import Unknown, Value

Block = Callable[[Mapping[str, Value]], Ranges]


class AddressSets:
    """The sets of one cluster."""

    def __init__(self, endpoints: Endpoints) -> None:
        self.endpoints = endpoints
        self.graph = endpoints.graph
        self.nodes = list(endpoints.nodes("prefix_list"))
        self._labels = LabelBits()
        for node in self.nodes:
            tags = self.graph.peek(node, "tags")
            labels = {key: str(each) for key, each in tags.items()} if isinstance(tags, dict) else tags
            self._labels.add(labels if isinstance(labels, (dict, Unknown)) else {})

    def meant(self, peer: Mapping[str, Value], policy: int, block: Block) -> tuple[Ranges, Ranges]:
        """The addresses that a peer of a policy surely means, and those that it may."""
        if not self.nodes:
            return NOTHING, NOTHING
        chosen = self._labels.select(peer["pods"])
        sure = maybe = NOTHING
        for number in bits(chosen.maybe):
            node = self.nodes[number]
            listed = self.graph.peek(node, "cidrs")
            if isinstance(listed, Unknown) or not self._stands(node, self.endpoints.place_of(node), peer, policy):
                continue
            held = union([NOTHING, *(block({"cidr": each, "except": []}) for each in listed)])
            maybe |= held
            sure |= held if chosen.sure >> number & 1 else NOTHING
        return sure, maybe

    def _stands(self, node: int, place: Place, peer: Mapping[str, Value], policy: int) -> bool:
        """Whether a set stands where a peer looks for it."""
        everywhere = str(self.graph.peek(node, "type")).endswith("GlobalNetworkSet")
        if peer["sets"] == "global":
            return everywhere
        if peer["sets"] == "own":
            if self.graph.peek(policy, "cluster_wide") is True:
                return True
            return not everywhere and place == self.endpoints.place_of(policy)
        if everywhere:
            return False
        labels, partial = self.endpoints.namespace_labels(place)
        held = LabelBits()
        held.add(labels, partial=partial)
        return bool(held.select(peer["namespaces"]).maybe)
