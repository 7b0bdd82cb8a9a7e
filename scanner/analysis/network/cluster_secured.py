"""What secures a flow between pods: the policies that admit it by name, and the mesh that encrypts it.

Istio documentation, "PeerAuthentication": STRICT takes mutual TLS only, PERMISSIVE (the default inside the mesh)
plain text too; the policy of a workload counts before that of its namespace, and that before the mesh's. Whether
the network plugin encrypts between machines is not worked out.
"""

from __future__ import annotations

from typing import Any

from scanner.analysis.network.kubernetes import Network
from scanner.analysis.network.mesh import ROOT
from scanner.analysis.network.secured import ENCRYPTED, OPTIONAL, UNKNOWN
from scanner.analysis.network.stages import NONE, Action, Bits, verdicts
from scanner.model.value import Unknown, Value

_MODES = {"strict": ENCRYPTED, "permissive": OPTIONAL}


class ClusterSecured:
    """Told of one cluster, once for each pair of classes."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.graph = network.endpoints.graph
        self._modes = list(self._authentication())
        self._known: dict[tuple[int, int], dict[str, Any]] = {}

    def of(self, source: int, destination: int) -> dict[str, Any]:
        """As `secured.secured_by`: {"network", "policy", "transport"}."""
        key = (source, destination)
        if key not in self._known:
            self._known[key] = {
                "network": UNKNOWN,
                "policy": self._policies(source, destination),
                "transport": self._transport(destination),
            }
        return self._known[key]

    def _policies(self, source: int, destination: int) -> list[str]:
        """The policies with a rule that admits it: at the destination, in the mesh, at the source."""
        network = self.network
        asked = [(network.inward, destination, source), (network.outward, source, destination)]
        if network.meshed is not None:
            asked.insert(1, (network.meshed, destination, source))
        found: dict[str, None] = {}
        for filter, subject, peer in asked if network.policies or network.meshed is not None else ():
            for rule, _, _, _ in verdicts(filter.stages, subject, peer):
                if rule.action is Action.ALLOW and rule.policy >= 0 and rule.position >= 0:
                    found.setdefault(str(self.graph.addresses[rule.policy]))
        return list(found)

    def _transport(self, destination: int) -> str:
        inside = self.network.inside
        if not inside.sure >> destination & 1:
            return UNKNOWN
        for subjects, mode in self._modes:
            if subjects.maybe >> destination & 1:
                certain = subjects.sure >> destination & 1 and not isinstance(mode, Unknown)
                return _MODES.get(str(mode), UNKNOWN) if certain else UNKNOWN
        return OPTIONAL

    def _authentication(self) -> list[tuple[Bits, Value]]:
        """Who is asked for mutual TLS, the narrowest policies first."""
        found = []
        endpoints = self.network.endpoints
        for index in endpoints.nodes("mesh_policy"):
            mode = self.graph.peek(index, "mtls")
            if not isinstance(mode, Unknown) and mode is None:
                continue
            selectors, region = self.graph.peek(index, "selector"), self.graph.peek(index, "region")
            wide = isinstance(region, str) and region == ROOT
            everyone = Bits(endpoints.everything, endpoints.everything)
            around = everyone if wide else endpoints.beside(endpoints.place_of(index))
            narrow = not isinstance(selectors, Unknown) and any(any(each.values()) for each in selectors)
            chosen = NONE if not isinstance(selectors, Unknown) else Bits(0, around.maybe)
            for each in selectors if not isinstance(selectors, Unknown) else ():
                chosen = chosen.either(endpoints.labelled(each).both(around))
            found.append((0 if narrow else 2 if wide else 1, chosen, mode))
        return [(chosen, mode) for _, chosen, mode in sorted(found, key=lambda each: each[0])]
