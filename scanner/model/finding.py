"""What a rule's answer becomes: severities, verdicts, findings with their evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from scanner.model.layer import Layer, Tier
from scanner.model.location import Location


class Severity(Enum):
    """How bad a failure is, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class Verdict(Enum):
    """What can be said of one obligation (a rule on a node)."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"


PRINCIPLES = ("zero-trust", "least-privilege", "backup", "tiers", "hygiene")


@dataclass(frozen=True, slots=True)
class Step:
    """One station of a finding's path: a node, how we came to it, what is to be seen there."""

    node: str
    note: str
    location: Location | None
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One verdict that is worth showing: fail or unknown.

    `node` is the address's text; `instances` are the addresses that one block's finding stands for (itself
    included). `location` is None for what has no file. `fingerprint` hashes rule, address without instance
    keys, and attribute path: it survives every move of lines.
    """

    rule: str
    principle: str
    severity: Severity
    verdict: Verdict
    node: str
    kind: str
    layer: Layer
    tier: Tier
    planes: tuple[str, ...]
    message: str
    fingerprint: str
    location: Location | None = None
    instances: tuple[str, ...] = ()
    path: tuple[Step, ...] = ()
    cut: str = ""
    assumptions: tuple[str, ...] = ()
    reason: str = ""

    @property
    def order(self) -> tuple[object, ...]:
        """The order of reports: worst first, then by place, rule and node."""
        place = self.location or Location("", 0, 0, 0, 0)
        failed = self.verdict is not Verdict.FAIL
        return (failed, self.severity.rank, place, self.rule, self.node, self.fingerprint)
