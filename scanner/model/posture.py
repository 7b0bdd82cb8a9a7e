"""How far an estate is proven to hold what is asked of it: an interval, never a single number.

Every obligation (a rule on a node of the inventory) passes, fails, is unknown or is waived. Proven is what passed;
possible is what passed or may yet turn out to. Waived counts as not passed. Of nothing there is no score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.model.catalogue import Attested

# NIST SP 800-207 section 2.1, in its order and in our words.
TENETS = {
    "tenet-1": "every data source and service is a resource",
    "tenet-2": "all communication is secured, wherever it comes from",
    "tenet-3": "access is granted to single resources, per session",
    "tenet-4": "policy is dynamic and asks for identity and state",
    "tenet-5": "integrity and posture of all assets are watched",
    "tenet-6": "authentication and authorization are strictly enforced",
    "tenet-7": "what is collected improves the posture",
}


@dataclass(slots=True)
class Score:
    """Weights of the obligations of one tenet, layer or principle, by verdict; `count` is their number.

    `critical` is whether one of the failures is critical.
    """

    passed: float = 0
    failed: float = 0
    unknown: float = 0
    waived: float = 0
    count: int = 0
    critical: bool = False

    @property
    def total(self) -> float:
        return self.passed + self.failed + self.unknown + self.waived

    @property
    def lower(self) -> float | None:
        """The proven share, 0 to 1; None where nothing was assessed."""
        return self.passed / self.total if self.total else None

    @property
    def upper(self) -> float | None:
        """The share that may hold; None where nothing was assessed."""
        return (self.passed + self.unknown) / self.total if self.total else None

    @property
    def coverage(self) -> float | None:
        """The share that was decided; None where nothing was assessed."""
        return (self.passed + self.failed) / self.total if self.total else None

    @property
    def stage(self) -> str:
        """Traditional, initial, advanced or optimal: words of CISA ZTMM 2.0, bounds of ours."""
        if self.lower is None or self.coverage is None:
            return "not assessed"
        if self.lower >= 0.9 and self.coverage >= 0.95 and not self.critical:
            return "optimal"
        if self.lower >= 0.6 and self.coverage >= 0.8:
            return "advanced"
        return "initial" if self.lower >= 0.25 else "traditional"


@dataclass(frozen=True, slots=True)
class Open:
    """Unknown obligations of one reason code, with what would decide them."""

    code: str
    count: int
    remedy: str


@dataclass(frozen=True, slots=True)
class Posture:
    """Scores by tenet (NIST SP 800-207 section 2.1), layer and principle, and why obligations are unknown.

    `unmapped` resources count as one unknown obligation each wherever a score is given. `attestations` are the
    statements that only a person can vouch for; they stand beside the scores, and none of them raises one.
    """

    tenets: Mapping[str, Score]
    layers: Mapping[str, Score]
    principles: Mapping[str, Score]
    open: tuple[Open, ...] = ()
    unmapped: int = 0
    nodes: int = 0
    weakest: str = field(default="")
    attestations: tuple[Attested, ...] = ()

    @property
    def overall(self) -> float | None:
        """The least proven share among the tenets that were assessed: a chain holds as its weakest link."""
        shares = [each.lower for each in self.tenets.values() if each.lower is not None]
        return min(shares) if shares else None
