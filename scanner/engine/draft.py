"""What a rule said of one node, before it becomes a finding."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from scanner.graph.node import Evidence
from scanner.model.finding import Severity, Verdict
from scanner.model.rule import Rule


@dataclass(frozen=True, slots=True)
class Draft:
    """One fail or unknown of one rule on one node (its index in the graph).

    `attributes` are what the judgement rests on, the first is where it is shown, and may name one element of a
    list: `rules[2]`. `reason` says why it is unknown.
    """

    rule: Rule
    index: int
    verdict: Verdict
    attributes: tuple[str, ...] = ()
    related: tuple[Evidence, ...] = ()
    cut: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()
    reason: str = ""
    severity: Severity | None = None


def attribute_of(place: str) -> str:
    """The attribute of a place: `rules` of `rules[2]`."""
    return place.partition("[")[0]


@dataclass(slots=True)
class Outcome:
    """What one rule said of everything it selects: the three counts, the decided nodes, the drafts."""

    rule: Rule
    drafts: list[Draft] = field(default_factory=list)
    passed: set[int] = field(default_factory=set)
    failed: set[int] = field(default_factory=set)
    unknown: set[int] = field(default_factory=set)

    def without_guesses(self, stand_ins: Set[int]) -> Outcome:
        """Only what is certain of nodes that stand for things outside the scan: their fails. Whether such a thing
        passes is for the scan that holds it.
        """
        kept = [each for each in self.drafts if each.verdict is Verdict.FAIL or each.index not in stand_ins]
        return Outcome(self.rule, kept, self.passed - stand_ins, self.failed, self.unknown - stand_ins)

    def without(self, nodes: Set[int]) -> Outcome:
        """Nothing of some nodes."""
        kept = [each for each in self.drafts if each.index not in nodes]
        return Outcome(self.rule, kept, self.passed - nodes, self.failed - nodes, self.unknown - nodes)

    def count(self) -> dict[str, int]:
        return {"pass": len(self.passed), "fail": len(self.failed), "unknown": len(self.unknown)}
