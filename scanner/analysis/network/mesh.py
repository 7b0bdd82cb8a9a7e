"""What a service mesh lets in: Istio's authorization policies as stages that are asked at the destination.

Source: Istio documentation, "Authorization Policy": CUSTOM first, then DENY, then ALLOW; where an ALLOW policy
selects a workload, what none of them matches is denied. They apply to TCP at servers inside the mesh. Callers
have an identity only where they are in the mesh too; without one no ALLOW by identity matches.
A condition on requests lets connections through at this level and is told as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.analysis.network.atoms import TCP
from scanner.analysis.network.policies import IN, Draft, Peers, Reading
from scanner.analysis.network.stages import NONE, Action, Bits
from scanner.model.value import Undetermined, Unknown, Value

ROOT = "istio-system"  # the root namespace, unless meshConfig names another
_INJECT = "sidecar.istio.io/inject"
_AMBIENT = ("istio.io/dataplane-mode", "ambient")


class Mesh:
    """The authorization policies of one cluster: drafts by stage, and whom the last stage isolates."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.endpoints = reading.endpoints
        self.graph = reading.graph
        self.inside = self._members()
        self.stages: list[list[Draft]] = [[], [], []]
        self.isolated: dict[int, Bits] = {}
        for index in self.endpoints.nodes("mesh_policy"):
            if str(self.graph.peek(index, "type")).endswith("istio.io/AuthorizationPolicy"):
                self._read(index)

    def drafts(self) -> list[Draft]:
        """Every rule, whatever its stage."""
        return [each for stage in self.stages for each in stage]

    def _members(self) -> Bits:
        """The classes inside the mesh: by their namespace, or by the pod's own word."""
        graph, wanted = self.graph, NONE
        for index in self.endpoints.nodes("namespace"):
            tags = graph.peek(index, "tags")
            ambient = isinstance(tags, dict) and tags.get(_AMBIENT[0]) == _AMBIENT[1]
            injected = graph.peek(index, "mesh_injected")
            named = {"labels": {"kubernetes.io/metadata.name": str(graph.peek(index, "name"))}, "expressions": []}
            here = self.endpoints.within(named).sure
            if ambient or injected is True:
                wanted = wanted.either(Bits(here, here))
            elif isinstance(injected, Unknown):
                wanted = wanted.either(Bits(0, here))
        manifest = {str(graph.peek(index, "name")) for index in self.endpoints.nodes("namespace")}
        unread = 0
        for number, each in enumerate(self.endpoints.classes):
            unread |= (each.traits.place.namespace not in manifest) << number
        asked = self.endpoints.labelled({"labels": {_INJECT: "true"}})
        refused = self.endpoints.labelled({"labels": {_INJECT: "false"}})
        return wanted.either(Bits(0, unread)).either(asked).without(refused)

    def _read(self, index: int) -> None:
        action = self.graph.peek(index, "action")
        subjects = self._subjects(index)
        rules = self.graph.peek(index, "rules")
        if action == "audit" or not subjects.maybe:
            return
        why = () if subjects.sure == subjects.maybe else ("whether it is part of the mesh is not known",)
        if isinstance(rules, Unknown) or isinstance(action, Unknown):
            unknown = rules if isinstance(rules, Unknown) else action
            self._may_deny(index, subjects, unknown.reason)
            return
        if action == "allow":
            self.isolated[index] = subjects
        for position, rule in enumerate(rules):
            own = Draft(
                IN, Action.ALLOW, TCP, subjects, Peers(), index, position, str(rule["condition"] or ""), why
            )
            self._rule(own, str(action), rule)

    def _may_deny(self, index: int, subjects: Bits, why: str) -> None:
        everyone = self.reading.everyone()
        own = Bits(0, subjects.maybe)
        self.stages[0].append(Draft(IN, Action.DENY, TCP, own, everyone.unsure(), index, -1, "", (why,)))

    def _rule(self, own: Draft, action: str, rule: Mapping[str, Value]) -> None:
        if action == "custom":
            self._may_deny(own.policy, own.subjects, "an authorizer outside decides")
            return
        if action == "deny" and own.condition:
            return  # it refuses requests, not connections
        try:
            peers = self._peers(rule["peers"], own.policy)
            drafts = list(self.reading.at_ports(own._replace(peers=peers), rule["ports"])) if rule["ports"] else [
                own._replace(peers=peers)
            ]  # fmt: skip
        except Undetermined as undetermined:
            self._may_deny(own.policy, own.subjects, undetermined.unknown.reason)
            return
        unsure = (
            () if peers.pods.sure == peers.pods.maybe else ("whether the caller has an identity is not known",)
        )
        word, stage = (Action.DENY, 1) if action == "deny" else (Action.ALLOW, 2)
        self.stages[stage] += [each._replace(action=word, why=(*each.why, *unsure)) for each in drafts]

    def _subjects(self, index: int) -> Bits:
        """Whom a policy is for; one of the mesh's root namespace is for all."""
        selectors, region = self.graph.peek(index, "selector"), self.graph.peek(index, "region")
        everyone = Bits(self.endpoints.everything, self.endpoints.everything)
        around = everyone if region == ROOT else self.endpoints.beside(self.endpoints.place_of(index))
        if isinstance(selectors, Unknown):
            return Bits(0, around.maybe & self.inside.maybe)
        found = NONE
        for selector in selectors:
            found = found.either(self.endpoints.labelled(selector))
        return found.both(around).both(self.inside)

    def _peers(self, listed: list[Any], index: int) -> Peers:
        if not listed:
            return self.reading.everyone()
        found = Peers()
        for peer in listed:
            if "cidr" in peer:
                block = self.reading.block(peer)
                found = found.either(Peers(self.reading.addressed(block), block, block))
            elif "account" in peer:
                found = found.either(Peers(self._account(str(peer["account"])).both(self.inside)))
            elif "pods" in peer:
                chosen = self.endpoints.within(peer["namespaces"])
                known = peer["namespaces"]["expressions"] or peer["namespaces"]["labels"]
                found = found.either(Peers(chosen.both(self.inside) if known else chosen))
            else:
                found = found.either(self.reading.everyone().unsure())
        return found

    def _account(self, name: str) -> Bits:
        """The classes that run as NAMESPACE/ACCOUNT, which may begin or end with `*`."""
        found = 0
        for number, each in enumerate(self.endpoints.classes):
            own = f"{each.traits.place.namespace}/{each.traits.account}"
            wild = name.strip("*")
            fits = (
                own == name
                or (name.endswith("*") and own.startswith(wild))
                or (name.startswith("*") and own.endswith(wild))
            )
            found |= fits << number
        return Bits(found, found)
