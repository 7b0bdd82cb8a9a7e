"""What a change permits, entry by entry, and where it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from scanner.model.finding import Severity
from scanner.model.location import Location

INTERNET, FLOW = "internet", "flow"
ADMIN, WAY, PRINCIPAL, TRUST, RESOURCE, RIGHT = "admin", "way", "principal", "trust", "resource-policy", "right"
COPIES = "copies"
_FEW = 4


class Place(NamedTuple):
    """Where the change stands that permits something: in the head, or in the base where lines went away."""

    location: Location | None
    side: str = "head"
    note: str = ""


NOWHERE = Place(None)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is newly permitted or lost; `certain` is whether that is known, else `reason` says why not.

    `what` is one of the words above; `details` is what the JSON says beside the rest. The message begins with its
    `subject`, so that what several nodes share (instances of a module) can be told once; `instances` are they.
    """

    what: str
    severity: Severity
    message: str
    node: str
    place: Place = NOWHERE
    certain: bool = True
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""
    instances: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[object, ...]:
        """The internet first, then what is certain, worst first."""
        return (self.what != INTERNET, not self.certain, self.severity.rank, self.what, self.node, self.message)


def few(texts: Sequence[str]) -> str:
    """The first of some texts, and how many more there are."""
    return ", ".join(texts[:_FEW]) + (f" and {len(texts) - _FEW} more" if len(texts) > _FEW else "")


def together(entries: Iterable[Entry]) -> list[Entry]:
    """Entries that one line of the change makes, and that say the same of several nodes, as one."""
    groups: dict[object, list[Entry]] = {}
    for number, each in enumerate(sorted(entries, key=lambda entry: entry.order)):
        rest = each.message.removeprefix(each.subject)
        same = (each.what, each.severity, each.certain, each.place.location, each.place.side, each.reason, rest)
        groups.setdefault(same if each.subject and each.place.location else number, []).append(each)
    return sorted((_one(group) for group in groups.values()), key=lambda entry: entry.order)


def _one(group: list[Entry]) -> Entry:
    first = group[0]
    instances = tuple(dict.fromkeys(each.node for each in group))
    if len(instances) == 1:
        return replace(first, instances=instances)
    rest = first.message.removeprefix(first.subject)
    return replace(first, message=f"{first.subject} and {len(instances) - 1} more{rest}", instances=instances)
