"""What a change permits, entry by entry, and where it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scanner.model.finding import Severity
from scanner.model.location import Location

INTERNET, FLOW = "internet", "flow"
ADMIN, WAY, PRINCIPAL, TRUST, RESOURCE, RIGHT = "admin", "way", "principal", "trust", "resource-policy", "right"
COPIES = "copies"


class Place(NamedTuple):
    """Where the change stands that permits something: in the head, or in the base where lines went away."""

    location: Location | None
    side: str = "head"
    note: str = ""


NOWHERE = Place(None)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is newly permitted or lost; `certain` is whether that is known, else `reason` says why not.

    `what` is one of the words above; `details` is what the JSON says beside the rest.
    """

    what: str
    severity: Severity
    message: str
    node: str
    place: Place = NOWHERE
    certain: bool = True
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def order(self) -> tuple[object, ...]:
        """The internet first, then what is certain, worst first."""
        return (self.what != INTERNET, not self.certain, self.severity.rank, self.what, self.node, self.message)
