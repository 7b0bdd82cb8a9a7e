"""A framework of requirements as data, and what a scan says of each requirement.

A mapping says that a rule gives evidence for a requirement; it is no claim of compliance. Where the rules cover a
requirement in part only, their passing leaves it unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

# In the order in which they weigh: what a table shows first.
STATES = ("fail", "unknown", "pass", "not assessed", "not covered")


@dataclass(frozen=True, slots=True)
class Framework:
    """One framework, as its file under `rules/frameworks` gives it.

    `requirements` maps id to title (empty where the text is not free and no words of ours stand for it); `whole`
    and `partial` map id to the rules that the file names, `through` to the ids of NIST SP 800-53 whose rules cover
    it in part. `kinds` are those of which alone a rule counts for a requirement, by (requirement, rule). With
    `always_partial` every mapping is in part, those that rules name in their own `controls` too. `listed` is false
    where there is no file: the ids are then those that rules name. `incomplete` are the ids of which something
    remains though rules name them, `attested` those that a person may attest.
    """

    id: str
    name: str
    version: str = ""
    date: str = ""
    source: str = ""
    licence: str = ""
    text: str = ""
    requirements: Mapping[str, str] = field(default_factory=dict)
    whole: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    partial: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    through: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    always_partial: bool = False
    listed: bool = True
    incomplete: frozenset[str] = frozenset()
    attested: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a scan says of one requirement: counts of obligations, the rules behind them, and the state (STATES).

    `partial` is whether the rules cover it in part only, or not all of them ran.
    """

    id: str
    title: str
    state: str
    passed: int = 0
    failed: int = 0
    unknown: int = 0
    rules: tuple[str, ...] = ()
    partial: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Compliance:
    """The table of one framework."""

    framework: Framework
    requirements: tuple[Requirement, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many requirements there are of each state."""
        found = Counter(each.state for each in self.requirements)
        return {state: found[state] for state in STATES}
