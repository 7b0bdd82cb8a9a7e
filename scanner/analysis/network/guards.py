"""What filters pods and machines of a cluster beside its policies, and is not worked out: nothing behind it is
told for certain.

- Pods that a SecurityGroupPolicy chooses wear security groups of their own, instead of those of their machine (EKS
  User Guide, "Assign security groups to individual Pods").
- Host endpoints of Calico filter what machines take and send themselves; policies that apply on forward, before
  DNAT or untracked also filter what they forward (Calico documentation, "Host endpoint", "Global network policy").
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.analysis.network.atoms import ANYTHING
from scanner.analysis.network.endpoints import Endpoints
from scanner.analysis.network.labels import LabelBits
from scanner.analysis.network.policies import IN, OUT, Draft, Policy, Reading
from scanner.analysis.network.stages import NONE, Action, Bits
from scanner.model.value import Undetermined, Unknown

OWN_GROUPS = "the security groups of its own that a pod wears are not worked out"
_HOSTS = "what host endpoints of Calico let into a machine and out of it is not worked out"
_FORWARDED = "what a policy for host endpoints lets the machines forward is not worked out"
GUARD = -2  # the position of what a guard may deny: no rule of a policy
_FIRST = -2.0  # before every stage of policies: what it stops is asked nothing more


class Guards:
    """The guards of one cluster; `grouped` are the classes whose pods may wear groups of their own."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.endpoints: Endpoints = reading.endpoints
        self.graph = reading.graph
        self.grouped = 0
        self.policies = list(self._all())

    def _all(self) -> Iterator[Policy]:
        for index in self.endpoints.nodes("security_group_policy"):
            chosen = self._chosen(index)
            self.grouped |= chosen
            yield self._guard(index, chosen, (IN, OUT), OWN_GROUPS)
        hosts = list(self.endpoints.nodes("host_endpoint"))
        for index in hosts:
            yield self._guard(index, self.endpoints.host.maybe, (IN, OUT), _HOSTS)
        for index in self.endpoints.nodes("network_policy"):
            how = self.graph.peek(index, "hosts")
            if how is not None and self._applies(index, hosts):
                sides = (IN,) if isinstance(how, str) and how == "before" else (IN, OUT)
                yield self._guard(index, self.endpoints.everything, sides, _FORWARDED)

    def _chosen(self, index: int) -> int:
        """The pods that a SecurityGroupPolicy may choose: in its own namespace, never those of the machine."""
        beside = self.endpoints.beside(self.endpoints.place_of(index))
        selectors, found = self.graph.peek(index, "selector"), NONE
        if isinstance(selectors, Unknown) or not selectors:
            found = beside
        else:
            for each in selectors:
                found = found.either(self._labelled(each).both(beside))
        return found.without(self.endpoints.host).maybe

    def _labelled(self, selector: object) -> Bits:
        try:
            return self.endpoints.labelled(selector)
        except Undetermined:
            return Bits(0, self.endpoints.everything)

    def _applies(self, index: int, hosts: list[int]) -> bool:
        """Whether a policy for host endpoints may choose one: by their labels, where the scan holds any; and
        whether it denies, as before DNAT and untracked nothing is denied that no rule names."""
        graph = self.graph
        how = graph.peek(index, "hosts")
        if not isinstance(how, Unknown) and how != "forwarded" and not self._denies(index):
            return False
        selectors = graph.peek(index, "selector")
        if not hosts or isinstance(selectors, Unknown):
            return True
        labels = LabelBits()
        for each in hosts:
            labels.add(graph.peek(each, "tags") or {})
        try:
            return any(labels.select(each).maybe for each in selectors)
        except Undetermined:
            return True

    def _denies(self, index: int) -> bool:
        rules = self.graph.peek(index, "rules")
        if isinstance(rules, Unknown):
            return True
        return any(isinstance(each, Unknown) or each["action"] != "allow" for each in rules)

    def _guard(self, index: int, subjects: int, sides: tuple[str, ...], why: str) -> Policy:
        """It may deny its subjects anything."""
        peers, own = self.reading.everyone().unsure(), Bits(0, subjects)
        drafts = tuple(Draft(side, Action.DENY, ANYTHING, own, peers, index, GUARD, why=(why,)) for side in sides)
        return Policy(index, "guard", (_FIRST, 0.0, ""), {}, drafts, (why,))
