"""What is collected: units of work, the items they give, and what became of each operation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from scanner.sources.aws.faults import NOT_ENABLED, OK, UNSUPPORTED
from scanner.sources.aws.session import Access
from scanner.sources.aws.template import Whose

GLOBAL = "global"


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """One service in one region (or "global") of one account."""

    account: str
    region: str
    service: str

    def __str__(self) -> str:
        return f"aws:{self.account}/{self.region}/{self.service}"


@dataclass(frozen=True, slots=True)
class Work:
    """A unit with all that another process needs to do it: no credentials, only how to get them."""

    unit: Unit
    access: Access
    partition: str = "aws"
    home: str = "us-east-1"
    hmac_key: bytes | None = field(default=None, repr=False)  # logs of schedulers show what they are given

    @property
    def whose(self) -> Whose:
        return Whose(self.partition, self.unit.account, self.unit.region)


@dataclass(slots=True)
class Item:
    """One thing of an account: the API's answer under its own names.

    `unread` names, by attribute, why a detail is missing: {"status", "action", "reason"}. `under` is the id of
    the item it was listed under.
    """

    type: str
    id: str
    account: str
    region: str
    attributes: dict[str, Any]
    under: str = ""
    unread: dict[str, dict[str, str]] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Its fields, as they are written; not copies, of which there would be millions."""
        return {name: getattr(self, name) for name in _ITEM}


@dataclass(slots=True)
class Operation:
    """What became of one operation of a unit: the worst status of its calls, what was said, the action needed.

    `types` are those that it lists; empty for a detail.
    """

    name: str
    action: str
    types: tuple[str, ...] = ()
    status: str = OK
    reason: str = ""
    calls: int = 0
    items: int = 0

    def plain(self) -> dict[str, Any]:
        """Its fields, as they are written."""
        return {name: getattr(self, name) for name in _OPERATION}


_ITEM = tuple(each.name for each in fields(Item))
_OPERATION = tuple(each.name for each in fields(Operation))


@dataclass(slots=True)
class Collected:
    """What a unit gave."""

    unit: Unit
    items: list[Item]
    operations: list[Operation]
    seconds: float = 0.0
    waited: float = 0.0

    @property
    def status(self) -> str:
        """ok, or the first other status of its listings (those that take from the result before those that do
        not), else `partial` where a detail failed."""
        other = [each.status for each in self._listings() if each.status != OK]
        other.sort(key=lambda status: status in (NOT_ENABLED, UNSUPPORTED))
        return other[0] if other else self._details()

    def _details(self) -> str:
        return "partial" if any(each.status != OK for each in self.operations) else OK

    def _listings(self) -> Iterator[Operation]:
        return (each for each in self.operations if each.types)
