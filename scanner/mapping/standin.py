"""Things outside the scan that something inside it speaks of: a rule for a group that is handed in by its id."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from scanner.mapping.links import Link, targets_of
from scanner.mapping.reader import Reader
from scanner.mapping.table import Fold
from scanner.model.address import Address
from scanner.model.resource import Resource
from scanner.model.value import Cause, Unknown


@dataclass(slots=True)
class StandIn:
    """A resource made up for what is elsewhere, and the resources of this scan that speak of it, by type.

    It has no attributes of its own; whatever does not follow from its folds is unknown, because of `why`.
    """

    resource: Resource
    why: Unknown
    folds: dict[str, list[Resource]] = field(default_factory=dict)

    @classmethod
    def of(cls, fold: Resource, entry: Fold) -> StandIn:
        """Stands where the fold stands and is called like it; of the first type that the fold can belong to."""
        type_ = entry.into[0]
        address = Address(fold.address.scheme, fold.address.root, f"{fold.address.name}/{type_}")
        said = [link.unknown.references for link in targets_of(Reader(fold), entry.by) if link.unknown is not None]
        why = Unknown(
            f"the {type_} that {fold.address.name} speaks of is not part of this scan",
            Cause.OUTSIDE_SCAN,
            references=tuple(dict.fromkeys(each for references in said for each in references)),
        )
        made = replace(fold, address=address, type=type_, attributes={}, origins={}, references={}, presence=None)
        return cls(made, why)


def meaning(reader: Reader, entry: Fold) -> tuple[object, ...]:
    """What tells one outside thing from another: type and root, and its name, reference or reason."""
    address = reader.resource.address
    return (entry.into[0], address.root, *(_told(link) for link in targets_of(reader, entry.by)))


def _told(link: Link) -> str:
    if link.value is not None:
        return link.value
    return ", ".join(link.references) or (link.unknown.reason if link.unknown is not None else "")
