"""The checkable statements of the reference model, and what people have attested of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# What can come out for a statement. `information` is advice that never fails.
VERDICTS = ("pass", "fail", "unknown", "not applicable", "attestation", "information", "value")
PLANES = ("terraform", "kubernetes", "live")
STATES = ("covered", "in part", "command", "attestation", "declined", "open")


@dataclass(frozen=True, slots=True)
class Statement:
    """One row: its id, its place in the reference model, the layers or tenets it belongs to, what it says in our
    words, the verdicts that can come out (VERDICTS) and the planes that hold evidence (PLANES). `remains` says
    what no rule checks of it yet, where rules check a part; `beyond` what none can, and why: only a person or a
    trial tells. `by` is the command that answers it, `declined` why nothing does."""

    id: str
    row: int
    layers: tuple[str, ...]
    says: str
    verdicts: tuple[str, ...]
    planes: tuple[str, ...]
    remains: str = ""
    beyond: str = ""
    by: str = ""
    declined: str = ""

    @property
    def attested(self) -> bool:
        """Whether a person may attest it."""
        return "attestation" in self.verdicts

    @property
    def attested_only(self) -> bool:
        """Whether nothing but a person's word can decide it."""
        return self.attested and not {"pass", "fail"} & set(self.verdicts)

    def state(self, *, covered: bool) -> str:
        """One of STATES, given whether any rule names the statement."""
        if covered:
            return "in part" if self.remains else "covered"
        if self.by:
            return "command"
        if self.attested_only:
            return "attestation"
        return "declined" if self.declined else "open"


@dataclass(frozen=True, slots=True)
class Declined:
    """What other scanners say, their ids for it by tool, and why no rule of ours says it."""

    says: str
    checks: Mapping[str, tuple[str, ...]]
    reason: str


@dataclass(frozen=True, slots=True)
class Attested:
    """What stands for a statement that a person may attest.

    `state` is `attested`, `expired`, `not yet` (dated in the future) or `missing`; only the first counts. Dates
    are ISO, or empty.
    """

    statement: str
    says: str
    state: str
    by: str = ""
    date: str = ""
    until: str = ""
    note: str = ""
